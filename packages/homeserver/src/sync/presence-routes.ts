import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'

/** Presence is not kept (as Synapse with `presence: enabled: false`): setting it does nothing, and everybody is offline. */
export function presenceClientRoutes(): Route[] {
  const { presence } = contract.client
  return [
    route(presence.getPresence, async () => ({ presence: 'offline' as const })),
    route(presence.setPresence, async ({ params, requester }) => {
      if (params.userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'Can only set your own presence state')
      return {}
    }),
  ]
}
