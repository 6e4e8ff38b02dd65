import type { Reads } from '@glia/database'
import { type EventId, type Membership, type RoomVersion, redactPdu, roomVersion } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { StoredEvent } from '../timeline/index.ts'

/**
 * Empties events of users who asked to be erased, for a reader who was not in the room at the time (Synapse: deactivation with `erase`).
 * The other events are returned as they are, in the order given.
 */
export async function withoutErasedContent(
  db: Reads<HomeserverSchema>,
  events: readonly StoredEvent[],
  memberships: ReadonlyMap<EventId, Membership>,
): Promise<StoredEvent[]> {
  const unwitnessed = events.filter(({ eventId }) => memberships.get(eventId) !== 'join')
  if (unwitnessed.length === 0) return [...events]
  const senders = [...new Set(unwitnessed.map(({ sender }) => sender))]
  const rows = await db.selectFrom('users').select('user_id').where('user_id', 'in', senders).where('erased', '=', 1).execute()
  if (rows.length === 0) return [...events]
  const erased = new Set<string>(rows.map(({ user_id }) => user_id))
  const versions = await versionsOf(db, [...new Set(unwitnessed.map(({ roomId }) => roomId))])
  return events.map((event) => {
    const version = versions.get(event.roomId)
    if (!version || !erased.has(event.sender) || memberships.get(event.eventId) === 'join') return event
    const pdu = redactPdu(event.pdu, version)
    return { ...event, pdu, content: pdu.content }
  })
}

async function versionsOf(db: Reads<HomeserverSchema>, roomIds: readonly string[]): Promise<Map<string, RoomVersion>> {
  const rows = await db.selectFrom('rooms').select(['room_id', 'version']).where('room_id', 'in', roomIds).execute()
  const versions = new Map<string, RoomVersion>()
  for (const { room_id, version } of rows) {
    const known = roomVersion(version)
    if (known) versions.set(room_id, known)
  }
  return versions
}
