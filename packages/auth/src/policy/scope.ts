import { OAuthError } from '@glia/contract'

export const apiScopes = { stable: 'urn:matrix:client:api:*', unstable: 'urn:matrix:org.matrix.msc2967.client:api:*' } as const
export const deviceScopePrefixes = {
  stable: 'urn:matrix:client:device:',
  unstable: 'urn:matrix:org.matrix.msc2967.client:device:',
} as const
export const serverAdminScope = 'urn:synapse:admin:*'
export const authAdminScope = 'urn:mas:admin'

/** RFC 6749 section 3.3: `%x21 / %x23-5B / %x5D-7E`. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * Reads a `scope` parameter: a set, whatever the order.
 * @returns sorted, without doubles
 * @throws OAuthError invalid_scope for characters that a scope cannot have
 */
export function parseScope(text: string | undefined): string[] {
  const scopes = [...new Set((text ?? '').split(' ').filter((scope) => scope !== ''))].sort()
  const wrong = scopes.find((scope) => !SCOPE_TOKEN.test(scope))
  if (wrong !== undefined) throw new OAuthError('invalid_scope', 'The scope contains characters that are not allowed')
  return scopes
}

/** The device that a session of these scopes is bound to. */
export function deviceIdOf(scopes: readonly string[]): string | undefined {
  return deviceIdsOf(scopes)[0]
}

/** All devices that the scopes name, each once; more than one is too many. */
export function deviceIdsOf(scopes: readonly string[]): string[] {
  const prefixes = Object.values(deviceScopePrefixes)
  return [
    ...new Set(prefixes.flatMap((prefix) => scopes.filter((scope) => scope.startsWith(prefix)).map((scope) => scope.slice(prefix.length)))),
  ]
}

/** Scopes with those added that mean the same under their other name, stable or unstable. */
export function withTwins(scopes: readonly string[]): string[] {
  const all = new Set(scopes)
  for (const scope of scopes) {
    if (scope === apiScopes.stable) all.add(apiScopes.unstable)
    else if (scope === apiScopes.unstable) all.add(apiScopes.stable)
    else if (scope.startsWith(deviceScopePrefixes.stable))
      all.add(deviceScopePrefixes.unstable + scope.slice(deviceScopePrefixes.stable.length))
    else if (scope.startsWith(deviceScopePrefixes.unstable))
      all.add(deviceScopePrefixes.stable + scope.slice(deviceScopePrefixes.unstable.length))
  }
  return [...all]
}
