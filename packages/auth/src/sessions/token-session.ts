import type { Reads } from '@glia/database'
import { hashToken, isWellFormed } from '../tokens/index.ts'
import { findSession, type Session } from './session-store.ts'
import type { SessionTables } from './tables.ts'

/** Any token, with the session it belongs to. */
export interface TokenSession {
  readonly tokenType: 'access_token' | 'refresh_token'
  /** ULID */
  readonly tokenId: string
  readonly createdAtMs: number
  readonly expiresAtMs: number | undefined
  /** A refresh token that was traded or replaced. */
  readonly isSpent: boolean
  readonly isUsed: boolean
  readonly session: Session
}

/** Looks a token up, whatever it is, live or not. */
export async function findTokenSession(db: Reads<SessionTables>, token: string): Promise<TokenSession | undefined> {
  if (!isWellFormed(token)) return undefined
  const tokenHash = hashToken(token)
  const access = await db.selectFrom('auth_access_tokens').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst()
  const refresh = access
    ? undefined
    : await db.selectFrom('auth_refresh_tokens').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst()
  const found = access ?? refresh
  const session = found && (await findSession(db, found.session_id))
  if (!session) return undefined
  return {
    tokenType: access ? 'access_token' : 'refresh_token',
    tokenId: found.id,
    createdAtMs: found.created_at_ms,
    expiresAtMs: found.expires_at_ms ?? undefined,
    isSpent: refresh !== undefined && (refresh.consumed_at_ms !== null || refresh.replaced_at_ms !== null),
    isUsed: access === undefined || access.from_refresh === 0 || access.first_used_at_ms !== null,
    session,
  }
}
