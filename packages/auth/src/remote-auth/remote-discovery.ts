import { contract, MatrixError } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import type { Clock, Outbound } from '@glia/platform'
import type { RemoteAuthSettings } from './introspector.ts'

const KEPT_MS = 10 * 60_000
const CACHED = { 'cache-control': 'public, max-age=600, s-maxage=3600, stale-while-revalidate=600' }

/** Where the auth service is, told by the homeserver, which knows it from the auth service. */
export function remoteDiscoveryRoutes(settings: RemoteAuthSettings, deps: { outbound: Outbound; clock: Clock }): Route[] {
  const { discovery } = contract.oauth
  let kept: { metadata: { issuer: string }; untilMs: number } | undefined

  async function metadata(): Promise<{ issuer: string }> {
    if (kept && kept.untilMs > deps.clock.nowMs()) return kept.metadata
    const url = `${settings.endpoint}/.well-known/openid-configuration`
    const answer = await deps.outbound.request({ url, timeoutMs: 10_000, maxBytes: 256 * 1024 }).catch(() => undefined)
    const found = answer?.status === 200 ? (answer.json() as { issuer?: unknown }) : undefined
    if (typeof found?.issuer !== 'string') throw new MatrixError('M_UNKNOWN', 'The auth service does not answer', { status: 503 })
    kept = { metadata: { ...found, issuer: found.issuer }, untilMs: deps.clock.nowMs() + KEPT_MS }
    return kept.metadata
  }

  return [
    route(discovery.getAuthMetadata, async () => Reply.json(200, await metadata(), CACHED)),
    route(discovery.getAuthIssuer, async () => ({ issuer: (await metadata()).issuer })),
  ]
}
