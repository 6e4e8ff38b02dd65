import { Group } from '@mantine/core'
import { StatusBadge } from '../../ui/status-badge.tsx'
import type { RoomInList } from './room-queries.ts'

/** What sort of room it is. */
export function RoomBadges({ room }: { room: Pick<RoomInList, 'encryption' | 'public' | 'room_type' | 'federatable'> }) {
  return (
    <Group gap={4} component="span" display="inline-flex">
      {room.public && <StatusBadge kind="strong">Public</StatusBadge>}
      {room.encryption && <StatusBadge kind="plain">Encrypted</StatusBadge>}
      {room.room_type === 'm.space' && <StatusBadge kind="plain">Space</StatusBadge>}
      {!room.federatable && <StatusBadge kind="plain">Local only</StatusBadge>}
    </Group>
  )
}
