import { ApiError, call } from '@glia/client'
import type { AnyEndpoint } from '@glia/contract'
import type { Connection } from '../connection.ts'
import { RefusedError } from '../errors.ts'

export interface EndpointInput {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
}

/** Calls an endpoint over a connection, whose token is used. @throws CliError */
export async function callEndpoint(connection: Connection, endpoint: AnyEndpoint, input: EndpointInput): Promise<unknown> {
  const transport = { baseUrl: connection.baseUrl, fetch: connection.fetch, token: () => undefined }
  try {
    return await call(transport, endpoint, input)
  } catch (error) {
    if (error instanceof ApiError) throw new RefusedError(undefined, error.status, error.body, hintsFor(endpoint, error))
    throw causeOf(error)
  }
}

const ADMIN_HINT = 'This needs an account that is a server admin, and with OAuth the scope urn:synapse:admin:*'

const GLIA_HINT = 'Only Glia has this, and this server seems to be another one'

const AUTH_HINT = 'This needs the scope urn:mas:admin: glia login URL --scope urn:mas:admin'

function hintsFor({ access, surface }: AnyEndpoint, { status, code }: ApiError): string[] {
  if (surface === 'glia' && status === 404 && code !== 'M_NOT_FOUND') return [GLIA_HINT]
  if (access.kind === 'serverAdmin' && status === 403 && code === 'M_FORBIDDEN') return [ADMIN_HINT]
  return access.kind === 'authAdmin' && status === 401 ? [AUTH_HINT] : []
}

/** The client wraps what `connection.fetch` says. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.name === 'ConnectionError' ? error.cause : error
}

/**
 * Calls a list endpoint until its last page and puts the pages together.
 * @param next member of the answer that holds the next `from`
 */
export async function callAllPages(connection: Connection, endpoint: AnyEndpoint, input: EndpointInput, next: string): Promise<unknown> {
  let whole: Record<string, unknown> | undefined
  let query = input.query
  for (;;) {
    const page = (await callEndpoint(connection, endpoint, { ...input, query })) as Record<string, unknown>
    const { [next]: from, ...rest } = page
    const list = Object.keys(rest).find((name) => Array.isArray(rest[name]))
    if (list === undefined) return page
    const items = rest[list] as unknown[]
    whole = { ...(whole ?? rest), [list]: [...((whole?.[list] as unknown[]) ?? []), ...items] }
    if (from === undefined || from === null || items.length === 0) return whole
    query = { ...query, from }
  }
}
