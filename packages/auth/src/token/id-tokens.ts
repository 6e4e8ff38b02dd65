import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import type { Clock } from '@glia/platform'
import type { JWK } from 'jose'
import type { Client } from '../client-registration/index.ts'

const LIFETIME_SECONDS = 3600

export interface IdTokenRequest {
  readonly client: Client
  /** The account's ULID. */
  readonly subject: string
  readonly accessToken: string
  readonly code?: string
  readonly nonce?: string | undefined
  readonly authTimeMs?: number
}

/** Signs ID tokens (OpenID Connect Core 1.0 section 2) with the server's RSA key. */
export interface IdTokens {
  readonly publicKeys: JWK[]
  sign(request: IdTokenRequest): Promise<string>
}

export function createIdTokens(deps: { signingKey: KeyObject; issuer: () => string; clock: Clock }): IdTokens {
  const { signingKey, issuer, clock } = deps
  const { kty, n, e } = createPublicKey(signingKey).export({ format: 'jwk' }) as { kty: string; n: string; e: string }
  // RFC 7638: thumbprint over the members in this order
  const kid = hash('sha256', JSON.stringify({ e, kty, n }), 'base64url')
  return {
    publicKeys: [{ kty, n, e, kid, use: 'sig', alg: 'RS256' }],
    async sign({ client, subject, accessToken, code, nonce, authTimeMs }) {
      const alg = client.idTokenSignedResponseAlg ?? 'RS256'
      const iat = Math.floor(clock.nowMs() / 1000)
      const claims = {
        at_hash: leftHalfHash(alg, accessToken),
        ...(code === undefined ? {} : { c_hash: leftHalfHash(alg, code) }),
        ...(nonce === undefined ? {} : { nonce }),
        ...(authTimeMs === undefined ? {} : { auth_time: Math.floor(authTimeMs / 1000) }),
      }
      const { SignJWT } = await import('jose')
      return new SignJWT(claims)
        .setProtectedHeader({ alg, kid, typ: 'JWT' })
        .setIssuer(issuer())
        .setSubject(subject)
        .setAudience(client.id)
        .setIssuedAt(iat)
        .setExpirationTime(iat + LIFETIME_SECONDS)
        .sign(signingKey)
    },
  }
}

function leftHalfHash(alg: string, text: string): string {
  const digest = hash(`sha${alg.slice(2)}`, text, 'buffer')
  return digest.subarray(0, digest.length / 2).toString('base64url')
}
