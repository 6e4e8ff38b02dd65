import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'

/** What clients ask at each start and Glia has none of: TURN servers and bridges to other networks. */
export function integrationClientRoutes(): Route[] {
  const { misc } = contract.client
  return [route(misc.getTurnServer, async () => ({})), route(misc.getThirdPartyProtocols, async () => ({}))]
}
