import { MatrixError } from '@glia/contract'

/**
 * Takes the access token out of a request: the `Authorization` header or the query parameter `access_token`.
 * Rules and texts are those of Synapse (admin-api "Authentication"); never both at once.
 * @returns undefined when there is none
 * @throws MatrixError M_MISSING_TOKEN for a malformed header or both forms together
 */
export function accessTokenOf(
  headers: { authorization?: string | string[] },
  query: URLSearchParams,
  rawHeaders: string[],
): string | undefined {
  const fromQuery = query.get('access_token') ?? undefined
  const header = headers.authorization
  if (header === undefined) return fromQuery
  if (countAuthorizationHeaders(rawHeaders) > 1) throw new MatrixError('M_MISSING_TOKEN', 'Too many Authorization headers.')
  if (fromQuery !== undefined) {
    throw new MatrixError('M_MISSING_TOKEN', 'Mixing Authorization headers and access_token query parameters.')
  }
  const parts = String(header).split(' ')
  if (parts.length !== 2 || parts[0] !== 'Bearer' || !parts[1]) {
    throw new MatrixError('M_MISSING_TOKEN', 'Invalid Authorization header.')
  }
  return parts[1]
}

function countAuthorizationHeaders(rawHeaders: string[]): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === 'authorization') count++
  return count
}

/** A URL without secrets in its query, fit for logs. */
export function withoutSecrets(url: string): string {
  return url.replace(/([?&](?:access_token|token|code|loginToken|ticket)=)[^&]*/g, '$1[redacted]')
}
