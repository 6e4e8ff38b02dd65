import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Requester, type Route, route } from '@glia/http'
import type { Appservice, JsonObject } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Appservices } from './appservices.ts'
import { setNetworkVisibility } from './network-directory.ts'

export function appserviceClientRoutes(deps: { database: Database<HomeserverSchema>; appservices: Appservices }): Route[] {
  const { database, appservices } = deps
  const { thirdParty } = appservices
  const endpoints = contract.client.appservices
  return [
    route(endpoints.pingAppservice, async ({ params, body, requester }) => {
      const service = serviceOf(requester, 'Only application services can use the /appservice/ping endpoint')
      if (service.id !== params.appserviceId) throw new MatrixError('M_FORBIDDEN', 'Mismatching application service ID in path')
      return { duration_ms: (await appservices.ping(service.id, body.transaction_id)).durationMs }
    }),
    route(endpoints.setNetworkVisibility, async ({ params, body, requester }) => {
      const service = serviceOf(requester, 'Only appservices can edit the appservice published room list')
      const { networkId, roomId } = params
      const isListed = body.visibility === 'public'
      await database.transaction((tx) => setNetworkVisibility(tx, { appserviceId: service.id, networkId, roomId }, isListed))
      return {}
    }),
    route(endpoints.getThirdPartyProtocols, async () => thirdParty.protocols()),
    route(endpoints.getThirdPartyProtocol, async ({ params }) => {
      const found = await thirdParty.protocol(params.protocol)
      if (!found) throw new MatrixError('M_NOT_FOUND', 'Unknown protocol')
      return found
    }),
    ...(['user', 'location'] as const).map((kind) =>
      route(
        kind === 'user' ? endpoints.findThirdPartyUser : endpoints.findThirdPartyLocation,
        async ({ params, request }): Promise<JsonObject[]> => {
          const fields = new URLSearchParams([...request.rawQuery].filter(([name]) => !OURS.includes(name)))
          return thirdParty.lookUp(kind, params.protocol, fields)
        },
      ),
    ),
    route(endpoints.findThirdPartyUserById, async ({ query }) =>
      thirdParty.lookUp('user', undefined, new URLSearchParams({ userid: query.userid })),
    ),
    route(endpoints.findThirdPartyLocationByAlias, async ({ query }) =>
      thirdParty.lookUp('location', undefined, new URLSearchParams({ alias: query.alias })),
    ),
  ]
}

/** Parameters of the query that are not fields of a network; the first is a secret. */
const OURS: readonly string[] = ['access_token', 'user_id', 'device_id', 'org.matrix.msc3202.device_id']

function serviceOf({ appservice }: Requester, refusal: string): Appservice {
  if (!appservice) throw new MatrixError('M_FORBIDDEN', refusal)
  return appservice
}
