import { containsIgnoringCase, type Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { SelectQueryBuilder, SqlBool } from 'kysely'
import { sql } from 'kysely'
import { countRows, type Page, pageRows } from '../admin-api/index.ts'
import type { LinkedUserTables } from '../homeserver-link.ts'
import type { SessionTables } from '../sessions/index.ts'
import type { AccountTables } from './tables.ts'

type Tables = AccountTables & LinkedUserTables & SessionTables
type Db = Reads<Tables>

/** An account with the flags of its user. */
export interface AccountWithUser {
  readonly id: string
  readonly user_id: string
  readonly localpart: string
  readonly created_at_ms: number
  readonly admin: number
  readonly locked: number
  readonly locked_at_ms: number | null
  readonly deactivated: number
  readonly deactivated_at_ms: number | null
  readonly is_guest: number
}

/** Undefined: either. */
export interface AccountFilter {
  readonly isAdmin: boolean | undefined
  readonly isGuest: boolean | undefined
  /** Part of the localpart, without regard to the case of ASCII letters. */
  readonly search: string | undefined
  readonly status: 'active' | 'locked' | 'deactivated' | undefined
  /** With a live session of one of them. */
  readonly clientIds: readonly string[] | undefined
  readonly hasOAuthSession: boolean | undefined
  readonly hasLegacySession: boolean | undefined
}

/** Sorted by the account's id; see `pageRows`. */
export function listAccountPage(db: Db, filter: AccountFilter, page: Page, nowMs: number): Promise<AccountWithUser[]> {
  return pageRows(columns(filtered(db, filter, nowMs)), 'account.id', page)
}

export function countAccounts(db: Db, filter: AccountFilter, nowMs: number): Promise<number> {
  return countRows(filtered(db, filter, nowMs))
}

export function findAccountWithUser(db: Db, id: string): Promise<AccountWithUser | undefined> {
  return columns(joined(db).where('account.id', '=', id)).executeTakeFirst()
}

/** Without regard to case, but the exact name first. @param userId the user id of that name */
export async function findAccountByLocalpart(db: Db, localpart: string, userId: UserId): Promise<AccountWithUser | undefined> {
  const exact = await columns(joined(db).where('account.user_id', '=', userId)).executeTakeFirst()
  if (exact) return exact
  // only accounts that came from elsewhere have capital letters in their names; who is looked for seldom is one
  return columns(joined(db).where(sql<SqlBool>`lower("user".localpart) = ${localpart.toLowerCase()}`))
    .orderBy('account.id')
    .executeTakeFirst()
}

function joined(db: Db) {
  return db.selectFrom('auth_accounts as account').innerJoin('users as user', 'user.user_id', 'account.user_id')
}

type Joined<O> = SelectQueryBuilder<
  Tables & { account: AccountTables['auth_accounts']; user: LinkedUserTables['users'] },
  'account' | 'user',
  O
>

function columns(query: Joined<unknown>): Joined<AccountWithUser> {
  return query.select([
    'account.id',
    'account.user_id',
    'account.created_at_ms',
    'user.localpart',
    'user.admin',
    'user.locked',
    'user.locked_at_ms',
    'user.deactivated',
    'user.deactivated_at_ms',
    'user.is_guest',
  ])
}

function filtered(db: Db, filter: AccountFilter, nowMs: number): Joined<unknown> {
  const { isAdmin, isGuest, search, status, clientIds, hasOAuthSession, hasLegacySession } = filter
  return joined(db).where((eb) => {
    const liveSession = (kind: 'oauth' | 'legacy', clients?: readonly string[]) => {
      let sessions = eb
        .selectFrom('auth_sessions as session')
        .select('session.id')
        .whereRef('session.user_id', '=', 'account.user_id')
        .where('session.kind', '=', kind)
        .where('session.finished_at_ms', 'is', null)
        .where((row) => row.or([row('session.expires_at_ms', 'is', null), row('session.expires_at_ms', '>', nowMs)]))
      if (clients) sessions = sessions.where('session.client_id', 'in', [...clients])
      return eb.exists(sessions)
    }
    const has = (kind: 'oauth' | 'legacy', wanted: boolean) => (wanted ? liveSession(kind) : eb.not(liveSession(kind)))
    return eb.and([
      ...flagIs('admin', isAdmin),
      ...flagIs('is_guest', isGuest),
      ...(search ? [containsIgnoringCase(sql.ref('user.localpart'), search)] : []),
      ...(status === 'locked' ? flagIs('locked', true) : []),
      ...(status === 'deactivated' ? flagIs('deactivated', true) : []),
      ...(status === 'active' ? [...flagIs('locked', false), ...flagIs('deactivated', false)] : []),
      ...(clientIds ? [liveSession('oauth', clientIds)] : []),
      ...(hasOAuthSession === undefined ? [] : [has('oauth', hasOAuthSession)]),
      ...(hasLegacySession === undefined ? [] : [has('legacy', hasLegacySession)]),
    ])
  })
}

/** Written out, not bound: only so can the database use an index of those that have the flag. */
function flagIs(column: string, isSet: boolean | undefined) {
  if (isSet === undefined) return []
  return [isSet ? sql<SqlBool>`${sql.ref(`user.${column}`)} = 1` : sql<SqlBool>`${sql.ref(`user.${column}`)} = 0`]
}
