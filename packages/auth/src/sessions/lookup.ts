import { type Database, prepareQuery } from '@glia/database'
import type { SessionTables } from './tables.ts'

/** What a request needs to know of its access token and the token's session, as one row. */
export interface TokenWithSession
  extends Pick<
    SessionTables['auth_sessions'],
    'id' | 'kind' | 'user_id' | 'device_id' | 'client_id' | 'owner_user_id' | 'scope' | 'expires_at_ms' | 'finished_at_ms'
  > {
  readonly token_id: string
  readonly token_expires_at_ms: number | null
  readonly from_refresh: number
  readonly first_used_at_ms: number | null
}

/**
 * Makes the look-up of an access token by its hash. It runs for every request: one query, compiled once.
 */
export function compileTokenLookup(database: Database<SessionTables>): (tokenHash: string) => Promise<TokenWithSession | undefined> {
  const query = database.read
    .selectFrom('auth_access_tokens as token')
    .innerJoin('auth_sessions as session', 'session.id', 'token.session_id')
    .select([
      'session.id',
      'session.kind',
      'session.user_id',
      'session.device_id',
      'session.client_id',
      'session.owner_user_id',
      'session.scope',
      'session.expires_at_ms',
      'session.finished_at_ms',
      'token.id as token_id',
      'token.expires_at_ms as token_expires_at_ms',
      'token.from_refresh',
      'token.first_used_at_ms',
    ])
    .where('token.token_hash', '=', '')
  const select = prepareQuery<TokenWithSession>(database.read, query)
  return async (tokenHash) => (await select(tokenHash))[0]
}
