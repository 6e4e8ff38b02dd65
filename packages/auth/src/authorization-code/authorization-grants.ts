import { hash } from 'node:crypto'
import { OAuthError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock, Random } from '@glia/platform'
import type { Client } from '../client-registration/index.ts'
import {
  type AuthorizationGrant,
  type FulfilledAuthorizationGrant,
  findAuthorizationGrant,
  findAuthorizationGrantByCode,
  updateAuthorizationGrant,
} from './authorization-grant.ts'
import type { AuthorizationGrantTables } from './tables.ts'

const CODE_LENGTH = 32
const CODE_LIFETIME_MS = 10 * 60_000
/** How long a person may take to decide. */
const DECISION_MS = 60 * 60_000
/** A second use of a code this soon is an impatient client; later it is a stolen code, and the session ends. */
const REPLAY_GRACE_MS = 20_000
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/

export interface AuthorizationGrants {
  find(id: string): Promise<AuthorizationGrant | undefined>
  isTooLate(grant: AuthorizationGrant): boolean
  /** @returns the code for the client; undefined if the grant cannot be decided any more */
  approve(id: string, browserSessionId: string): Promise<string | undefined>
  /** @returns whether it could still be decided */
  cancel(id: string, browserSessionId: string): Promise<boolean>
  /**
   * What a code may be exchanged for.
   * @returns the grant; or, for a code that was used before, the session to end
   * @throws OAuthError invalid_grant, invalid_request, unauthorized_client
   */
  check(
    request: { code: string; codeVerifier: string | undefined; redirectUri: string | undefined },
    client: Client,
  ): Promise<FulfilledAuthorizationGrant | { readonly replayedSessionId: string }>
  /** @throws OAuthError invalid_grant if it was redeemed meanwhile */
  redeem(tx: Transaction<AuthorizationGrantTables>, grantId: string, sessionId: string): Promise<void>
}

export function createAuthorizationGrants(deps: {
  database: Database<AuthorizationGrantTables>
  clock: Clock
  random: Random
}): AuthorizationGrants {
  const { database, clock, random } = deps
  const isTooLate: AuthorizationGrants['isTooLate'] = (grant) =>
    grant.stage === 'pending' && grant.createdAtMs + DECISION_MS <= clock.nowMs()

  const decide = (id: string, browserSessionId: string, stage: 'fulfilled' | 'cancelled', code?: string) =>
    database.transaction(async (tx) => {
      await tx.lock(`authorization-grant:${id}`)
      const grant = await findAuthorizationGrant(tx.db, id)
      if (grant?.stage !== 'pending' || isTooLate(grant)) return false
      await updateAuthorizationGrant(tx, { ...grant, stage, browserSessionId, decidedAtMs: clock.nowMs() }, code)
      return true
    })

  return {
    find: (id) => findAuthorizationGrant(database.read, id),
    isTooLate,
    async approve(id, browserSessionId) {
      const code = random.text(CODE_LENGTH)
      return (await decide(id, browserSessionId, 'fulfilled', code)) ? code : undefined
    },
    cancel: (id, browserSessionId) => decide(id, browserSessionId, 'cancelled'),
    async check(request, client) {
      const grant = await findAuthorizationGrantByCode(database.read, request.code)
      if (!grant) throw new OAuthError('invalid_grant', 'Unknown code')
      if (grant.clientId !== client.id) throw new OAuthError('unauthorized_client', 'The code belongs to another client')
      if (grant.stage === 'exchanged' && grant.exchangedAtMs + REPLAY_GRACE_MS < clock.nowMs()) {
        return { replayedSessionId: grant.sessionId }
      }
      if (grant.stage !== 'fulfilled') throw new OAuthError('invalid_grant', 'The code was already used')
      if (grant.decidedAtMs + CODE_LIFETIME_MS <= clock.nowMs()) throw new OAuthError('invalid_grant', 'The code has expired')
      checkRedirectUri(grant, request.redirectUri)
      checkVerifier(grant, request.codeVerifier)
      return grant
    },
    async redeem(tx, grantId, sessionId) {
      await tx.lock(`authorization-grant:${grantId}`)
      const grant = await findAuthorizationGrant(tx.db, grantId)
      if (grant?.stage !== 'fulfilled') throw new OAuthError('invalid_grant', 'The code was already used')
      await updateAuthorizationGrant(tx, { ...grant, stage: 'exchanged', sessionId, exchangedAtMs: clock.nowMs() })
    },
  }
}

/** With PKCE it may be left out (OAuth 2.1); what is sent must be right. */
function checkRedirectUri(grant: FulfilledAuthorizationGrant, sent: string | undefined): void {
  if (sent === undefined && grant.codeChallenge !== undefined) return
  if (sent === undefined) throw new OAuthError('invalid_request', 'redirect_uri is missing')
  if (URL.parse(sent)?.href !== grant.redirectUri) throw new OAuthError('invalid_grant', 'redirect_uri is not the one of the request')
}

function checkVerifier(grant: FulfilledAuthorizationGrant, verifier: string | undefined): void {
  if (grant.codeChallenge === undefined) {
    if (verifier !== undefined) throw new OAuthError('invalid_request', 'There was no code_challenge for this code_verifier')
    return
  }
  if (verifier === undefined) throw new OAuthError('invalid_request', 'code_verifier is missing')
  if (!VERIFIER.test(verifier) || hash('sha256', verifier, 'base64url') !== grant.codeChallenge) {
    throw new OAuthError('invalid_grant', 'code_verifier does not fit')
  }
}
