import { Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { nameOf } from './name-of.ts'
import type { Room } from './room-queries.ts'
import { useRoomChange } from './use-room-change.ts'

const JOIN_RULES = [
  { value: 'public', label: 'Anybody' },
  { value: 'invite', label: 'Who is invited' },
  { value: 'knock', label: 'Who is invited, or asks and is let in' },
]

/** Changes name, topic and join rule of a room, in the name of a member who may. */
export function EditRoomDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const [name, setName] = useState(room.name ?? '')
  const [topic, setTopic] = useState(room.topic ?? '')
  const [joinRule, setJoinRule] = useState(room.join_rules ?? 'invite')
  const isOtherRule = !JOIN_RULES.some(({ value }) => value === room.join_rules)
  const changes = [
    { type: 'm.room.name', isChanged: name.trim() !== (room.name ?? ''), content: { name: name.trim() } },
    { type: 'm.room.topic', isChanged: topic.trim() !== (room.topic ?? ''), content: { topic: topic.trim() } },
    { type: 'm.room.join_rules', isChanged: joinRule !== (room.join_rules ?? 'invite'), content: { join_rule: joinRule } },
  ].filter(({ isChanged }) => isChanged)
  const save = useRoomChange({
    change: async (client) => {
      for (const { type, content } of changes) {
        await client.glia.roomActions.setState({ params: { room_id: room.room_id, event_type: type, state_key: '' }, body: { content } })
      }
    },
    done: `${nameOf(room)} has been changed.`,
    onDone: onClose,
  })
  return (
    <ConfirmDialog
      title="Change this room"
      confirmLabel="Save"
      isPending={save.isPending}
      error={save.error}
      onConfirm={() => (changes.length === 0 ? onClose() : save.mutate())}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="Everybody in the room sees what is changed here, in the name of a member of this server who has the power."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea label="Topic" autosize minRows={2} value={topic} onChange={(event) => setTopic(event.currentTarget.value)} />
      <Select
        label="Who may join"
        allowDeselect={false}
        value={joinRule}
        onChange={(value) => setJoinRule(value ?? joinRule)}
        data={[...JOIN_RULES, ...(isOtherRule && room.join_rules ? [{ value: room.join_rules, label: room.join_rules }] : [])]}
      />
    </ConfirmDialog>
  )
}
