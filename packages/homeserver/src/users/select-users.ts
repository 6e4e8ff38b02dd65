import type { AdminRole, contract, QueryOf } from '@glia/contract'
import { containsIgnoringCase } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { type RawBuilder, sql } from 'kysely'
import { createSelector } from '../selection/index.ts'
import { userFromRow } from './user-record.ts'

/** All that is given must hold. Times are milliseconds since 1970. */
export interface UserSelection {
  /** Only these. */
  readonly userIds?: readonly string[] | undefined
  /** Part of localpart or display name. */
  readonly search?: string | undefined
  readonly isAdmin?: boolean | undefined
  readonly role?: AdminRole | undefined
  readonly isGuest?: boolean | undefined
  readonly isLocked?: boolean | undefined
  readonly isSuspended?: boolean | undefined
  readonly isShadowBanned?: boolean | undefined
  readonly isDeactivated?: boolean | undefined
  readonly isErased?: boolean | undefined
  /** null: without a type. */
  readonly userType?: string | null | undefined
  readonly hasAppservice?: boolean | undefined
  readonly hasDevice?: boolean | undefined
  /** Also those who were never seen and were made before that. */
  readonly lastSeenBeforeMs?: number | undefined
  readonly lastSeenAfterMs?: number | undefined
  readonly createdBeforeMs?: number | undefined
  readonly createdAfterMs?: number | undefined
  readonly ip?: string | undefined
  /** Neither this user nor, if said so, admins and helpers. */
  readonly except?: { readonly userId: string; readonly privileged: boolean } | undefined
}

export const userSelector = createSelector({
  table: 'users',
  id: 'user_id',
  orders: {
    user_id: [sql`user_id`, 'string'],
    last_seen: [sql`COALESCE(last_seen_ms, 0)`, 'number'],
    created: [sql`created_at_ms`, 'number'],
  },
  conditionsOf,
  toItem: userFromRow,
})

function conditionsOf(selection: UserSelection): RawBuilder<unknown>[] {
  const lastSeen = sql`COALESCE(last_seen_ms, 0)`
  const { userIds, search, role, userType, hasAppservice, hasDevice, ip, except } = selection
  const { lastSeenBeforeMs, lastSeenAfterMs, createdBeforeMs, createdAfterMs } = selection
  const conditions: RawBuilder<unknown>[] = []
  const add = (condition: RawBuilder<unknown>) => void conditions.push(condition)
  for (const [column, wanted] of Object.entries(flagsOf(selection))) {
    // written out, so that an index of those that have the flag can be used
    if (wanted !== undefined) add(sql`${sql.ref(column)} = ${sql.lit(wanted ? 1 : 0)}`)
  }
  if (userIds) add(userIds.length === 0 ? sql`1 = 0` : sql`user_id IN (${sql.join(userIds)})`)
  if (search)
    add(sql`(${containsIgnoringCase(sql`localpart`, search)} OR ${containsIgnoringCase(sql`COALESCE(display_name, '')`, search)})`)
  if (role !== undefined) add(sql`admin_role = ${role}`)
  if (userType !== undefined) add(userType === null ? sql`user_type IS NULL` : sql`user_type = ${userType}`)
  if (hasAppservice !== undefined) add(hasAppservice ? sql`appservice_id IS NOT NULL` : sql`appservice_id IS NULL`)
  if (hasDevice !== undefined) {
    add(sql`${hasDevice ? sql`` : sql`NOT `}EXISTS (SELECT 1 FROM devices WHERE devices.user_id = users.user_id)`)
  }
  if (lastSeenBeforeMs !== undefined) {
    add(sql`${lastSeen} < ${lastSeenBeforeMs} AND (last_seen_ms IS NOT NULL OR created_at_ms < ${lastSeenBeforeMs})`)
  }
  if (lastSeenAfterMs !== undefined) add(sql`${lastSeen} > ${lastSeenAfterMs}`)
  if (createdBeforeMs !== undefined) add(sql`created_at_ms < ${createdBeforeMs}`)
  if (createdAfterMs !== undefined) add(sql`created_at_ms > ${createdAfterMs}`)
  if (except) add(sql`user_id <> ${except.userId}`)
  if (except?.privileged) add(sql`admin = 0 AND admin_role IS NULL`)
  if (ip !== undefined) add(sql`user_id IN (SELECT user_id FROM user_addresses WHERE ip = ${ip})`)
  return conditions
}

function flagsOf(selection: UserSelection): Record<string, boolean | undefined> {
  return {
    admin: selection.isAdmin,
    is_guest: selection.isGuest,
    locked: selection.isLocked,
    suspended: selection.isSuspended,
    shadow_banned: selection.isShadowBanned,
    deactivated: selection.isDeactivated,
    erased: selection.isErased,
  }
}

/** What a request of the contract's `userSelection` fields asks for. @param ids of users, where they are named */
export function selectionOf(wire: WireSelection, ids?: readonly string[]): UserSelection {
  return {
    userIds: ids as readonly UserId[] | undefined,
    search: wire.search,
    isAdmin: wire.admin,
    role: wire.role,
    isGuest: wire.guest,
    isLocked: wire.locked,
    isSuspended: wire.suspended,
    isShadowBanned: wire.shadow_banned,
    isDeactivated: wire.deactivated,
    isErased: wire.erased,
    userType: wire.user_type === 'none' ? null : wire.user_type,
    hasAppservice: wire.appservice,
    hasDevice: wire.has_device,
    lastSeenBeforeMs: wire.last_seen_before,
    lastSeenAfterMs: wire.last_seen_after,
    createdBeforeMs: wire.created_before,
    createdAfterMs: wire.created_after,
    ip: wire.ip,
  }
}

type WireSelection = Omit<QueryOf<typeof contract.glia.users.findUsers>, 'order_by' | 'dir' | 'from' | 'limit'>
