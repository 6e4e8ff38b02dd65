import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import { type TurnServers, turnCredentials } from './turn-credentials.ts'

export interface Integrations {
  readonly turn: TurnServers | undefined
  /** Ways for group calls, as they are configured (MSC4143). */
  readonly rtcTransports: readonly Readonly<Record<string, unknown>>[]
  readonly clock: Clock
}

/** What clients ask at each start about services beside the homeserver. */
export function integrationClientRoutes({ turn, rtcTransports, clock }: Integrations): Route[] {
  const { misc } = contract.client
  return [
    route(misc.getTurnServer, async ({ requester }) => {
      if (!turn || (requester.isGuest && !turn.guestsAllowed)) return {}
      const { username, password } = turnCredentials(turn, requester.userId, clock.nowMs())
      return { username, password, ttl: Math.floor(turn.lifetimeMs / 1000), uris: turn.uris }
    }),
    route(misc.getRtcTransports, async () => {
      if (rtcTransports.length === 0) throw new MatrixError('M_UNRECOGNIZED', 'Unrecognized request')
      return { rtc_transports: [...rtcTransports] }
    }),
  ]
}
