import { Text } from '@mantine/core'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { nameOf } from './name-of.ts'
import type { Room } from './room-queries.ts'
import { useRoomChange } from './use-room-change.ts'

/** Keeps users of this server from joining a room, or lets them again. */
export function BlockRoomDialog({ room, isBlocked, onClose }: { room: Room; isBlocked: boolean; onClose: () => void }) {
  const name = nameOf(room)
  const change = useRoomChange({
    change: (client) => client.admin.rooms.setRoomBlock({ params: { room_id: room.room_id }, body: { block: !isBlocked } }),
    done: isBlocked ? `${name} is no longer blocked.` : `${name} is blocked.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title={isBlocked ? 'Unblock this room?' : 'Block this room?'}
      confirmLabel={isBlocked ? 'Unblock' : 'Block'}
      isPending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        {isBlocked ? (
          <>
            Users of this server will be able to join <b>{name}</b> again.
          </>
        ) : (
          <>
            Nobody of this server will be able to join <b>{name}</b>. Who is in it stays in it.
          </>
        )}
      </Text>
    </ConfirmDialog>
  )
}
