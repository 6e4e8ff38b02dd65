import type { Migration } from '@glia/database'
import { sql } from 'kysely'

export const auditLog: Migration = {
  name: '20260101T0370-audit-log',
  async up(db) {
    await sql`ALTER TABLE users ADD COLUMN admin_role TEXT`.execute(db)
    await sql`CREATE TABLE audit_log (
      id TEXT PRIMARY KEY,
      at_ms BIGINT NOT NULL,
      operation TEXT NOT NULL,
      actor_user_id TEXT,
      actor_client_id TEXT,
      actor_session_id TEXT,
      actor_token TEXT NOT NULL,
      ip TEXT,
      user_agent TEXT,
      target_kind TEXT,
      target_id TEXT,
      request TEXT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX audit_log_actor ON audit_log (actor_user_id, id)`.execute(db)
    await sql`CREATE INDEX audit_log_target ON audit_log (target_id, id)`.execute(db)
    await sql`CREATE INDEX audit_log_operation ON audit_log (operation, id)`.execute(db)
    await sql`CREATE TABLE audit_outcomes (
      id TEXT PRIMARY KEY,
      status INTEGER NOT NULL,
      errcode TEXT,
      before_json TEXT,
      after_json TEXT
    )`.execute(db)
  },
}
