import type { Reads, Transaction } from '@glia/database'
import { isUlid } from '@glia/platform'
import { hashToken } from '../tokens/index.ts'
import type { AuthorizationGrantTables } from './tables.ts'

interface Asked {
  /** ULID */
  readonly id: string
  readonly clientId: string
  readonly createdAtMs: number
  readonly redirectUri: string
  readonly responseMode: 'query' | 'fragment'
  /** Sorted, separated by spaces. */
  readonly scope: string
  readonly state: string | undefined
  readonly nonce: string | undefined
  /** Of the method S256. */
  readonly codeChallenge: string | undefined
  readonly loginHint: string | undefined
  readonly needsFreshLogin: boolean
}

interface Decided extends Asked {
  readonly browserSessionId: string
  readonly decidedAtMs: number
}

export interface PendingAuthorizationGrant extends Asked {
  readonly stage: 'pending'
}
export interface FulfilledAuthorizationGrant extends Decided {
  readonly stage: 'fulfilled'
}
export interface CancelledAuthorizationGrant extends Decided {
  readonly stage: 'cancelled'
}
export interface ExchangedAuthorizationGrant extends Decided {
  readonly stage: 'exchanged'
  readonly exchangedAtMs: number
  readonly sessionId: string
}

/** A request for authorization (RFC 6749 section 4.1): pending → fulfilled → exchanged, or pending → cancelled. */
export type AuthorizationGrant =
  | PendingAuthorizationGrant
  | FulfilledAuthorizationGrant
  | CancelledAuthorizationGrant
  | ExchangedAuthorizationGrant

type Db = Reads<AuthorizationGrantTables>
type Tx = Transaction<AuthorizationGrantTables>

export async function insertAuthorizationGrant(tx: Tx, grant: PendingAuthorizationGrant): Promise<void> {
  await tx.db
    .insertInto('auth_authorization_grants')
    .values({
      id: grant.id,
      client_id: grant.clientId,
      created_at_ms: grant.createdAtMs,
      stage: grant.stage,
      redirect_uri: grant.redirectUri,
      response_mode: grant.responseMode,
      scope: grant.scope,
      state: grant.state ?? null,
      nonce: grant.nonce ?? null,
      code_challenge: grant.codeChallenge ?? null,
      login_hint: grant.loginHint ?? null,
      needs_fresh_login: grant.needsFreshLogin ? 1 : 0,
      code_hash: null,
      browser_session_id: null,
      decided_at_ms: null,
      exchanged_at_ms: null,
      session_id: null,
    })
    .execute()
}

export async function findAuthorizationGrant(db: Db, id: string): Promise<AuthorizationGrant | undefined> {
  if (!isUlid(id)) return undefined
  const row = await db.selectFrom('auth_authorization_grants').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toAuthorizationGrant(row)
}

export async function findAuthorizationGrantByCode(db: Db, code: string): Promise<AuthorizationGrant | undefined> {
  const row = await db.selectFrom('auth_authorization_grants').selectAll().where('code_hash', '=', hashToken(code)).executeTakeFirst()
  return row && toAuthorizationGrant(row)
}

export async function updateAuthorizationGrant(
  tx: Tx,
  grant: Exclude<AuthorizationGrant, PendingAuthorizationGrant>,
  code?: string,
): Promise<void> {
  const exchanged = grant.stage === 'exchanged' ? grant : undefined
  await tx.db
    .updateTable('auth_authorization_grants')
    .set({
      stage: grant.stage,
      browser_session_id: grant.browserSessionId,
      decided_at_ms: grant.decidedAtMs,
      exchanged_at_ms: exchanged?.exchangedAtMs ?? null,
      session_id: exchanged?.sessionId ?? null,
      ...(code === undefined ? {} : { code_hash: hashToken(code) }),
    })
    .where('id', '=', grant.id)
    .execute()
}

function toAuthorizationGrant(row: AuthorizationGrantTables['auth_authorization_grants']): AuthorizationGrant {
  const asked = {
    id: row.id,
    clientId: row.client_id,
    createdAtMs: row.created_at_ms,
    redirectUri: row.redirect_uri,
    responseMode: row.response_mode,
    scope: row.scope,
    state: row.state ?? undefined,
    nonce: row.nonce ?? undefined,
    codeChallenge: row.code_challenge ?? undefined,
    loginHint: row.login_hint ?? undefined,
    needsFreshLogin: row.needs_fresh_login === 1,
  }
  if (row.stage === 'pending') return { ...asked, stage: 'pending' }
  const decided = { ...asked, browserSessionId: row.browser_session_id!, decidedAtMs: row.decided_at_ms! }
  if (row.stage !== 'exchanged') return { ...decided, stage: row.stage }
  return { ...decided, stage: 'exchanged', exchangedAtMs: row.exchanged_at_ms!, sessionId: row.session_id! }
}
