import { allEndpoints } from '@glia/contract'
import type { Route } from '@glia/http'

/** Two routes for one endpoint are a mistake of ours: better not to start. */
export function refuseTwice(routes: readonly Route[]): void {
  const ids = routes.map(({ endpoint }) => endpoint.id)
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
  if (twice.length > 0) throw new Error(`more than one route for ${twice.join(', ')}`)
}

/** An endpoint without a route, or a route without an endpoint in the contract, is a mistake of ours: better not to start. */
export function refuseUnanswered(routes: readonly Route[]): void {
  const answered = new Set(routes.map(({ endpoint }) => endpoint.id))
  const declared = new Set(allEndpoints().map(({ id }) => id))
  const missing = [...declared].filter((id) => !answered.has(id))
  const undeclared = [...answered].filter((id) => !declared.has(id))
  refuseTwice(routes)
  if (missing.length > 0 || undeclared.length > 0) {
    throw new Error(
      `routes and contract differ: without route: ${missing.join(', ') || '-'}; not in the contract: ${undeclared.join(', ') || '-'}`,
    )
  }
}
