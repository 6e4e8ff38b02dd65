import type { Migration } from '@glia/database'
import { sql } from 'kysely'

/** What admins make of reports; those that are there already are new. */
export const reportCases: Migration = {
  name: '20260101T0380-report-cases',
  async up(db) {
    await sql`CREATE TABLE report_cases (
      id BIGINT PRIMARY KEY,
      kind TEXT NOT NULL,
      received_at_ms BIGINT NOT NULL,
      reporter TEXT NOT NULL,
      reason TEXT,
      room_id TEXT,
      event_id TEXT,
      target_user_id TEXT,
      state TEXT NOT NULL,
      assignee TEXT,
      changed_at_ms BIGINT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX report_cases_state ON report_cases (state, id)`.execute(db)
    await sql`CREATE INDEX report_cases_assignee ON report_cases (assignee, id)`.execute(db)
    await sql`CREATE INDEX report_cases_room ON report_cases (room_id, id)`.execute(db)
    await sql`CREATE INDEX report_cases_target ON report_cases (target_user_id, id)`.execute(db)
    await sql`CREATE TABLE report_history (
      id TEXT PRIMARY KEY,
      report_id BIGINT NOT NULL,
      at_ms BIGINT NOT NULL,
      user_id TEXT NOT NULL,
      change_json TEXT NOT NULL
    )`.execute(db)
    await sql`CREATE INDEX report_history_report ON report_history (report_id, id)`.execute(db)
    await sql`INSERT INTO report_cases (id, kind, received_at_ms, reporter, reason, room_id, event_id, target_user_id, state, changed_at_ms)
      SELECT r.id, 'event', r.received_at_ms, r.user_id, r.reason, r.room_id, r.event_id, e.sender, 'new', r.received_at_ms
      FROM event_reports r LEFT JOIN events e ON e.event_id = r.event_id`.execute(db)
    await sql`INSERT INTO report_cases (id, kind, received_at_ms, reporter, reason, room_id, state, changed_at_ms)
      SELECT id, 'room', received_at_ms, user_id, reason, room_id, 'new', received_at_ms FROM room_reports`.execute(db)
    await sql`INSERT INTO report_cases (id, kind, received_at_ms, reporter, reason, target_user_id, state, changed_at_ms)
      SELECT id, 'user', received_at_ms, user_id, reason, target_user_id, 'new', received_at_ms FROM user_reports`.execute(db)
  },
}
