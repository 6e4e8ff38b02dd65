import { isTypeAllowed, type JsonObject, matchesEventFilter, type UserId } from '@glia/protocol'
import { allPresence, type PresenceRow, presenceChanges, presenceOfNewcomers, presenceToWire } from '../presence/index.ts'
import type { SyncDeps } from './sync-deps.ts'
import type { SyncLook } from './sync-request.ts'

/** `presence`: of the user and of those who share a room, what changed, or who is there when the client knows nobody yet. */
export async function presenceSection({ database, presence }: SyncDeps, look: SyncLook): Promise<JsonObject> {
  const { since, userId, now, nowMs, filter, changes } = look
  if (!presence || !isTypeAllowed(filter.presence, 'm.presence')) return {}
  const db = database.read
  const rows =
    since === undefined || look.fullState
      ? await allPresence(db, userId, { upTo: now, includeOffline: presence.includeOffline })
      : [
          ...(changes.ofPresence() ? await presenceChanges(db, userId, since.position, now) : []),
          ...(changes.ofUser(userId) || changes.ofAnyRoom('member') ? await presenceOfNewcomers(db, userId, since.position, now) : []),
        ]
  const bySender = new Map(rows.map((row) => [row.user_id, row]))
  const events = [...bySender.values()]
    .map((row) => presenceToEvent(row, nowMs, presence))
    .filter((event) => matchesEventFilter(filter.presence, event))
  return events.length > 0 ? { presence: { events } } : {}
}

export function presenceToEvent(row: PresenceRow, nowMs: number, presence: NonNullable<SyncDeps['presence']>) {
  const content = presenceToWire(row, nowMs, presence.lastActiveMs(row.user_id as UserId))
  return { type: 'm.presence', sender: row.user_id, content }
}
