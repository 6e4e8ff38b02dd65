import { setImmediate } from 'node:timers/promises'
import type { Database, Reads, Transaction } from '@glia/database'
import { type JsonObject, type RoomId, type ServerName, serverNameOf, type UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import { forgetWords } from '../search/index.ts'
import type { TaskRunner } from '../tasks/index.ts'
import type { Timeline } from '../timeline/index.ts'
import type { PurgeParameters } from './purge-history.ts'

export interface HistoryPurgeDeps {
  readonly database: Database<HomeserverSchema>
  readonly timeline: Timeline
  readonly serverName: ServerName
}

/** Events that share a transaction: few enough that those who write to the room hardly wait. */
const EVENTS_AT_ONCE = 200

/** How far a purge is; also what scheduled tasks show of it. */
interface Progress {
  readonly deleted_events: number
  readonly kept_events: number
  /** The last event that was looked at. */
  readonly depth: number
  readonly position: number
}

const START: Progress = { deleted_events: 0, kept_events: 0, depth: -1, position: -1 }

/** The work of a purge, from the oldest event on. Each step is written together with the place where the next one goes on. */
export function historyPurgeRunner({ database, timeline, serverName }: HistoryPurgeDeps): TaskRunner {
  return async (task, { signal, saveProgress }) => {
    const roomId = task.resourceId as RoomId
    const { beforeDepth, deletesLocalEvents } = task.parameters as unknown as PurgeParameters
    let progress = (task.result as unknown as Progress | null) ?? START
    for (;;) {
      signal.throwIfAborted()
      // SQLite answers without leaving the turn: without this, requests would wait until all is gone
      await setImmediate()
      const events = await eventsAfter(database.read, roomId, progress, beforeDepth)
      const last = events.at(-1)
      if (!last) return { ...progress }
      progress = await timeline.transaction(roomId, async (tx) => {
        const ends = await extremitiesOf(tx, roomId)
        const goes = (event: OldEvent) =>
          event.state_key === null &&
          !ends.has(event.event_id) &&
          (deletesLocalEvents || serverNameOf(event.sender as UserId) !== serverName)
        const going = events.filter(goes)
        const next: Progress = {
          deleted_events: progress.deleted_events + going.length,
          kept_events: progress.kept_events + events.length - going.length,
          depth: last.depth,
          position: last.position,
        }
        await saveProgress({ ...next }, tx)
        await deleteEvents(tx, roomId, going)
        return next
      })
    }
  }
}

interface OldEvent {
  readonly event_id: string
  readonly type: string
  readonly state_key: string | null
  readonly sender: string
  readonly depth: number
  readonly position: number
  readonly json: string
}

function eventsAfter(
  db: Reads<HomeserverSchema>,
  roomId: RoomId,
  { depth, position }: { depth: number; position: number },
  beforeDepth: number,
): Promise<OldEvent[]> {
  return db
    .selectFrom('events')
    .select(['event_id', 'type', 'state_key', 'sender', 'depth', 'position', 'json'])
    .where('room_id', '=', roomId)
    .where('depth', '>=', depth)
    .where('depth', '<', beforeDepth)
    .where((event) => event.or([event('depth', '>', depth), event('position', '>', position)]))
    .orderBy('depth')
    .orderBy('position')
    .limit(EVENTS_AT_ONCE)
    .execute()
}

/** What new events follow must stay, or nobody could write to the room any more. */
async function extremitiesOf(tx: Transaction<HomeserverSchema>, roomId: RoomId): Promise<ReadonlySet<string>> {
  const rows = await tx.db.selectFrom('forward_extremities').select('event_id').where('room_id', '=', roomId).execute()
  return new Set(rows.map(({ event_id }) => event_id))
}

/**
 * Deletes events and what is kept beside them. Receipts and read markers stay: they carry the position of their event, by which what was
 * read already keeps being told from what was not.
 */
async function deleteEvents(tx: Transaction<HomeserverSchema>, roomId: RoomId, events: readonly OldEvent[]): Promise<void> {
  await forgetWords(
    tx,
    roomId,
    events.map(({ position, type, json }) => ({ position, type, content: (JSON.parse(json) as { content: JsonObject }).content })),
  )
  for (const part of chunksOf(events.map(({ event_id }) => event_id))) {
    await tx.db.deleteFrom('event_transactions').where('event_id', 'in', part).execute()
    await tx.db.deleteFrom('events').where('event_id', 'in', part).execute()
  }
}
