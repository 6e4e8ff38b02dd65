import type { Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { SelectQueryBuilder } from 'kysely'
import { sql } from 'kysely'
import type { AccountTables } from '../accounts/index.ts'
import { countRows, type Page, pageRows, type TimeFilter, timeConditions } from '../admin-api/index.ts'
import type { SessionTables } from '../sessions/index.ts'

type Db = Reads<SessionTables & AccountTables>

/** A signed-in browser, now or once, with the id of its account. */
export type BrowserSessionRow = SessionTables['auth_browser_sessions'] & { readonly account_id: string }

/** Undefined: any. */
export interface BrowserSessionFilter extends TimeFilter {
  readonly userId: UserId | undefined
  readonly isLive: boolean | undefined
}

/** Sorted by id; see `pageRows`. */
export function listBrowserSessionPage(db: Db, filter: BrowserSessionFilter, page: Page): Promise<BrowserSessionRow[]> {
  return pageRows(columns(filtered(db, filter)), 'session.id', page)
}

export function countBrowserSessions(db: Db, filter: BrowserSessionFilter): Promise<number> {
  return countRows(filtered(db, filter))
}

export function findBrowserSessionRow(db: Db, id: string): Promise<BrowserSessionRow | undefined> {
  return columns(sessions(db).where('session.id', '=', id)).executeTakeFirst()
}

function sessions(db: Db) {
  return db.selectFrom('auth_browser_sessions as session').innerJoin('auth_accounts as account', 'account.user_id', 'session.user_id')
}

function columns<DB, TB extends keyof DB>(query: SelectQueryBuilder<DB, TB, unknown>): SelectQueryBuilder<DB, TB, BrowserSessionRow> {
  return query.select([sql`session.*` as never, sql<string>`account.id`.as('account_id')]) as unknown as SelectQueryBuilder<
    DB,
    TB,
    BrowserSessionRow
  >
}

function filtered(db: Db, filter: BrowserSessionFilter) {
  let query = sessions(db)
  if (filter.userId !== undefined) query = query.where('session.user_id', '=', filter.userId)
  if (filter.isLive !== undefined) query = query.where('session.finished_at_ms', filter.isLive ? 'is' : 'is not', null)
  return query.where((eb) => eb.and(timeConditions('session', filter)))
}
