/**
 * Checks an id token that came straight from the token endpoint, so that TLS vouches for it and its signature need not be checked
 * (OpenID Connect Core 1.0, section 3.1.3.7): issuer, audience, nonce, expiry.
 * @throws Error that says which one is wrong
 */
export function checkIdToken(idToken: string, expected: { issuer: string; clientId: string; nonce: string; nowMs: number }): void {
  const claims = claimsOf(idToken)
  const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  if (claims.iss !== expected.issuer) throw new Error('The id token is from another issuer.')
  if (!audience.includes(expected.clientId)) throw new Error('The id token is for another client.')
  if (claims.nonce !== expected.nonce) throw new Error('The id token belongs to another sign-in.')
  if (typeof claims.exp !== 'number' || claims.exp * 1000 <= expected.nowMs) throw new Error('The id token has expired.')
}

function claimsOf(idToken: string): Record<string, unknown> {
  try {
    const payload = idToken.split('.')[1] ?? ''
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
  } catch (error) {
    throw new Error('The id token cannot be read.', { cause: error })
  }
}
