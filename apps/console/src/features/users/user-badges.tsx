import { Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { StatusBadge, type StatusKind } from '../../ui/status-badge.tsx'
import type { User, UserInList } from './user-queries.ts'

type Marks = Pick<UserInList, 'admin' | 'is_guest' | 'deactivated' | 'erased' | 'locked' | 'shadow_banned' | 'user_type'> &
  Partial<Pick<User, 'suspended'>>

/** What is out of the ordinary about an account; nothing for most. */
export function userBadges(user: Marks): ReactNode {
  const all: (readonly [shown: boolean | undefined, label: string, kind: StatusKind])[] = [
    [user.admin, 'Admin', 'strong'],
    [user.deactivated, user.erased ? 'Erased' : 'Deactivated', 'grave'],
    [user.locked, 'Locked', 'watch'],
    [user.suspended, 'Suspended', 'watch'],
    [user.shadow_banned, 'Shadow-banned', 'watch'],
    [user.is_guest, 'Guest', 'plain'],
    [user.user_type !== null && user.user_type !== '', user.user_type ?? '', 'plain'],
  ]
  const marks = all.filter(([isShown]) => isShown)
  if (marks.length === 0) return null
  return (
    <Group gap={4} component="span" display="inline-flex" style={{ verticalAlign: 'middle' }}>
      {marks.map(([, label, kind]) => (
        <StatusBadge key={label} kind={kind}>
          {label}
        </StatusBadge>
      ))}
    </Group>
  )
}
