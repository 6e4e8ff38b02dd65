import { behindKey, containsIgnoringCase, type Database, OffsetBookmarks, orderOf, type SortColumn } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { ExpressionBuilder, RawBuilder, SqlBool } from 'kysely'
import { sql } from 'kysely'
import type { UserTables } from './tables.ts'
import { type UserRecord, userFromRow } from './user-record.ts'

export type UserOrder =
  | 'name'
  | 'displayname'
  | 'is_guest'
  | 'admin'
  | 'deactivated'
  | 'user_type'
  | 'avatar_url'
  | 'shadow_banned'
  | 'creation_ts'
  | 'last_seen_ts'
  | 'locked'

/** Undefined flags do not filter; `true` keeps those that have the flag, `false` those that do not. */
export interface UserListRequest {
  readonly from: number
  readonly limit: number
  /** Part of the user id, without regard to the case of ASCII letters. */
  readonly userId: string | undefined
  /** Part of localpart or display name; then `userId` does not count. */
  readonly name: string | undefined
  readonly isGuest: boolean | undefined
  readonly isAdmin: boolean | undefined
  readonly isDeactivated: boolean | undefined
  readonly isLocked: boolean | undefined
  /** '' stands for users without a type. */
  readonly notUserTypes: readonly string[]
  readonly orderBy: UserOrder
  readonly descending: boolean
}

export interface UserPage {
  readonly users: UserRecord[]
  readonly total: number
}

export interface UserList {
  /** A page; ties are broken by ascending user id. The total comes from counters unless a text is searched. */
  page(request: UserListRequest): Promise<UserPage>
}

const sortExpressions: Record<UserOrder, RawBuilder<unknown>> = {
  name: sql`user_id`,
  displayname: sql`COALESCE(display_name, '')`,
  avatar_url: sql`COALESCE(avatar_url, '')`,
  user_type: sql`COALESCE(user_type, '')`,
  last_seen_ts: sql`COALESCE(last_seen_ms, 0)`,
  creation_ts: sql`created_at_ms`,
  is_guest: sql`is_guest`,
  admin: sql`admin`,
  deactivated: sql`deactivated`,
  shadow_banned: sql`shadow_banned`,
  locked: sql`locked`,
}

/** @param deps.revision changes whenever a user changes: what was remembered about pages then counts no longer */
export function createUserList(deps: { database: Database<UserTables>; clock: Clock; revision: () => number }): UserList {
  const { database, revision } = deps
  const bookmarks = new OffsetBookmarks(() => deps.clock.nowMs())

  return {
    async page(request) {
      const { from, limit, orderBy, descending, ...filters } = request
      const columns = columnsOf(orderBy, descending)
      const listName = JSON.stringify([revision(), orderBy, descending, filters])
      const key = from === 0 ? undefined : bookmarks.get(listName, from)
      const rows = limit === 0 ? [] : await readRows(database, request, columns, key)
      const last = rows.at(-1)
      if (last) bookmarks.set(listName, from + rows.length, columns.length === 1 ? [last.user_id] : [last.sort_key, last.user_id])
      return { users: rows.map(userFromRow), total: await countUsers(database, request) }
    },
  }
}

function columnsOf(orderBy: UserOrder, descending: boolean): SortColumn[] {
  const first = { expression: sortExpressions[orderBy], descending }
  return orderBy === 'name' ? [first] : [first, { expression: sql`user_id`, descending: false }]
}

function readRows(database: Database<UserTables>, request: UserListRequest, columns: SortColumn[], key: readonly unknown[] | undefined) {
  let query = database.read
    .selectFrom('users')
    .selectAll()
    .select(sql<unknown>`${columns[0]!.expression}`.as('sort_key'))
    .where((eb) => eb.and([...flagConditions(eb, request), ...textConditions(request)]))
    .orderBy(orderOf(columns) as never)
    .limit(Math.min(request.limit, Number.MAX_SAFE_INTEGER))
  if (key) query = query.where(behindKey(columns, key))
  else if (request.from > 0) query = query.offset(request.from)
  return query.execute()
}

async function countUsers(database: Database<UserTables>, request: UserListRequest): Promise<number> {
  const texts = textConditions(request)
  if (texts.length === 0) {
    const counted = await database.read
      .selectFrom('user_counts')
      .select(sql<number>`COALESCE(SUM(users), 0)`.as('total'))
      .where((eb) => eb.and(flagConditions(eb as never, request)))
      .executeTakeFirstOrThrow()
    return Number(counted.total)
  }
  const counted = await database.read
    .selectFrom('users')
    .select(sql<number>`COUNT(*)`.as('total'))
    .where((eb) => eb.and([...flagConditions(eb, request), ...texts]))
    .executeTakeFirstOrThrow()
  return Number(counted.total)
}

/** Conditions on columns that `users` and `user_counts` both have. */
function flagConditions(eb: ExpressionBuilder<UserTables, 'users'>, request: UserListRequest) {
  const wanted = {
    is_guest: request.isGuest,
    admin: request.isAdmin,
    deactivated: request.isDeactivated,
    locked: request.isLocked,
  }
  const conditions = Object.entries(wanted)
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => eb(column as keyof typeof wanted, '=', value ? 1 : 0))
  const types = [...new Set(request.notUserTypes)]
  return types.length === 0 ? conditions : [...conditions, sql<SqlBool>`COALESCE(user_type, '') NOT IN (${sql.join(types)})`]
}

function textConditions({ name, userId }: UserListRequest): RawBuilder<SqlBool>[] {
  if (name) {
    return [sql<SqlBool>`(${containsIgnoringCase(sql`localpart`, name)} OR ${containsIgnoringCase(sql`COALESCE(display_name, '')`, name)})`]
  }
  return userId ? [containsIgnoringCase(sql`user_id`, userId)] : []
}
