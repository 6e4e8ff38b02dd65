import { AuthAdminError, contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import {
  found,
  type Page,
  pageDocument,
  readScopeTokens,
  readTimeFilter,
  readUlid,
  singleDocument,
  toInstant,
  toInstantOrNull,
} from '../admin-api/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import { endSessionWithDevice } from '../revocation/index.ts'
import type { AuthSchema } from '../schema.ts'
import type { Sessions } from '../sessions/index.ts'
import { readBrowserSessionFilter, readClientFilter, readUserFilter } from './read-owners.ts'
import { countSessions, findSessionRow, finishedAtMs, listSessionPage, type SessionFilter, type SessionRow } from './session-pages.ts'

export interface SessionAuthAdminDeps {
  readonly database: Database<AuthSchema>
  readonly sessions: Sessions
  readonly homeserver: HomeserverLink
  readonly clock: Clock
}

/** OAuth sessions, and those of the legacy login API, in MAS's Admin API. Whoever ends one deletes its device. */
export function sessionAuthAdminRoutes(deps: SessionAuthAdminDeps): Route[] {
  const { database, clock } = deps
  const { oauth2Sessions, compatSessions } = contract.authAdmin
  const oauth = resources(deps, {
    kind: 'oauth',
    type: 'oauth2-session',
    path: '/api/admin/v1/oauth2-sessions',
    attributes: oauthAttributes,
  })
  const compat = resources(deps, {
    kind: 'legacy',
    type: 'compat-session',
    path: '/api/admin/v1/compat-sessions',
    attributes: compatAttributes,
  })

  return [
    route(oauth2Sessions.listOAuth2Sessions, async ({ query }) => {
      const clientKind = query['filter[client-kind]']
      const filter = {
        ...readTimeFilter(query),
        userId: await readUserFilter(database.read, query['filter[user]']),
        browserSessionId: await readBrowserSessionFilter(database.read, query['filter[user-session]']),
        clientIds: await readClientFilter(database.read, query['filter[client]']),
        isClientStatic: clientKind === undefined ? undefined : clientKind === 'static',
        scopes: readScopeTokens(query['filter[scope]']),
        isLive: isLive(query['filter[status]']),
      }
      return pageDocument('oauth2-session', '/api/admin/v1/oauth2-sessions', query, oauth.pages(filter))
    }),
    route(oauth2Sessions.getOAuth2Session, ({ params }) => oauth.get(params.id)),
    route(oauth2Sessions.finishOAuth2Session, ({ params }) => oauth.finish(params.id)),

    route(compatSessions.listCompatSessions, async ({ query }) => {
      const filter = {
        ...readTimeFilter(query),
        userId: await readUserFilter(database.read, query['filter[user]']),
        browserSessionId: await readBrowserSessionFilter(database.read, query['filter[user-session]']),
        clientIds: undefined,
        isClientStatic: undefined,
        scopes: [],
        isLive: isLive(query['filter[status]']),
      }
      return pageDocument('compat-session', '/api/admin/v1/compat-sessions', query, compat.pages(filter))
    }),
    route(compatSessions.getCompatSession, ({ params }) => compat.get(params.id)),
    route(compatSessions.finishCompatSession, ({ params }) => compat.finish(params.id)),
  ]

  function oauthAttributes(row: SessionRow) {
    return { ...sharedAttributes(row, clock.nowMs()), user_id: row.account_id, client_id: row.client_id!, scope: row.scope }
  }
  function compatAttributes(row: SessionRow) {
    return { ...sharedAttributes(row, clock.nowMs()), user_id: row.account_id!, device_id: row.device_id, redirect_uri: null }
  }
}

interface Kind<A> {
  readonly kind: 'oauth' | 'legacy'
  readonly type: string
  readonly path: string
  readonly attributes: (row: SessionRow) => A
}

/** What both kinds have in common. */
function resources<A>(deps: SessionAuthAdminDeps, { kind, type, path, attributes }: Kind<A>) {
  const { database, clock } = deps
  const resource = (row: SessionRow) => ({ id: row.id, attributes: attributes(row) })
  const get = async (id: string) => found(await findSessionRow(database.read, kind, id), 'Session', id)
  return {
    pages: (filter: SessionFilter) => ({
      list: async (page: Page) => (await listSessionPage(database.read, kind, filter, page, clock.nowMs())).map(resource),
      count: () => countSessions(database.read, kind, filter, clock.nowMs()),
    }),
    get: async (rawId: string) => singleDocument(type, path, resource(await get(readUlid(rawId)))),
    /** @throws AuthAdminError 404, 400 (it has ended already) */
    async finish(rawId: string) {
      const id = readUlid(rawId)
      const isOver = finishedAtMs(await get(id), clock.nowMs()) !== null
      const ended = isOver ? undefined : await database.transaction((tx) => endSessionWithDevice(tx, deps, id))
      if (!ended) throw new AuthAdminError(400, `Session with ID ${id} is already finished`)
      return singleDocument(type, path, resource(await get(id)), `${path}/${id}/finish`)
    },
  }
}

function isLive(status: 'active' | 'finished' | undefined): boolean | undefined {
  return status === undefined ? undefined : status === 'active'
}

function sharedAttributes(row: SessionRow, nowMs: number) {
  return {
    created_at: toInstant(row.created_at_ms),
    finished_at: toInstantOrNull(finishedAtMs(row, nowMs)),
    user_session_id: row.browser_session_id,
    user_agent: row.user_agent,
    last_active_at: toInstantOrNull(row.last_active_at_ms),
    last_active_ip: row.last_active_ip,
    human_name: row.human_name,
  }
}
