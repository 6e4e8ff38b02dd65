import { contract } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import type { SigningKeys } from '../signing-keys/index.ts'
import { serverMetadata } from './metadata.ts'

const CACHED = { 'cache-control': 'public, max-age=600, s-maxage=3600, stale-while-revalidate=600' }
const ISSUER_RELATION = 'http://openid.net/specs/connect/1.0/issuer'

export interface DiscoveryRoutesDeps {
  readonly issuer: () => string
  readonly deviceGrantEnabled: boolean
  readonly registrationEnabled: boolean
  readonly signingKeys: SigningKeys
}

export function discoveryRoutes(deps: DiscoveryRoutesDeps): Route[] {
  const { discovery } = contract.oauth
  const metadata = () => serverMetadata({ ...deps, issuer: deps.issuer() })
  return [
    route(discovery.getOpenIdConfiguration, async () => Reply.json(200, metadata(), CACHED)),
    route(discovery.getAuthMetadata, async () => Reply.json(200, metadata(), CACHED)),
    route(discovery.getAuthIssuer, async () => ({ issuer: deps.issuer() })),
    route(discovery.getKeys, async () => {
      return Reply.json(200, { keys: await deps.signingKeys.publicKeys() }, { 'cache-control': 'public, max-age=600' })
    }),
    route(discovery.getWebfinger, async ({ query }) => {
      const links = query.rel === undefined || query.rel === ISSUER_RELATION ? [{ rel: ISSUER_RELATION, href: deps.issuer() }] : []
      return Reply.json(200, { subject: query.resource ?? '', links }, { 'content-type': 'application/jrd+json' })
    }),
  ]
}
