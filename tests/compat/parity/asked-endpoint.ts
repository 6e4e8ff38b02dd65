import { allEndpoints } from '../../../packages/contract/src/index.ts'

export interface AskedEndpoint {
  readonly surface: string
  readonly name: string
}

const endpoints = allEndpoints()
  .flatMap((endpoint) => [endpoint.path, ...endpoint.aliases].map((path) => ({ endpoint, path })))
  .map(({ endpoint, path }) => ({
    ...endpoint,
    asked: { surface: endpoint.surface, name: `${endpoint.method} ${endpoint.path}` } satisfies AskedEndpoint,
    pattern: new RegExp(`^${endpoint.method} ${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`),
    parameters: path.split('{').length,
  }))
  // a path that says more wins
  .sort((a, b) => a.parameters - b.parameters)

const UNKNOWN: Readonly<Record<string, AskedEndpoint>> = {
  admin: { surface: 'admin', name: '(other paths and methods)' },
  client: { surface: 'client', name: '(other paths and methods)' },
}

/** @param request method and path, as scenarios write them down */
export function endpointOf(request: string): AskedEndpoint {
  const asked = request.split('?')[0]!.replace('/_matrix/client/r0/', '/_matrix/client/v3/')
  const found = endpoints.find(({ pattern }) => pattern.test(asked))
  if (found) return known.get(found.asked.name) ?? remember(found.asked)
  return request.includes('/_synapse/') ? UNKNOWN.admin! : UNKNOWN.client!
}

/** One object for each endpoint, to group by. */
const known = new Map<string, AskedEndpoint>()

function remember(asked: AskedEndpoint): AskedEndpoint {
  known.set(asked.name, asked)
  return asked
}
