import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import { type EventId, type RoomId, type RoomVersion, roomVersion } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import type { SavedRoom } from './persist-events.ts'
import { RoomQueue, roomLock } from './room-queue.ts'
import { type AppendedEvent, type EventDraft, RoomWriter, type RoomWriterDeps } from './room-writer.ts'

/** There is no such room here. Most callers answer as if the user were not in it. */
export class UnknownRoomError extends MatrixError {
  constructor() {
    super('M_NOT_FOUND', 'Unknown room')
  }
}

export interface TimelineDeps extends RoomWriterDeps {
  readonly database: Database<HomeserverSchema>
  readonly signals: SignalBus
}

/** The only way to write an event. Everything that follows from an event (state, memberships, counters …) becomes true with it. */
export interface Timeline {
  /**
   * Runs work on a room in a transaction that holds the room's lock. Prefer it to `database.transaction`: writers of one room share
   * transactions. The work of others in the same transaction is not undone when this work throws.
   */
  transaction<T>(roomId: RoomId, work: (tx: Transaction<HomeserverSchema>) => Promise<T>): Promise<T>
  /**
   * The quick way to write many events from many users: work with a writer that others use in the same transaction. Their events may be
   * pending: `room.flush()` before reading from the database what they could have changed. The work may be run twice, the first run undone.
   * @throws UnknownRoomError
   */
  share<T>(roomId: RoomId, work: (room: RoomWriter, tx: Transaction<HomeserverSchema>) => Promise<T>): Promise<T>
  /**
   * Writes one event.
   * @throws UnknownRoomError; MatrixError M_FORBIDDEN with the reason, M_TOO_LARGE, M_BAD_JSON
   */
  append(tx: Transaction<HomeserverSchema>, draft: EventDraft & { readonly roomId: RoomId }): Promise<AppendedEvent>
  /** Writes several events of a room, together, at the end of `work`. Takes the room's lock: do it before taking any position. */
  edit<T>(tx: Transaction<HomeserverSchema>, roomId: RoomId, work: (room: RoomWriter) => Promise<T>): Promise<T>
  /**
   * Makes a room. The first event that `work` appends must be its create event.
   * @param room.roomId left out where the version derives it from the create event
   */
  create<T>(
    tx: Transaction<HomeserverSchema>,
    room: { version: RoomVersion; roomId?: RoomId },
    work: (room: RoomWriter) => Promise<T>,
  ): Promise<T>
}

export function createTimeline(deps: TimelineDeps): Timeline {
  const work = async <T>(tx: Transaction<HomeserverSchema>, saved: SavedRoom, run: (room: RoomWriter) => Promise<T>): Promise<T> => {
    const writer = new RoomWriter(deps, tx, saved)
    const result = await run(writer)
    await writer.flush()
    writer.tellAfterCommit(deps.signals)
    return result
  }

  const edit: Timeline['edit'] = async (tx, roomId, run) => {
    await tx.lock(roomLock(roomId))
    return work(tx, await loadRoom(tx, roomId), run)
  }
  const queue = new RoomQueue(deps.database, (tx, roomId, run) => edit(tx, roomId as RoomId, run))

  return {
    transaction: (roomId, run) => queue.run(roomId, run),
    share: (roomId, run) => queue.share(roomId, run),
    append: (tx, { roomId, ...draft }) => edit(tx, roomId, (room) => room.append(draft)),
    edit,
    create: (tx, { version, roomId }, run) =>
      work(tx, { roomId, version, exists: false, extremities: [], groupId: 0, groupDeltas: 0, stateEvents: 0, activeHourMs: 0 }, run),
  }
}

/** @throws UnknownRoomError */
async function loadRoom(tx: Transaction<HomeserverSchema>, roomId: RoomId): Promise<SavedRoom> {
  // PostgreSQL refuses a NUL even as a value to look for
  if (roomId.includes('\0')) throw new UnknownRoomError()
  const rows = await tx.db
    .selectFrom('rooms')
    .innerJoin('forward_extremities', 'forward_extremities.room_id', 'rooms.room_id')
    .innerJoin('events', 'events.event_id', 'forward_extremities.event_id')
    .leftJoin('state_groups', 'state_groups.id', 'events.state_after')
    .select([
      'rooms.version',
      'rooms.state_events',
      'rooms.active_hour_ms',
      'events.event_id',
      'events.depth',
      'events.state_after',
      'state_groups.deltas',
    ])
    .where('rooms.room_id', '=', roomId)
    .orderBy('events.depth', 'desc')
    .execute()
  const newest = rows[0]
  const version = newest && roomVersion(newest.version)
  if (!version) throw new UnknownRoomError()
  return {
    roomId,
    version,
    exists: true,
    extremities: rows.map((row) => ({ eventId: row.event_id as EventId, depth: row.depth })),
    groupId: newest.state_after,
    groupDeltas: newest.deltas ?? 0,
    stateEvents: newest.state_events,
    activeHourMs: newest.active_hour_ms,
  }
}
