import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const keys: Migration = {
  name: '20260101T0230-keys',
  async up(db) {
    await sql`CREATE TABLE device_keys (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      json TEXT NOT NULL,
      PRIMARY KEY (user_id, device_id)
    )`.execute(db)
    await sql`CREATE TABLE one_time_keys (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      algorithm TEXT NOT NULL,
      key_id TEXT NOT NULL,
      json TEXT NOT NULL,
      uploaded_at_ms BIGINT NOT NULL,
      PRIMARY KEY (user_id, device_id, algorithm, key_id)
    )`.execute(db)
    await sql`CREATE INDEX one_time_keys_by_age ON one_time_keys (user_id, device_id, algorithm, uploaded_at_ms, key_id)`.execute(db)
    await sql`CREATE TABLE fallback_keys (
      user_id TEXT NOT NULL,
      device_id TEXT NOT NULL,
      algorithm TEXT NOT NULL,
      key_id TEXT NOT NULL,
      json TEXT NOT NULL,
      used SMALLINT NOT NULL DEFAULT 0,
      PRIMARY KEY (user_id, device_id, algorithm)
    )`.execute(db)
    await sql`CREATE TABLE cross_signing_keys (
      user_id TEXT NOT NULL,
      usage TEXT NOT NULL,
      public_key TEXT NOT NULL,
      json TEXT NOT NULL,
      PRIMARY KEY (user_id, usage)
    )`.execute(db)
    await sql`CREATE TABLE cross_signing_reset_grants (
      user_id TEXT PRIMARY KEY,
      until_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE TABLE key_signatures (
      target_user_id TEXT NOT NULL,
      target_id TEXT NOT NULL,
      signer_user_id TEXT NOT NULL,
      signing_key_id TEXT NOT NULL,
      signature TEXT NOT NULL,
      PRIMARY KEY (target_user_id, target_id, signer_user_id, signing_key_id)
    )`.execute(db)
    await sql`CREATE INDEX key_signatures_by_signer ON key_signatures (signer_user_id, signing_key_id)`.execute(db)
    await sql`CREATE TABLE device_list_changes (
      user_id TEXT PRIMARY KEY,
      position BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX device_list_changes_by_position ON device_list_changes (position)`.execute(db)
    await sql`CREATE TABLE user_signature_changes (
      signer_user_id TEXT NOT NULL,
      target_user_id TEXT NOT NULL,
      position BIGINT NOT NULL,
      PRIMARY KEY (signer_user_id, target_user_id)
    )`.execute(db)
  },
}
