import { contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import { found, pageDocument, readUlid, singleDocument } from '../admin-api/index.ts'
import type { SessionTables } from '../sessions/index.ts'
import { type Client, findClient } from './client.ts'
import { countClients, listClientPage } from './client-pages.ts'
import type { ClientTables } from './tables.ts'

const TYPE = 'oauth2-client'
const PATH = '/api/admin/v1/oauth2-clients'

/** OAuth clients in MAS's Admin API: only to look at. */
export function clientAuthAdminRoutes(deps: { database: Database<ClientTables & SessionTables>; clock: Clock }): Route[] {
  const { database, clock } = deps
  const endpoints = contract.authAdmin.oauth2Clients
  return [
    route(endpoints.listOAuth2Clients, ({ query }) => {
      const kind = query['filter[client-kind]']
      const filter = {
        isStatic: kind === undefined ? undefined : kind === 'static',
        name: query['filter[client-name]'],
        uri: query['filter[client-uri]'],
        grantType: query['filter[grant-type]'],
        hasLiveSession: query['filter[has-active-sessions]'],
      }
      return pageDocument(TYPE, PATH, query, {
        list: async (page) => (await listClientPage(database.read, filter, page, clock.nowMs())).map(resource),
        count: () => countClients(database.read, filter, clock.nowMs()),
      })
    }),
    route(endpoints.getOAuth2Client, async ({ params }) => {
      const id = readUlid(params.id)
      return singleDocument(TYPE, PATH, resource(found(await findClient(database.read, id), 'OAuth 2.0 client', id)))
    }),
  ]
}

function resource(client: Client) {
  return {
    id: client.id,
    attributes: {
      client_id: client.id,
      client_name: client.clientName ?? null,
      client_uri: client.clientUri ?? null,
      logo_uri: client.logoUri ?? null,
      redirect_uris: [...client.redirectUris],
      grant_types: [...client.grantTypes],
      is_static: client.isStatic,
    },
  }
}
