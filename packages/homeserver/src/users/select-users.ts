import type { AdminRole } from '@glia/contract'
import { behindKey, containsIgnoringCase, orderOf, type Reads, type SortColumn, startingAt } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { UserTables } from './tables.ts'
import { type UserRecord, userFromRow } from './user-record.ts'

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

export interface SelectionOrder {
  readonly by: 'user_id' | 'last_seen' | 'created'
  readonly descending: boolean
}

/** Where a page ended: the values of the order's columns. */
export type SelectionKey = readonly (string | number)[]

const lastSeen = sql`COALESCE(last_seen_ms, 0)`

/** A page of the users. Where the conditions suit few, the database looks at many users for them. */
export async function selectUsers(
  reads: Reads<UserTables>,
  selection: UserSelection,
  page: { order: SelectionOrder; behind: SelectionKey | undefined; limit: number },
): Promise<UserRecord[]> {
  const { order, behind, limit } = page
  const columns = columnsOf(order)
  const rows = await reads
    .selectFrom('users')
    .selectAll()
    .where((eb) => eb.and(conditionsOf(selection)))
    .$if(behind !== undefined, (select) => select.where(behindKey(columns, behind!)).where(startingAt(columns[0]!, behind![0])))
    .orderBy(orderOf(columns) as never)
    .limit(limit)
    .execute()
  return rows.map(userFromRow)
}

export async function countSelected(reads: Reads<UserTables>, selection: UserSelection): Promise<number> {
  const { count } = await reads
    .selectFrom('users')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where((eb) => eb.and(conditionsOf(selection)))
    .executeTakeFirstOrThrow()
  return Number(count)
}

export function keyOf(user: UserRecord, { by }: SelectionOrder): SelectionKey {
  if (by === 'user_id') return [user.userId]
  return [by === 'created' ? user.createdAtMs : (user.lastSeenMs ?? 0), user.userId]
}

function columnsOf({ by, descending }: SelectionOrder): SortColumn[] {
  const id = { expression: sql`user_id`, descending }
  if (by === 'user_id') return [id]
  return [{ expression: by === 'created' ? sql`created_at_ms` : lastSeen, descending }, id]
}

function conditionsOf(selection: UserSelection): RawBuilder<SqlBool>[] {
  const { userIds, search, role, userType, hasAppservice, hasDevice, ip, except } = selection
  const { lastSeenBeforeMs, lastSeenAfterMs, createdBeforeMs, createdAfterMs } = selection
  const conditions: RawBuilder<SqlBool>[] = []
  const add = (condition: RawBuilder<unknown>) => void conditions.push(condition as RawBuilder<SqlBool>)
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

export interface WireSelection {
  readonly search?: string
  readonly admin?: boolean
  readonly role?: AdminRole
  readonly guest?: boolean
  readonly locked?: boolean
  readonly suspended?: boolean
  readonly shadow_banned?: boolean
  readonly deactivated?: boolean
  readonly erased?: boolean
  readonly user_type?: string
  readonly appservice?: boolean
  readonly has_device?: boolean
  readonly last_seen_before?: number
  readonly last_seen_after?: number
  readonly created_before?: number
  readonly created_after?: number
  readonly ip?: string
}
