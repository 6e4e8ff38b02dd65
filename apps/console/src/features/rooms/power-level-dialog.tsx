import { NumberInput, Text } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import type { Member } from './room-memberships.ts'
import { useRoomChange } from './use-room-change.ts'

/** Gives a member a power level in a room. */
export function PowerLevelDialog({ roomId, member, onClose }: { roomId: string; member: Member; onClose: () => void }) {
  const [level, setLevel] = useState<number | string>(member.powerLevel)
  const change = useRoomChange({
    change: (client) =>
      client.glia.roomActions.setPowerLevel({
        params: { room_id: roomId, user_id: member.userId },
        body: { power_level: Number(level) },
      }),
    done: ({ sender }) => `${member.userId} has power level ${level} now, in the name of ${sender}.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title="Power level"
      confirmLabel="Set power level"
      isPending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        Of <b>{member.userId}</b> in this room. Usual are 0 for members, 50 for moderators and 100 for admins of the room.
      </Text>
      <NumberInput
        label="Power level"
        value={level}
        onChange={setLevel}
        allowDecimal={false}
        required
        withAsterisk={false}
        data-autofocus
      />
    </ConfirmDialog>
  )
}
