import type { Client } from '@glia/client'
import { Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { nameOf } from './name-of.ts'
import type { Room } from './room-queries.ts'
import { useRoomChange } from './use-room-change.ts'

const KINDS = {
  join: {
    title: 'Let a user join',
    label: 'Join',
    means: 'The user is put into the room, without being asked. Where not everybody may join, you have to be in it and may invite.',
    done: 'has joined',
    run: (client: Client, roomId: string, userId: string): Promise<unknown> =>
      client.admin.rooms.joinRoom({ params: { room_identifier: roomId }, query: {}, body: { user_id: userId } }),
  },
  'make-admin': {
    title: 'Make a user admin of the room',
    label: 'Make admin',
    means: 'The user gets the power that the most powerful member of this server has, and is invited where they are not in the room.',
    done: 'has the power of an admin in',
    run: (client: Client, roomId: string, userId: string): Promise<unknown> =>
      client.admin.rooms.makeRoomAdmin({ params: { room_identifier: roomId }, body: { user_id: userId } }),
  },
} as const
export type RoomUserChange = keyof typeof KINDS

/** Puts a user into a room, or gives one the power over it. */
export function RoomUserDialog({ room, kind, onClose }: { room: Room; kind: RoomUserChange; onClose: () => void }) {
  const { session } = useSignedIn()
  const [userId, setUserId] = useState(kind === 'make-admin' ? session.userId : '')
  const { title, label, means, done, run } = KINDS[kind]
  const change = useRoomChange({
    change: (client) => run(client, room.room_id, userId.trim()),
    done: `${userId.trim()} ${done} ${nameOf(room)}.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title={title}
      confirmLabel={label}
      isPending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate()}
      onClose={onClose}
    >
      <Text size="sm">{means}</Text>
      <TextInput
        label="User ID"
        description="Of a user of this server"
        placeholder={session.userId}
        required
        withAsterisk={false}
        data-autofocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={userId}
        onChange={(event) => setUserId(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
