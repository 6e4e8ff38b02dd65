import type { Reads, Transaction } from '@glia/database'
import type { SessionTables } from './tables.ts'

export type AccessTokenRow = SessionTables['auth_access_tokens']
export type RefreshTokenRow = SessionTables['auth_refresh_tokens']

export async function insertAccessToken(tx: Transaction<SessionTables>, row: AccessTokenRow): Promise<void> {
  await tx.db.insertInto('auth_access_tokens').values(row).execute()
}

export async function insertRefreshToken(tx: Transaction<SessionTables>, row: RefreshTokenRow): Promise<void> {
  await tx.db.insertInto('auth_refresh_tokens').values(row).execute()
}

export async function findRefreshToken(db: Reads<SessionTables>, tokenHash: string): Promise<RefreshTokenRow | undefined> {
  return db.selectFrom('auth_refresh_tokens').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst()
}

export async function findRefreshTokenById(db: Reads<SessionTables>, id: string): Promise<RefreshTokenRow | undefined> {
  return db.selectFrom('auth_refresh_tokens').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function findAccessTokenById(db: Reads<SessionTables>, id: string): Promise<AccessTokenRow | undefined> {
  return db.selectFrom('auth_access_tokens').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function deleteAccessTokens(tx: Transaction<SessionTables>, sessionId: string): Promise<void> {
  await tx.db.deleteFrom('auth_access_tokens').where('session_id', '=', sessionId).execute()
}

/** The token is expired from now on, so that its holder is told to refresh and not that it is logged out. */
export async function expireAccessToken(tx: Transaction<SessionTables>, id: string, nowMs: number): Promise<void> {
  await tx.db
    .updateTable('auth_access_tokens')
    .set({ expires_at_ms: nowMs })
    .where('id', '=', id)
    .where((row) => row.or([row('expires_at_ms', 'is', null), row('expires_at_ms', '>', nowMs)]))
    .execute()
}

export async function markAccessTokenUsed(tx: Transaction<SessionTables>, tokenHash: string, nowMs: number): Promise<void> {
  await tx.db
    .updateTable('auth_access_tokens')
    .set({ first_used_at_ms: nowMs })
    .where('token_hash', '=', tokenHash)
    .where('first_used_at_ms', 'is', null)
    .execute()
}

export async function consumeRefreshToken(
  tx: Transaction<SessionTables>,
  id: string,
  values: { nowMs: number; nextId: string },
): Promise<void> {
  await tx.db
    .updateTable('auth_refresh_tokens')
    .set({ consumed_at_ms: values.nowMs, next_id: values.nextId })
    .where('id', '=', id)
    .execute()
}

export async function replaceRefreshToken(tx: Transaction<SessionTables>, id: string, nowMs: number): Promise<void> {
  await tx.db.updateTable('auth_refresh_tokens').set({ replaced_at_ms: nowMs }).where('id', '=', id).execute()
}
