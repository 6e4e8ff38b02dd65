import { hash } from 'node:crypto'
import type { Clock } from '@glia/platform'
import type { Client } from '../client-registration/index.ts'
import { ID_TOKEN_LIFETIME_MS, type SigningKeys } from '../signing-keys/index.ts'

export interface IdTokenRequest {
  readonly client: Client
  /** The account's ULID. */
  readonly subject: string
  readonly accessToken: string
  readonly code?: string
  readonly nonce?: string | undefined
  readonly authTimeMs?: number
}

/** Signs ID tokens (OpenID Connect Core 1.0 section 2) with the algorithm that the client registered. */
export interface IdTokens {
  sign(request: IdTokenRequest): Promise<string>
}

export function createIdTokens(deps: { signingKeys: SigningKeys; issuer: () => string; clock: Clock }): IdTokens {
  const { signingKeys, issuer, clock } = deps
  return {
    async sign({ client, subject, accessToken, code, nonce, authTimeMs }) {
      const alg = client.idTokenSignedResponseAlg ?? 'RS256'
      const { kid, key } = await signingKeys.signer(alg === 'ES256' ? 'EC' : 'RSA')
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
        .setExpirationTime(iat + ID_TOKEN_LIFETIME_MS / 1000)
        .sign(key)
    },
  }
}

function leftHalfHash(alg: string, text: string): string {
  const digest = hash(`sha${alg.slice(2)}`, text, 'buffer')
  return digest.subarray(0, digest.length / 2).toString('base64url')
}
