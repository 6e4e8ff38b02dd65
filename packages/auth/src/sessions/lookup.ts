import type { Database } from '@glia/database'
import type { SessionTables } from './tables.ts'

type TokenColumns = 'token_id' | 'token_expires_at_ms' | 'from_refresh' | 'first_used_at_ms' | 'token_created_at_ms'

/** An access token with its session, as one row. */
export type TokenWithSession = SessionTables['auth_sessions'] &
  Record<Exclude<TokenColumns, 'token_id' | 'token_expires_at_ms' | 'first_used_at_ms'>, number> & {
    token_id: string
    token_expires_at_ms: number | null
    first_used_at_ms: number | null
  }

/**
 * Makes the look-up of an access token by its hash. It runs for every request: one query, compiled once.
 */
export function compileTokenLookup(database: Database<SessionTables>): (tokenHash: string) => Promise<TokenWithSession | undefined> {
  const executor = database.read.getExecutor()
  const template = database.read
    .selectFrom('auth_access_tokens as token')
    .innerJoin('auth_sessions as session', 'session.id', 'token.session_id')
    .selectAll('session')
    .select([
      'token.id as token_id',
      'token.expires_at_ms as token_expires_at_ms',
      'token.created_at_ms as token_created_at_ms',
      'token.from_refresh',
      'token.first_used_at_ms',
    ])
    .where('token.token_hash', '=', '')
    .compile()
  return async (tokenHash) => (await executor.executeQuery<TokenWithSession>({ ...template, parameters: [tokenHash] })).rows[0]
}
