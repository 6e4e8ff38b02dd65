import { allEndpoints } from '@glia/contract'
import type { Route } from '@glia/http'

/** An endpoint without a route, or a route without an endpoint in the contract, is a mistake of ours: better not to start. */
export function refuseUnanswered(routes: readonly Route[]): void {
  const answered = new Set(routes.map(({ endpoint }) => endpoint.id))
  const declared = new Set(allEndpoints().map(({ id }) => id))
  const missing = [...declared].filter((id) => !answered.has(id))
  const undeclared = [...answered].filter((id) => !declared.has(id))
  if (missing.length > 0 || undeclared.length > 0 || answered.size !== routes.length) {
    throw new Error(
      `routes and contract differ: without route: ${missing.join(', ') || '-'}; not in the contract: ${undeclared.join(', ') || '-'}`,
    )
  }
}
