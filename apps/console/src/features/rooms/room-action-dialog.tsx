import type { Client } from '@glia/client'
import { contract } from '@glia/contract'
import { Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Powers } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useRoomChange } from './use-room-change.ts'

const { roomActions } = contract.glia

/** What is done in a room without being in it. `target`: the member, or the event that is redacted. */
export interface RoomAction {
  readonly kind: 'kick' | 'ban' | 'unban' | 'redact'
  readonly roomId: string
  readonly target: string
}

const ACTIONS = {
  kick: {
    endpoint: roomActions.kickMember,
    label: 'Kick',
    title: 'Remove from the room?',
    means: 'is removed from the room, and may join again where the join rule lets them.',
    done: 'has been removed',
    run: (client: Client, { roomId, target }: RoomAction, body: { reason?: string }) =>
      client.glia.roomActions.kickMember({ params: { room_id: roomId, user_id: target }, body }),
  },
  ban: {
    endpoint: roomActions.banMember,
    label: 'Ban',
    title: 'Ban from the room?',
    means: 'is removed from the room and cannot come back until the ban is lifted.',
    done: 'has been banned',
    run: (client: Client, { roomId, target }: RoomAction, body: { reason?: string }) =>
      client.glia.roomActions.banMember({ params: { room_id: roomId, user_id: target }, body }),
  },
  unban: {
    endpoint: roomActions.unbanMember,
    label: 'Lift ban',
    title: 'Lift the ban?',
    means: 'may join or be invited again.',
    done: 'is no longer banned',
    run: (client: Client, { roomId, target }: RoomAction, body: { reason?: string }) =>
      client.glia.roomActions.unbanMember({ params: { room_id: roomId, user_id: target }, body }),
  },
  redact: {
    endpoint: roomActions.redactEvent,
    label: 'Redact',
    title: 'Redact this event?',
    means: 'loses its content, here and on all servers of the room that obey. This cannot be undone.',
    done: 'has been redacted',
    run: (client: Client, { roomId, target }: RoomAction, body: { reason?: string }) =>
      client.glia.roomActions.redactEvent({ params: { room_id: roomId, event_id: target }, body }),
  },
} as const

export function roomActionLabel(kind: RoomAction['kind']): string {
  return ACTIONS[kind].label
}

export function mayActInRooms(powers: Powers, kind: RoomAction['kind']): boolean {
  return powers.may(ACTIONS[kind].endpoint)
}

/** Asks before acting in a room, with a reason that the room is told. */
export function RoomActionDialog(props: { action: RoomAction; onClose: () => void; onDone?: () => void }) {
  const { action, onClose, onDone } = props
  const { label, title, means, done, run } = ACTIONS[action.kind]
  const [reason, setReason] = useState('')
  const subject = action.kind === 'redact' ? 'The event' : action.target
  const change = useRoomChange({
    change: (client) => run(client, action, reason.trim() === '' ? {} : { reason: reason.trim() }),
    done: ({ sender }) => `${subject} ${done}, in the name of ${sender}.`,
    onDone: () => {
      onClose()
      onDone?.()
    },
  })
  return (
    <ConfirmDialog
      title={title}
      confirmLabel={label}
      isDangerous={action.kind !== 'unban'}
      isPending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        <b>{subject}</b> {means} It is done in the name of a member of this server who has the power.
      </Text>
      <TextInput
        label="Reason"
        description="Optional; everybody in the room can read it"
        autoComplete="off"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
