import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const loginTokenBrowser: Migration = {
  name: '20260101T1582-login-token-browser',
  async up(db) {
    await sql`ALTER TABLE auth_login_tokens ADD COLUMN browser_session_id TEXT`.execute(db)
  },
}
