import { Checkbox, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { startOfDay } from '../../ui/day.ts'
import { nameOf } from './name-of.ts'
import type { Room } from './room-queries.ts'
import { useRoomChange } from './use-room-change.ts'

/** Deletes the older messages of a room, in the background. `onStarted` is told the id of the purge. */
export function PurgeHistoryDialog(props: { room: Room; onClose: () => void; onStarted: (purgeId: string) => void }) {
  const { room, onClose, onStarted } = props
  const [day, setDay] = useState('')
  const [withLocal, setWithLocal] = useState(false)
  const purge = useRoomChange({
    change: (client) =>
      client.admin.purgeHistory.purgeHistory({
        params: { room_id: room.room_id },
        body: { purge_up_to_ts: startOfDay(day), delete_local_events: withLocal },
      }),
    done: `The purge of ${nameOf(room)} has begun.`,
    onDone: (started) => {
      onClose()
      if ('purge_id' in started) onStarted(started.purge_id)
    },
  })
  return (
    <ConfirmDialog
      title="Purge history?"
      confirmLabel="Purge history"
      isDangerous
      typeToConfirm={room.name?.trim() || 'purge'}
      isPending={purge.isPending}
      error={purge.error}
      onConfirm={() => purge.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        Messages of <b>{nameOf(room)}</b> are deleted from this server; the room and its state stay. This cannot be undone.
      </Text>
      <TextInput
        type="date"
        label="Older than"
        description="What was received before that day goes"
        required
        withAsterisk={false}
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
      <Checkbox
        label="Also messages of users of this server"
        description="Perhaps no other server has them: then they are gone for good."
        checked={withLocal}
        onChange={(event) => setWithLocal(event.currentTarget.checked)}
      />
    </ConfirmDialog>
  )
}
