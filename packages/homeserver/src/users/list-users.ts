import { behindKey, containsIgnoringCase, type Database, OffsetBookmarks, orderOf, type SortColumn, startingAt } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { RawBuilder, SqlBool } from 'kysely'
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

/** Columns that most users have unset; the others follow in groups, each in the order of ids. */
const groupColumns = {
  is_guest: 'is_guest',
  admin: 'admin',
  deactivated: 'deactivated',
  shadow_banned: 'shadow_banned',
  locked: 'locked',
  user_type: 'user_type',
} as const

const sortExpressions: Record<UserOrder, RawBuilder<unknown>> = {
  name: sql`user_id`,
  displayname: sql`COALESCE(display_name, '')`,
  avatar_url: sql`COALESCE(avatar_url, '')`,
  last_seen_ts: sql`COALESCE(last_seen_ms, 0)`,
  creation_ts: sql`created_at_ms`,
  user_type: sql`COALESCE(user_type, '')`,
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

  /** Rows of one order, with a further condition that `group` names. */
  async function rows(request: UserListRequest, conditions: RawBuilder<SqlBool>[], group: string): Promise<UserRecord[]> {
    const { from, limit, orderBy, descending, ...filters } = request
    if (limit === 0) return []
    const columns = columnsOf(orderBy, descending)
    const listName = JSON.stringify([revision(), group, orderBy, descending, filters])
    const found = await bookmarks.read({
      list: listName,
      from,
      read: ({ behind, offset }) =>
        database.read
          .selectFrom('users')
          .selectAll()
          .select(sql<unknown>`${columns[0]!.expression}`.as('sort_key'))
          .where((eb) => eb.and(conditions))
          .$if(behind !== undefined, (query) => query.where(behindKey(columns, behind!)).where(startingAt(columns[0]!, behind![0])))
          .orderBy(orderOf(columns) as never)
          .limit(limit)
          .$if(offset > 0, (query) => query.offset(offset))
          .execute(),
      keyOf: (row) => (columns.length === 1 ? [row.user_id] : [row.sort_key, row.user_id]),
    })
    return found.map(userFromRow)
  }

  async function pageOfGroups(request: UserListRequest, column: keyof typeof groupColumns): Promise<UserPage> {
    const groups = await countGroups(database, request, column)
    const users: UserRecord[] = []
    let skip = request.from
    for (const { value, count } of groups) {
      if (users.length >= request.limit) break
      if (skip < count) {
        const part = { ...request, orderBy: 'name' as const, descending: false, from: skip, limit: request.limit - users.length }
        users.push(...(await rows(part, [...flagConditions(request), groupCondition(column, value)], `${column} ${value}`)))
      }
      skip = Math.max(0, skip - count)
    }
    return { users, total: groups.reduce((sum, { count }) => sum + count, 0) }
  }

  return {
    async page(request) {
      const texts = textConditions(request)
      if (texts.length === 0 && request.orderBy in groupColumns) {
        return pageOfGroups(request, request.orderBy as keyof typeof groupColumns)
      }
      const conditions = [...flagConditions(request), ...texts]
      return { users: await rows(request, conditions, ''), total: await countUsers(database, request, texts) }
    },
  }
}

function columnsOf(orderBy: UserOrder, descending: boolean): SortColumn[] {
  const first = { expression: sortExpressions[orderBy], descending }
  return orderBy === 'name' ? [first] : [first, { expression: sql`user_id`, descending: false }]
}

async function countUsers(database: Database<UserTables>, request: UserListRequest, texts: RawBuilder<SqlBool>[]): Promise<number> {
  const total = sql<number>`COALESCE(SUM(users), 0)`.as('total')
  if (texts.length > 0) {
    const counted = await database.read
      .selectFrom('users')
      .select(sql<number>`COUNT(*)`.as('total'))
      .where((eb) => eb.and([...flagConditions(request), ...texts]))
      .executeTakeFirstOrThrow()
    return Number(counted.total)
  }
  const counters = database.read.selectFrom('user_counts').select(total)
  const counted = await counters.where((eb) => eb.and(flagConditions(request))).executeTakeFirstOrThrow()
  return Number(counted.total)
}

/** How many users have each value of the column, in the order of the page. */
async function countGroups(
  database: Database<UserTables>,
  request: UserListRequest,
  column: keyof typeof groupColumns,
): Promise<{ value: string | number; count: number }[]> {
  const found = await database.read
    .selectFrom('user_counts')
    .select([`${column} as value`, sql<number>`SUM(users)`.as('count')])
    .where((eb) => eb.and(flagConditions(request)))
    .groupBy(column)
    .orderBy(column, request.descending ? 'desc' : 'asc')
    .execute()
  return found.map(({ value, count }) => ({ value, count: Number(count) }))
}

function groupCondition(column: keyof typeof groupColumns, value: string | number): RawBuilder<SqlBool> {
  if (column !== 'user_type') return flagIs(column, value === 1)
  return value === '' ? sql<SqlBool>`user_type IS NULL` : sql<SqlBool>`user_type = ${value}`
}

/** Written out, not bound: only so can the database use an index of those that have the flag. */
function flagIs(column: string, isSet: boolean): RawBuilder<SqlBool> {
  return isSet ? sql<SqlBool>`${sql.ref(column)} = 1` : sql<SqlBool>`${sql.ref(column)} = 0`
}

/** Conditions on columns that `users` and `user_counts` both have. */
function flagConditions(request: UserListRequest): RawBuilder<SqlBool>[] {
  const wanted = { is_guest: request.isGuest, admin: request.isAdmin, deactivated: request.isDeactivated, locked: request.isLocked }
  const conditions = Object.entries(wanted).flatMap(([column, value]) => (value === undefined ? [] : [flagIs(column, value)]))
  const types = [...new Set(request.notUserTypes)]
  return types.length === 0 ? conditions : [...conditions, sql<SqlBool>`COALESCE(user_type, '') NOT IN (${sql.join(types)})`]
}

function textConditions({ name, userId }: UserListRequest): RawBuilder<SqlBool>[] {
  if (name) {
    return [sql<SqlBool>`(${containsIgnoringCase(sql`localpart`, name)} OR ${containsIgnoringCase(sql`COALESCE(display_name, '')`, name)})`]
  }
  return userId ? [containsIgnoringCase(sql`user_id`, userId)] : []
}
