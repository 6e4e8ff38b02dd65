import type { Transaction } from '@glia/database'
import type { Clock, Random } from '@glia/platform'
import { hashToken, isWellFormed } from '../tokens/index.ts'
import { type IssuedTokens, issueTokens, type SessionLifetimes } from './issue-tokens.ts'
import { findSession, finishSession, type Session } from './session-store.ts'
import type { SessionTables } from './tables.ts'
import {
  consumeRefreshToken,
  expireAccessToken,
  findAccessTokenById,
  findRefreshToken,
  findRefreshTokenById,
  type RefreshTokenRow,
  replaceRefreshToken,
} from './token-store.ts'

/** What came of presenting a refresh token. A replay of an OAuth token has ended `session`; its device is the caller's to delete. */
export type RefreshResult =
  | { readonly kind: 'refreshed'; readonly session: Session; readonly tokens: IssuedTokens }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'replayed'; readonly session: Session }

export interface RefreshRequest {
  readonly refreshToken: string
  readonly sessionKind: 'oauth' | 'legacy'
  /** OAuth: the client that asks; tokens of others are unknown to it. */
  readonly clientId?: string
}

/**
 * Trades a refresh token for a new pair. The old pair ends at once, with one exception: whoever lost the answer may ask again with
 * the old refresh token until one of the new tokens is used (Client-Server API, "Refreshing access tokens"; MAS has the same rule).
 * A refresh token that comes back after that is a replay: for OAuth the session ends (RFC 9700 section 4.14.2).
 */
export async function refreshSession(
  tx: Transaction<SessionTables>,
  deps: { clock: Clock; random: Random; lifetimes: SessionLifetimes },
  request: RefreshRequest,
): Promise<RefreshResult> {
  const nowMs = deps.clock.nowMs()
  if (!isWellFormed(request.refreshToken)) return { kind: 'unknown' }
  const tokenHash = hashToken(request.refreshToken)
  const first = await findRefreshToken(tx.db, tokenHash)
  if (!first) return { kind: 'unknown' }
  await tx.lock(`session:${first.session_id}`)
  const token = (await findRefreshToken(tx.db, tokenHash))!
  const session = await findSession(tx.db, token.session_id)
  if (!session || !isUsable(session, token, request, nowMs)) return { kind: 'unknown' }
  if (token.consumed_at_ms !== null) {
    if (!(await takeBackSuccessor(tx, token, nowMs))) {
      if (session.kind === 'oauth') await finishSession(tx, session.id, nowMs)
      return { kind: 'replayed', session }
    }
  } else await expireAccessToken(tx, token.access_token_id, nowMs)
  const tokens = await issueTokens(tx, deps, session, { ...lifetimesOf(session, deps.lifetimes), fromRefresh: true })
  await consumeRefreshToken(tx, token.id, { nowMs, nextId: tokens.refreshTokenId! })
  return { kind: 'refreshed', session, tokens }
}

function isUsable(session: Session, token: RefreshTokenRow, request: RefreshRequest, nowMs: number): boolean {
  if (session.kind !== request.sessionKind || session.clientId !== request.clientId) return false
  if (session.finishedAtMs !== undefined || (session.expiresAtMs ?? Infinity) <= nowMs) return false
  // one of two answers to the same token, and not the one that counts: no proof of theft, but no good either
  return token.replaced_at_ms === null && (token.expires_at_ms ?? Infinity) > nowMs
}

/** @returns false if the successor was used: then the token is a replay */
async function takeBackSuccessor(tx: Transaction<SessionTables>, token: RefreshTokenRow, nowMs: number): Promise<boolean> {
  const successor = token.next_id === null ? undefined : await findRefreshTokenById(tx.db, token.next_id)
  if (!successor || successor.consumed_at_ms !== null) return false
  const access = await findAccessTokenById(tx.db, successor.access_token_id)
  if (access && access.first_used_at_ms !== null) return false
  await replaceRefreshToken(tx, successor.id, nowMs)
  await expireAccessToken(tx, successor.access_token_id, nowMs)
  return true
}

function lifetimesOf(session: Session, lifetimes: SessionLifetimes) {
  return session.kind === 'oauth'
    ? { accessLifetimeMs: lifetimes.oauthAccessMs, refresh: { lifetimeMs: undefined } }
    : { accessLifetimeMs: lifetimes.legacyRefreshableAccessMs, refresh: { lifetimeMs: lifetimes.legacyRefreshMs } }
}
