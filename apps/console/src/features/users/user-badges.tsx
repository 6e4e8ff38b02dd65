import { Group } from '@mantine/core'
import { StatusBadge, type StatusKind } from '../../ui/status-badge.tsx'
import type { User, UserInList } from './user-queries.ts'

type Marks = Pick<UserInList, 'admin' | 'is_guest' | 'deactivated' | 'erased' | 'locked' | 'shadow_banned' | 'user_type'> &
  Partial<Pick<User, 'suspended'>>

/** What is out of the ordinary about an account. */
export function UserBadges({ user }: { user: Marks }) {
  const marks: (readonly [shown: boolean | undefined, label: string, kind: StatusKind])[] = [
    [user.admin, 'Admin', 'strong'],
    [user.deactivated, user.erased ? 'Erased' : 'Deactivated', 'grave'],
    [user.locked, 'Locked', 'watch'],
    [user.suspended, 'Suspended', 'watch'],
    [user.shadow_banned, 'Shadow-banned', 'watch'],
    [user.is_guest, 'Guest', 'plain'],
    [user.user_type !== null && user.user_type !== '', user.user_type ?? '', 'plain'],
  ]
  return (
    <Group gap={4} component="span" display="inline-flex">
      {marks
        .filter(([isShown]) => isShown)
        .map(([, label, kind]) => (
          <StatusBadge key={label} kind={kind}>
            {label}
          </StatusBadge>
        ))}
    </Group>
  )
}
