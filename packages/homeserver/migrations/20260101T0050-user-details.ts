import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const userDetails: Migration = {
  name: '20260101T0050-user-details',
  async up(db) {
    await sql`CREATE TABLE user_counts (
      admin SMALLINT NOT NULL,
      deactivated SMALLINT NOT NULL,
      locked SMALLINT NOT NULL,
      is_guest SMALLINT NOT NULL,
      approved SMALLINT NOT NULL,
      shadow_banned SMALLINT NOT NULL,
      user_type TEXT NOT NULL,
      users BIGINT NOT NULL,
      PRIMARY KEY (admin, deactivated, locked, is_guest, approved, shadow_banned, user_type)
    )`.execute(db)
    await sql`INSERT INTO user_counts (admin, deactivated, locked, is_guest, approved, shadow_banned, user_type, users)
      SELECT admin, deactivated, locked, is_guest, approved, shadow_banned, COALESCE(user_type, ''), COUNT(*) FROM users
      GROUP BY admin, deactivated, locked, is_guest, approved, shadow_banned, COALESCE(user_type, '')`.execute(db)
    for (const column of ['display_name', 'avatar_url']) {
      await sql`CREATE INDEX ${sql.ref(`users_by_${column}`)} ON users ((COALESCE(${sql.ref(column)}, '')), user_id)`.execute(db)
    }
    await sql`CREATE INDEX users_by_last_seen ON users ((COALESCE(last_seen_ms, 0)), user_id)`.execute(db)
    // few users have a flag or a type: only they are indexed by it
    for (const column of ['admin', 'deactivated', 'locked', 'is_guest', 'shadow_banned']) {
      await sql`CREATE INDEX ${sql.ref(`users_with_${column}`)} ON users (user_id) WHERE ${sql.ref(column)} = 1`.execute(db)
    }
    await sql`CREATE INDEX users_by_type ON users (user_type, user_id) WHERE user_type IS NOT NULL`.execute(db)
    await sql`CREATE TABLE user_threepids (
      medium TEXT NOT NULL,
      address TEXT NOT NULL,
      user_id TEXT NOT NULL REFERENCES users (user_id),
      added_at_ms BIGINT NOT NULL,
      validated_at_ms BIGINT NOT NULL,
      PRIMARY KEY (medium, address)
    )`.execute(db)
    await sql`CREATE INDEX user_threepids_by_user ON user_threepids (user_id)`.execute(db)
    await sql`CREATE TABLE user_external_ids (
      auth_provider TEXT NOT NULL,
      external_id TEXT NOT NULL,
      user_id TEXT NOT NULL REFERENCES users (user_id),
      PRIMARY KEY (auth_provider, external_id)
    )`.execute(db)
    await sql`CREATE INDEX user_external_ids_by_user ON user_external_ids (user_id)`.execute(db)
    await sql`CREATE TABLE profile_fields (
      user_id TEXT NOT NULL REFERENCES users (user_id),
      name TEXT NOT NULL,
      json TEXT NOT NULL,
      PRIMARY KEY (user_id, name)
    )`.execute(db)
  },
}
