import type { Reads, Transaction } from '@glia/database'
import type { EventId, Pdu, RoomId, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'

/** That a user is out of a room that their clients may still show although it was deleted here. */
export interface Departure {
  readonly roomId: RoomId
  /** From this change position on the user is out. */
  readonly position: number
  readonly eventId: EventId
  /** The member event that says so. */
  readonly pdu: Pdu
}

/**
 * Departures that a client with a token between the two positions has not heard of. A room that the user is in again (it was deleted
 * without purging) has a current membership: that one counts.
 */
export async function readDepartures(
  reads: Reads<HomeserverSchema>,
  userId: UserId,
  range: { after: number; upTo: number },
): Promise<Departure[]> {
  const rows = await reads
    .selectFrom('room_departures')
    .selectAll()
    .where('user_id', '=', userId)
    .where('position', '>', range.after)
    .where('position', '<=', range.upTo)
    .orderBy('position')
    .execute()
  return rows.map((row) => ({
    roomId: row.room_id as RoomId,
    position: row.position,
    eventId: row.event_id as EventId,
    pdu: JSON.parse(row.event_json),
  }))
}

/** Puts down that these member events took their users out of the room. The newest one of a user counts. */
export async function recordDepartures(tx: Transaction<HomeserverSchema>, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return
  const events = await tx.db
    .selectFrom('events')
    .select(['event_id', 'room_id', 'state_key', 'position', 'json'])
    .where('event_id', 'in', eventIds)
    .execute()
  await writeDepartures(
    tx,
    events.map((event) => ({
      user_id: event.state_key!,
      room_id: event.room_id,
      position: event.position,
      event_id: event.event_id,
      event_json: event.json,
    })),
  )
}

/**
 * Before the purge: puts down the departure of every local user whose clients may still have to hear of it from the rows that are going
 * away. Users who are joined still (a forced purge) get a member event of their own making.
 */
export async function recordRemainingDepartures(
  tx: Transaction<HomeserverSchema>,
  signals: SignalBus,
  roomId: RoomId,
  nowMs: number,
): Promise<void> {
  const rows = await tx.db
    .selectFrom('memberships')
    .select(['user_id', 'event_id', 'membership'])
    .where('room_id', '=', roomId)
    .where('is_local', '=', 1)
    .where('forgotten', '=', 0)
    .orderBy('user_id')
    .execute()
  const gone = rows.filter(({ membership }) => membership === 'leave' || membership === 'ban')
  for (let start = 0; start < gone.length; start += ROWS_AT_ONCE) {
    await recordDepartures(
      tx,
      gone.slice(start, start + ROWS_AT_ONCE).map(({ event_id }) => event_id),
    )
  }
  const here = rows.filter(({ membership }) => membership !== 'leave' && membership !== 'ban')
  if (here.length === 0) return
  const position = await tx.takePosition(here.length)
  await writeDepartures(
    tx,
    here.map(({ user_id, event_id }, index) => ({
      user_id,
      room_id: roomId,
      position: position + index,
      event_id: `${event_id}_purged`,
      event_json: JSON.stringify({
        type: 'm.room.member',
        room_id: roomId,
        sender: user_id,
        state_key: user_id,
        content: { membership: 'leave' },
        origin_server_ts: nowMs,
      }),
    })),
  )
  tx.afterCommit(() => {
    for (const [index, { user_id }] of here.entries()) {
      signals.tell('user.changed', { userId: user_id as UserId, position: position + index })
    }
  })
}

const ROWS_AT_ONCE = 500

interface DepartureRow {
  user_id: string
  room_id: string
  position: number
  event_id: string
  event_json: string
}

async function writeDepartures(tx: Transaction<HomeserverSchema>, rows: readonly DepartureRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    await tx.db
      .insertInto('room_departures')
      .values(rows.slice(start, start + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.columns(['user_id', 'room_id']).doUpdateSet((row) => ({
          position: row.ref('excluded.position'),
          event_id: row.ref('excluded.event_id'),
          event_json: row.ref('excluded.event_json'),
        })),
      )
      .execute()
  }
}
