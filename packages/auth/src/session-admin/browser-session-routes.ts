import { AuthAdminError, contract } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { SelectQueryBuilder } from 'kysely'
import { sql } from 'kysely'
import {
  countRows,
  found,
  pageDocument,
  pageRows,
  readTimeFilter,
  readUlid,
  singleDocument,
  type TimeFilter,
  timeConditions,
  toInstant,
  toInstantOrNull,
} from '../admin-api/index.ts'
import type { AuthSchema } from '../schema.ts'
import type { BrowserSessions, SessionTables } from '../sessions/index.ts'
import { readUserFilter } from './read-owners.ts'

const TYPE = 'user-session'
const PATH = '/api/admin/v1/user-sessions'
const WHAT = 'User session'

type Row = SessionTables['auth_browser_sessions'] & { readonly account_id: string }

interface Filter extends TimeFilter {
  readonly userId: UserId | undefined
  readonly isLive: boolean | undefined
}

/** Signed-in browsers in MAS's Admin API. */
export function browserSessionAuthAdminRoutes(deps: { database: Database<AuthSchema>; browserSessions: BrowserSessions }): Route[] {
  const { database, browserSessions } = deps
  const endpoints = contract.authAdmin.userSessions
  const get = async (id: string): Promise<Row> =>
    found(await columns(sessions(database.read).where('session.id', '=', id)).executeTakeFirst(), WHAT, id)

  return [
    route(endpoints.listUserSessions, async ({ query }) => {
      const status = query['filter[status]']
      const filter = {
        ...readTimeFilter(query),
        userId: await readUserFilter(database.read, query['filter[user]']),
        isLive: status === undefined ? undefined : status === 'active',
      }
      return pageDocument(TYPE, PATH, query, {
        list: async (page) => (await pageRows(columns(filtered(database.read, filter)), 'session.id', page)).map(resource),
        count: () => countRows(filtered(database.read, filter)),
      })
    }),
    route(endpoints.getUserSession, async ({ params }) => singleDocument(TYPE, PATH, resource(await get(readUlid(params.id))))),
    route(endpoints.finishUserSession, async ({ params }) => {
      const id = readUlid(params.id)
      await get(id)
      const ended = await database.transaction((tx) => browserSessions.end(tx, id))
      if (!ended) throw new AuthAdminError(400, `${WHAT} with ID ${id} is already finished`)
      return singleDocument(TYPE, PATH, resource(await get(id)), `${PATH}/${id}/finish`)
    }),
  ]
}

function sessions(db: Reads<AuthSchema>) {
  return db.selectFrom('auth_browser_sessions as session').innerJoin('auth_accounts as account', 'account.user_id', 'session.user_id')
}

function columns<DB, TB extends keyof DB>(query: SelectQueryBuilder<DB, TB, unknown>): SelectQueryBuilder<DB, TB, Row> {
  return query.select([sql`session.*` as never, sql<string>`account.id`.as('account_id')]) as unknown as SelectQueryBuilder<DB, TB, Row>
}

function filtered(db: Reads<AuthSchema>, filter: Filter) {
  let query = sessions(db)
  if (filter.userId !== undefined) query = query.where('session.user_id', '=', filter.userId)
  if (filter.isLive !== undefined) query = query.where('session.finished_at_ms', filter.isLive ? 'is' : 'is not', null)
  return query.where((eb) => eb.and(timeConditions('session', filter)))
}

function resource(row: Row) {
  return {
    id: row.id,
    attributes: {
      created_at: toInstant(row.created_at_ms),
      finished_at: toInstantOrNull(row.finished_at_ms),
      user_id: row.account_id,
      user_agent: row.user_agent,
      last_active_at: toInstant(row.last_active_at_ms),
      last_active_ip: row.last_active_ip,
    },
  }
}
