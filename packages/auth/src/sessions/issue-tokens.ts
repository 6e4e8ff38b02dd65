import type { Transaction } from '@glia/database'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import { localpartOf } from '@glia/protocol'
import { generateLegacyToken, generateToken, hashToken } from '../tokens/index.ts'
import type { Session } from './session-store.ts'
import type { SessionTables } from './tables.ts'
import { insertAccessToken, insertRefreshToken } from './token-store.ts'

/** Tokens as they are handed out; only their hashes are kept. */
export interface IssuedTokens {
  readonly sessionId: string
  readonly accessToken: string
  /** Undefined: until the session ends. */
  readonly expiresInMs: number | undefined
  readonly refreshToken: string | undefined
}

/** How long tokens and sessions last, in milliseconds. Undefined: no end. */
export interface SessionLifetimes {
  readonly oauthAccessMs: number
  readonly legacyAccessMs: number | undefined
  /** Of access tokens that can be refreshed. */
  readonly legacyRefreshableAccessMs: number
  /** How long a refresh token of a legacy session may stay unused. */
  readonly legacyRefreshMs: number | undefined
  readonly sessionMs: number | undefined
}

/** Writes a new access token, and with `refreshable` a refresh token, for a session that is already there. */
export async function issueTokens(
  tx: Transaction<SessionTables>,
  deps: { clock: Clock; random: Random },
  session: Session,
  options: { accessLifetimeMs: number | undefined; refresh: { lifetimeMs: number | undefined } | undefined; fromRefresh: boolean },
): Promise<IssuedTokens & { refreshTokenId: string | undefined }> {
  const { clock, random } = deps
  const nowMs = clock.nowMs()
  const accessToken = newAccessToken(session, random)
  const accessTokenId = makeUlid(clock, random)
  const expiresAtMs = earliest(endOf(nowMs, options.accessLifetimeMs), session.expiresAtMs)
  await insertAccessToken(tx, {
    token_hash: hashToken(accessToken),
    id: accessTokenId,
    session_id: session.id,
    created_at_ms: nowMs,
    expires_at_ms: expiresAtMs ?? null,
    from_refresh: options.fromRefresh ? 1 : 0,
    first_used_at_ms: null,
  })
  const expiresInMs = expiresAtMs === undefined ? undefined : expiresAtMs - nowMs
  const issued = { sessionId: session.id, accessToken, expiresInMs }
  if (!options.refresh) return { ...issued, refreshToken: undefined, refreshTokenId: undefined }
  const refreshToken = session.kind === 'oauth' ? generateToken('oauthRefresh', random) : legacyToken('legacyRefresh', session, random)
  const refreshTokenId = makeUlid(clock, random)
  await insertRefreshToken(tx, {
    token_hash: hashToken(refreshToken),
    id: refreshTokenId,
    session_id: session.id,
    access_token_id: accessTokenId,
    created_at_ms: nowMs,
    expires_at_ms: endOf(nowMs, options.refresh.lifetimeMs) ?? null,
    consumed_at_ms: null,
    next_id: null,
    replaced_at_ms: null,
  })
  return { ...issued, refreshToken, refreshTokenId }
}

export function endOf(nowMs: number, lifetimeMs: number | undefined): number | undefined {
  return lifetimeMs === undefined ? undefined : nowMs + lifetimeMs
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b)
}

function newAccessToken(session: Session, random: Random): string {
  if (session.kind === 'oauth') return generateToken('oauthAccess', random)
  if (session.kind === 'personal') return generateToken('personalAccess', random)
  return legacyToken('legacyAccess', session, random)
}

function legacyToken(kind: 'legacyAccess' | 'legacyRefresh', session: Session, random: Random): string {
  return generateLegacyToken(kind, localpartOf(session.userId!), random)
}
