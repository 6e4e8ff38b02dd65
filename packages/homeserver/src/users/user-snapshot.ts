import type { UserRecord } from './user-record.ts'

/** What the audit log tells of an account before and after a change. */
export function userSnapshot(user: UserRecord | undefined): Record<string, unknown> | undefined {
  return (
    user && {
      admin: user.isAdmin,
      role: user.adminRole ?? null,
      locked: user.isLocked,
      suspended: user.isSuspended,
      shadow_banned: user.isShadowBanned,
      deactivated: user.isDeactivated,
      erased: user.isErased,
      user_type: user.userType ?? null,
      displayname: user.displayName ?? null,
      avatar_url: user.avatarUrl ?? null,
    }
  )
}
