import type { AdminRole } from '@glia/contract'
import type { UserId } from '@glia/protocol'
import type { Selectable } from 'kysely'
import type { UserTables } from './tables.ts'

/** A local account as it is kept. Times are milliseconds since 1970. */
export interface UserRecord {
  readonly userId: UserId
  readonly localpart: string
  readonly createdAtMs: number
  readonly isAdmin: boolean
  /** What a helper may do who is no admin. */
  readonly adminRole: AdminRole | undefined
  readonly isGuest: boolean
  readonly isDeactivated: boolean
  /** Cannot do anything until unlocked; sessions stay. */
  readonly isLocked: boolean
  /** May read, but neither send nor join. */
  readonly isSuspended: boolean
  readonly isShadowBanned: boolean
  /** Until when the account can be used, where that is limited. */
  readonly expiresAtMs: number | undefined
  /** What an admin set in place of the limit on messages; none of a second: no limits at all. */
  readonly messageLimit: { readonly perSecond: number; readonly burstCount: number } | undefined
  /** Others see the messages of the user as redacted. */
  readonly isErased: boolean
  readonly isApproved: boolean
  readonly userType: string | undefined
  readonly appserviceId: string | undefined
  readonly displayName: string | undefined
  /** `mxc://…` as the user set it; not checked. */
  readonly avatarUrl: string | undefined
  readonly consentVersion: string | undefined
  readonly consentAtMs: number | undefined
  /** Up to some minutes old. */
  readonly lastSeenMs: number | undefined
}

export function userFromRow(row: Selectable<UserTables['users']>): UserRecord {
  return {
    userId: row.user_id as UserId,
    localpart: row.localpart,
    createdAtMs: row.created_at_ms,
    isAdmin: row.admin === 1,
    adminRole: (row.admin_role ?? undefined) as AdminRole | undefined,
    isGuest: row.is_guest === 1,
    isDeactivated: row.deactivated === 1,
    isLocked: row.locked === 1,
    isSuspended: row.suspended === 1,
    isShadowBanned: row.shadow_banned === 1,
    expiresAtMs: row.expires_at_ms ?? undefined,
    messageLimit: row.messages_per_second === null ? undefined : { perSecond: row.messages_per_second, burstCount: row.message_burst ?? 0 },
    isErased: row.erased === 1,
    isApproved: row.approved === 1,
    userType: row.user_type ?? undefined,
    appserviceId: row.appservice_id ?? undefined,
    displayName: row.display_name ?? undefined,
    avatarUrl: row.avatar_url ?? undefined,
    consentVersion: row.consent_version ?? undefined,
    consentAtMs: row.consent_at_ms ?? undefined,
    lastSeenMs: row.last_seen_ms ?? undefined,
  }
}
