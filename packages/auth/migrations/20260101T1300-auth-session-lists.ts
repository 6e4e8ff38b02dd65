import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** What lists of sessions and clients are filtered by. */
export const authSessionLists: Migration = {
  name: '20260101T1300-auth-session-lists',
  async up(db) {
    await sql`CREATE INDEX auth_sessions_by_user_and_kind ON auth_sessions (user_id, kind, id)`.execute(db)
    await sql`DROP INDEX auth_sessions_by_client`.execute(db)
    await sql`CREATE INDEX auth_sessions_by_client ON auth_sessions (client_id, id)`.execute(db)
    await sql`CREATE INDEX auth_sessions_by_browser ON auth_sessions (browser_session_id, id) WHERE browser_session_id IS NOT NULL`.execute(
      db,
    )
    await sql`DROP INDEX auth_browser_sessions_by_user`.execute(db)
    await sql`CREATE INDEX auth_browser_sessions_by_user ON auth_browser_sessions (user_id, id)`.execute(db)

    await sql`ALTER TABLE auth_clients ADD COLUMN client_name TEXT`.execute(db)
    await sql`ALTER TABLE auth_clients ADD COLUMN client_uri TEXT`.execute(db)
    await sql`ALTER TABLE auth_clients ADD COLUMN grant_types TEXT NOT NULL DEFAULT ''`.execute(db)
    await sql`ALTER TABLE auth_clients ADD COLUMN is_static SMALLINT NOT NULL DEFAULT 0`.execute(db)
    const { rows } = await sql<{ id: string; metadata: string }>`SELECT id, metadata FROM auth_clients`.execute(db)
    for (const { id, metadata } of rows) {
      const { clientName, clientUri, grantTypes } = JSON.parse(metadata) as {
        clientName?: string
        clientUri?: string
        grantTypes: string[]
      }
      await sql`UPDATE auth_clients SET client_name = ${clientName ?? null}, client_uri = ${clientUri ?? null},
        grant_types = ${grantTypes.join(' ')} WHERE id = ${id}`.execute(db)
    }
  },
}
