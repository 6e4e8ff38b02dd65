import { Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { StatusBadge } from '../../ui/status-badge.tsx'
import type { RoomInList } from './room-queries.ts'

/** What sort of room it is; nothing for an ordinary one. */
export function roomBadges(room: Pick<RoomInList, 'encryption' | 'public' | 'room_type' | 'federatable'>): ReactNode {
  const { encryption, federatable, public: isPublic, room_type: type } = room
  const isSpace = type === 'm.space'
  if (!isPublic && !encryption && !isSpace && federatable) return null
  return (
    <Group gap={4} component="span" display="inline-flex" style={{ verticalAlign: 'middle' }}>
      {isPublic && <StatusBadge kind="strong">Public</StatusBadge>}
      {encryption && <StatusBadge kind="plain">Encrypted</StatusBadge>}
      {isSpace && <StatusBadge kind="plain">Space</StatusBadge>}
      {!federatable && <StatusBadge kind="plain">Local only</StatusBadge>}
    </Group>
  )
}
