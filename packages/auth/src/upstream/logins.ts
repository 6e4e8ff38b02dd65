import type { Database, Transaction } from '@glia/database'
import type { HomeserverLink } from '../homeserver-link.ts'
import { endSessionWithDevice } from '../revocation/index.ts'
import type { AuthSchema } from '../schema.ts'
import type { BrowserSessions, Sessions } from '../sessions/index.ts'
import type { UpstreamIdentity } from './identity.ts'
import type { UpstreamProvider } from './provider.ts'

/** Notes that a browser was signed in by way of a provider. */
export async function recordLogin(
  tx: Transaction<AuthSchema>,
  { browserSessionId, providerId, identity }: { browserSessionId: string; providerId: string; identity: UpstreamIdentity },
): Promise<void> {
  const row = { provider_id: providerId, subject: identity.subject, sid: identity.sid ?? null }
  await tx.db
    .insertInto('auth_upstream_logins')
    .values({ browser_session_id: browserSessionId, ...row })
    .onConflict((conflict) => conflict.column('browser_session_id').doUpdateSet(row))
    .execute()
}

/**
 * Ends what was signed in by way of the provider: browsers, and with `logout_all` also the sessions that were let in from them.
 * Source: OpenID Connect Back-Channel Logout 1.0 section 2.7; MAS.
 */
export async function endLogins(
  deps: { database: Database<AuthSchema>; browserSessions: BrowserSessions; sessions: Sessions; homeserver: HomeserverLink },
  provider: UpstreamProvider,
  { subject, sid }: { subject: string | undefined; sid: string | undefined },
): Promise<void> {
  if (provider.onBackchannelLogout === 'do_nothing') return
  await deps.database.transaction(async (tx) => {
    let query = tx.db.selectFrom('auth_upstream_logins').select('browser_session_id').where('provider_id', '=', provider.id)
    // a session of the provider, if it names one: others of the same person stay
    if (sid !== undefined) {
      query = query.where((is) => (subject === undefined ? is('sid', '=', sid) : is.or([is('sid', '=', sid), is('sid', 'is', null)])))
    }
    if (subject !== undefined) query = query.where('subject', '=', subject)
    for (const { browser_session_id: id } of await query.execute()) {
      await deps.browserSessions.end(tx, id)
      if (provider.onBackchannelLogout === 'logout_all') {
        const sessions = await tx.db
          .selectFrom('auth_sessions')
          .select('id')
          .where('browser_session_id', '=', id)
          .where('finished_at_ms', 'is', null)
          .execute()
        for (const session of sessions) await endSessionWithDevice(tx, deps, session.id)
      }
      await tx.db.deleteFrom('auth_upstream_logins').where('browser_session_id', '=', id).execute()
    }
  })
}
