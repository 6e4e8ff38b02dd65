import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { Presence } from './presence.ts'
import { presenceToWire } from './presence-to-wire.ts'

/** @param deps.presence undefined where presence is switched off: setting it does nothing, and everybody is offline */
export function presenceClientRoutes({ presence, clock }: { presence: Presence | undefined; clock: Clock }): Route[] {
  const endpoints = contract.client.presence
  return [
    route(endpoints.getPresence, async ({ params, requester }) => {
      if (!presence) return { presence: 'offline' as const }
      const userId = params.userId as UserId
      const found = await presence.find(requester.userId, userId)
      if (!found) throw new MatrixError('M_FORBIDDEN', 'You are not allowed to see their presence.')
      if (found === 'nothing known') return { presence: 'offline' as const }
      return presenceToWire(found, clock.nowMs(), presence.lastActiveMs(userId))
    }),
    route(endpoints.setPresence, async ({ params, body, requester }) => {
      if (params.userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'Can only set your own presence state')
      if (body.presence === undefined) throw new MatrixError('M_UNKNOWN', 'Unable to parse state')
      await presence?.set(requester, body.presence, body.status_msg?.replaceAll('\0', '') || undefined)
      return {}
    }),
  ]
}
