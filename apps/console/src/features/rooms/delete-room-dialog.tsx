import { Checkbox, Fieldset, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useSignedIn } from '../../app/session/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { formatCount } from '../../ui/format.ts'
import { nameOf } from './name-of.ts'
import type { Room } from './room-queries.ts'
import { useRoomChange } from './use-room-change.ts'

/** Removes all members of this server from a room and deletes it, in the background. */
export function DeleteRoomDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const { session } = useSignedIn()
  const [block, setBlock] = useState(false)
  const [purge, setPurge] = useState(true)
  const [forcePurge, setForcePurge] = useState(false)
  const [moves, setMoves] = useState(false)
  const [newName, setNewName] = useState('Content violation notification')
  const [message, setMessage] = useState('This room has been closed by the administrators of this server.')
  const remove = useRoomChange({
    change: (client) =>
      client.admin.rooms.deleteRoomV2({
        params: { room_id: room.room_id },
        body: {
          block,
          purge,
          force_purge: purge && forcePurge,
          ...(moves && { new_room_user_id: session.userId, room_name: newName, message }),
        },
      }),
    done: `The deletion of ${nameOf(room)} has begun.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title="Delete this room?"
      confirmLabel="Delete room"
      isDangerous
      typeToConfirm={room.name?.trim() || 'delete'}
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        The members of <b>{nameOf(room)}</b> who are of this server ({formatCount(room.joined_local_members)}) are removed from it, and its
        aliases are deleted. This cannot be undone.
      </Text>
      <Stack gap="sm">
        <Checkbox
          label="Purge"
          description="Delete all its messages and state from the database."
          checked={purge}
          onChange={(event) => setPurge(event.currentTarget.checked)}
        />
        <Checkbox
          label="Purge even if someone cannot be removed"
          description="May leave clients that still show the room. Only when a normal deletion has failed."
          checked={purge && forcePurge}
          disabled={!purge}
          onChange={(event) => setForcePurge(event.currentTarget.checked)}
        />
        <Checkbox
          label="Block"
          description="Keep users of this server from joining it again."
          checked={block}
          onChange={(event) => setBlock(event.currentTarget.checked)}
        />
        <Checkbox
          label="Tell the members"
          description="Move them to a new room, where only you can write, and explain it there."
          checked={moves}
          onChange={(event) => setMoves(event.currentTarget.checked)}
        />
        {moves && (
          <Fieldset legend="New room" p="sm">
            <Stack gap="xs">
              <TextInput label="Name" value={newName} onChange={(event) => setNewName(event.currentTarget.value)} />
              <Textarea label="Message" autosize minRows={2} value={message} onChange={(event) => setMessage(event.currentTarget.value)} />
            </Stack>
          </Fieldset>
        )}
      </Stack>
    </ConfirmDialog>
  )
}
