import { OAuthError } from '@glia/contract'
import { type Database, isUniqueViolation } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { JWTPayload, JWTVerifyOptions } from 'jose'
import type { Sealing } from '../sealing/index.ts'
import { hashToken } from '../tokens/index.ts'
import { assertionAlgorithms, type Client, type ClientAuthMethod } from './client.ts'
import { type ClientKeys, ClientKeysUnreachable } from './client-keys.ts'
import { signingSecretOf } from './client-secret.ts'
import type { ClientTables } from './tables.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Clocks of clients may be so much ahead or behind. */
const TOLERANCE_SECONDS = 60
/** For longer nobody needs an assertion; so long its `jti` is remembered. */
const MAX_LIFETIME_SECONDS = 60 * 60

export interface ClientAssertions {
  /** Who the client says it is: `sub`, not checked yet. @throws OAuthError invalid_request */
  subjectOf(assertion: string): Promise<string>
  /**
   * Checks what a client signed (RFC 7523 section 3): by its own key or secret, for this server (`aud`: the issuer, the token endpoint, or the
   * endpoint that was called), not over (`exp`) and not from the future (`iat`, `nbf`), and the first time (`jti`).
   * @throws OAuthError invalid_client; temporarily_unavailable when the client's keys cannot be had
   */
  check(client: Client, assertion: string, path: string): Promise<void>
}

export interface ClientAssertionDeps {
  readonly database: Database<ClientTables>
  readonly clock: Clock
  readonly sealing: Sealing
  readonly clientKeys: ClientKeys
  /** With a slash at the end. */
  readonly issuer: () => string
}

export function createClientAssertions(deps: ClientAssertionDeps): ClientAssertions {
  const { database, clock, sealing, issuer } = deps

  async function verify(client: Client, assertion: string, options: JWTVerifyOptions): Promise<JWTPayload> {
    const { jwtVerify } = await import('jose')
    if (client.tokenEndpointAuthMethod === 'private_key_jwt') {
      const keys = await deps.clientKeys.of(client)
      if (keys) return (await jwtVerify(assertion, keys, options)).payload
    } else {
      const secret = signingSecretOf(sealing, client)
      if (secret) return (await jwtVerify(assertion, secret, options)).payload
    }
    throw new OAuthError('invalid_client', 'The client has no key to check this with')
  }

  /** @throws OAuthError invalid_client when it was used before */
  async function spend(client: Client, jti: string, expSeconds: number): Promise<void> {
    const row = { id_hash: hashToken(`${client.id} ${jti}`), expires_at_ms: (expSeconds + TOLERANCE_SECONDS) * 1000 }
    try {
      await database.transaction((tx) => tx.db.insertInto('auth_client_assertions').values(row).execute())
    } catch (error) {
      throw isUniqueViolation(error) ? refused('it was used before') : error
    }
  }

  return {
    async subjectOf(assertion) {
      const { decodeJwt } = await import('jose')
      try {
        const { sub } = decodeJwt(assertion)
        if (typeof sub === 'string') return sub
      } catch {
        // not even a JWT: the same answer
      }
      throw new OAuthError('invalid_request', 'client_assertion is no JWT with a sub')
    },

    async check(client, assertion, path) {
      const nowMs = clock.nowMs()
      const base = issuer()
      const payload = await verify(client, assertion, {
        algorithms: algorithmsOf(client),
        issuer: client.id,
        subject: client.id,
        audience: [...new Set([base, `${base}oauth2/token`, new URL(path, base).href])],
        currentDate: new Date(nowMs),
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'jti'],
      }).catch((error: unknown) => {
        if (error instanceof OAuthError) throw error
        if (error instanceof ClientKeysUnreachable) {
          const options = { status: 503, detail: error.message, cause: error }
          throw new OAuthError('temporarily_unavailable', 'The keys of the client cannot be had just now', options)
        }
        throw error instanceof Error && 'code' in error ? refused(error.message) : error
      })
      const nowSeconds = Math.floor(nowMs / 1000)
      const { exp = 0, iat, jti } = payload
      if (typeof jti !== 'string' || jti === '') throw refused('jti must be text')
      if (exp > nowSeconds + MAX_LIFETIME_SECONDS + TOLERANCE_SECONDS) throw refused('it must end within an hour')
      if (iat !== undefined && iat > nowSeconds + TOLERANCE_SECONDS) throw refused('it was made in the future')
      await spend(client, jti, exp)
    },
  }
}

function refused(reason: string): OAuthError {
  return new OAuthError('invalid_client', `The client assertion is not accepted: ${reason}`)
}

function algorithmsOf({ tokenEndpointAuthMethod, tokenEndpointAuthSigningAlg }: Client): string[] {
  if (tokenEndpointAuthSigningAlg !== undefined) return [tokenEndpointAuthSigningAlg]
  return [...algorithmsFor(tokenEndpointAuthMethod)]
}

/** With which a client of this method may sign; none for those that sign nothing. */
export function algorithmsFor(method: ClientAuthMethod): readonly string[] {
  return method === 'client_secret_jwt' || method === 'private_key_jwt' ? assertionAlgorithms[method] : []
}
