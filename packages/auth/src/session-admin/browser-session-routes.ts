import { AuthAdminError, contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import { found, pageDocument, readTimeFilter, readUlid, singleDocument, toInstant, toInstantOrNull } from '../admin-api/index.ts'
import type { AuthSchema } from '../schema.ts'
import type { BrowserSessions } from '../sessions/index.ts'
import { type BrowserSessionRow, countBrowserSessions, findBrowserSessionRow, listBrowserSessionPage } from './browser-session-pages.ts'
import { readUserFilter } from './read-owners.ts'

const TYPE = 'user-session'
const PATH = '/api/admin/v1/user-sessions'
const WHAT = 'User session'

/** Signed-in browsers in MAS's Admin API. */
export function browserSessionAuthAdminRoutes(deps: { database: Database<AuthSchema>; browserSessions: BrowserSessions }): Route[] {
  const { database, browserSessions } = deps
  const endpoints = contract.authAdmin.userSessions
  const get = async (id: string) => found(await findBrowserSessionRow(database.read, id), WHAT, id)

  return [
    route(endpoints.listUserSessions, async ({ query }) => {
      const status = query['filter[status]']
      const filter = {
        ...readTimeFilter(query),
        userId: await readUserFilter(database.read, query['filter[user]']),
        isLive: status === undefined ? undefined : status === 'active',
      }
      return pageDocument(TYPE, PATH, query, {
        list: async (page) => (await listBrowserSessionPage(database.read, filter, page)).map(resource),
        count: () => countBrowserSessions(database.read, filter),
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

function resource(row: BrowserSessionRow) {
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
