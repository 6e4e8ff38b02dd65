import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const authUpstreamAndPolicy: Migration = {
  name: '20260101T1310-auth-upstream-and-policy',
  async up(db) {
    await sql`CREATE TABLE auth_upstream_providers (
      id TEXT PRIMARY KEY,
      issuer TEXT,
      human_name TEXT,
      brand_name TEXT,
      registration_token_required SMALLINT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      disabled_at_ms BIGINT
    )`.execute(db)
    await sql`CREATE TABLE auth_upstream_links (
      id TEXT PRIMARY KEY,
      provider_id TEXT NOT NULL REFERENCES auth_upstream_providers (id),
      subject TEXT NOT NULL,
      user_id TEXT,
      human_account_name TEXT,
      created_at_ms BIGINT NOT NULL,
      UNIQUE (provider_id, subject)
    )`.execute(db)
    await sql`CREATE INDEX auth_upstream_links_by_user ON auth_upstream_links (user_id, id)`.execute(db)
    await sql`CREATE TABLE auth_policy_data (
      id TEXT PRIMARY KEY,
      created_at_ms BIGINT NOT NULL,
      data TEXT NOT NULL
    )`.execute(db)
  },
}
