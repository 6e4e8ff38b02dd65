import type { Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { SelectQueryBuilder, SqlBool } from 'kysely'
import { sql } from 'kysely'
import type { AccountTables } from '../accounts/index.ts'
import { countRows, hasWord, type Page, pageRows, type TimeFilter, timeConditions } from '../admin-api/index.ts'
import type { ClientTables } from '../client-registration/index.ts'
import type { SessionKind, SessionTables } from '../sessions/index.ts'

type Tables = SessionTables & AccountTables & ClientTables
type Db = Reads<Tables>

/** A session with the id of the account as which it acts. */
export type SessionRow = SessionTables['auth_sessions'] & { readonly account_id: string | null }

/** Undefined or empty: any. */
export interface SessionFilter extends TimeFilter {
  readonly userId: UserId | undefined
  readonly browserSessionId: string | undefined
  readonly clientIds: readonly string[] | undefined
  readonly isClientStatic: boolean | undefined
  /** All of them. */
  readonly scopes: readonly string[]
  readonly isLive: boolean | undefined
}

/** Sorted by id; see `pageRows`. */
export function listSessionPage(db: Db, kind: SessionKind, filter: SessionFilter, page: Page, nowMs: number): Promise<SessionRow[]> {
  return pageRows(sessionQuery(db, kind, filter, nowMs), 'session.id', page)
}

export function sessionQuery(db: Db, kind: SessionKind, filter: SessionFilter, nowMs: number) {
  return withAccount(filtered(db, kind, filter, nowMs))
}

export function countSessions(db: Db, kind: SessionKind, filter: SessionFilter, nowMs: number): Promise<number> {
  return countRows(filtered(db, kind, filter, nowMs))
}

export function findSessionRow(db: Db, kind: SessionKind, id: string): Promise<SessionRow | undefined> {
  return withAccount(ofKind(db, kind).where('session.id', '=', id)).executeTakeFirst()
}

/** When the session ended; null while it lives. */
export function finishedAtMs(row: { finished_at_ms: number | null; expires_at_ms?: number | null }, nowMs: number): number | null {
  if (row.finished_at_ms !== null) return row.finished_at_ms
  return row.expires_at_ms != null && row.expires_at_ms <= nowMs ? row.expires_at_ms : null
}

/** Only sessions of accounts, or of clients that act for themselves: other users are not known here. */
function ofKind(db: Db, kind: SessionKind) {
  return db
    .selectFrom('auth_sessions as session')
    .leftJoin('auth_accounts as account', 'account.user_id', 'session.user_id')
    .where('session.kind', '=', kind)
    .where((eb) => eb.or([eb('account.id', 'is not', null), eb('session.user_id', 'is', null)]))
}

function withAccount<DB, TB extends keyof DB>(query: SelectQueryBuilder<DB, TB, unknown>): SelectQueryBuilder<DB, TB, SessionRow> {
  return query.select([
    sql<SessionRow>`session.*` as never,
    sql<string | null>`account.id`.as('account_id'),
  ]) as unknown as SelectQueryBuilder<DB, TB, SessionRow>
}

function filtered(db: Db, kind: SessionKind, filter: SessionFilter, nowMs: number) {
  const { userId, browserSessionId, clientIds, isClientStatic, scopes, isLive } = filter
  let query = ofKind(db, kind)
  if (userId !== undefined) query = query.where('session.user_id', '=', userId)
  if (browserSessionId !== undefined) query = query.where('session.browser_session_id', '=', browserSessionId)
  if (clientIds !== undefined) query = query.where('session.client_id', 'in', [...clientIds])
  if (isClientStatic !== undefined) {
    query = query.where('session.client_id', isClientStatic ? 'in' : 'not in', (eb) =>
      eb.selectFrom('auth_clients as client').select('client.id').where('client.is_static', '=', 1),
    )
  }
  if (isLive !== undefined) query = query.where(isLive ? live(nowMs) : over(nowMs))
  return query.where((eb) => eb.and([...scopes.map((scope) => hasWord('session.scope', scope)), ...timeConditions('session', filter)]))
}

function live(nowMs: number) {
  return sql<SqlBool>`session.finished_at_ms IS NULL AND (session.expires_at_ms IS NULL OR session.expires_at_ms > ${nowMs})`
}

function over(nowMs: number) {
  return sql<SqlBool>`(session.finished_at_ms IS NOT NULL OR session.expires_at_ms <= ${nowMs})`
}
