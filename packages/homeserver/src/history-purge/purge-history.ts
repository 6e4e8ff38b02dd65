import { MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import { type ServerName, serverNameOf, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Task, Tasks } from '../tasks/index.ts'
import { findEvent, firstPositionSince } from '../timeline/index.ts'

/** Name of the task, as Synapse has it. */
export const PURGE_HISTORY_ACTION = 'purge_history'

export interface PurgeHistoryDeps {
  readonly database: Database<HomeserverSchema>
  readonly tasks: Tasks
}

/** Up to where: this event, or else the newest one that was received up to a time (ms). What is named stays. */
export type PurgeLimit = { readonly eventId: string } | { readonly receivedUpToMs: number }

export interface HistoryPurge {
  readonly roomId: string
  readonly limit: PurgeLimit
  readonly deletesLocalEvents: boolean
}

/** What the task is given. */
export interface PurgeParameters {
  /** Events of the room with a smaller depth go. */
  readonly beforeDepth: number
  readonly deletesLocalEvents: boolean
}

/**
 * Starts deleting the messages of a room before a point: state stays, and so do messages of local users unless they are to go as well.
 * Goes on after a crash (Synapse Admin API, "Purge History API").
 * @returns the id of the task to ask about; kept for seven days after its end
 * @throws MatrixError M_NOT_FOUND: no such event, or none so early; M_UNKNOWN: the event is in another room
 */
export async function purgeHistory({ database, tasks }: PurgeHistoryDeps, purge: HistoryPurge): Promise<string> {
  const { roomId, limit, deletesLocalEvents } = purge
  const beforeDepth = await depthOf(database.read, roomId, limit)
  const parameters: PurgeParameters = { beforeDepth, deletesLocalEvents }
  return database.transaction((tx) =>
    tasks.schedule(tx, { action: PURGE_HISTORY_ACTION, resourceId: roomId, parameters: { ...parameters } }),
  )
}

/** How many events a purge would delete. @throws MatrixError as the purge itself */
export async function countPurgedHistory(
  { database, serverName }: { database: Database<HomeserverSchema>; serverName: ServerName },
  { roomId, limit, deletesLocalEvents }: HistoryPurge,
): Promise<number> {
  const reads = database.read
  const beforeDepth = await depthOf(reads, roomId, limit)
  const bySender = await reads
    .selectFrom('events')
    .select(['sender', (select) => select.fn.countAll<number>().as('count')])
    .where('room_id', '=', roomId)
    .where('depth', '<', beforeDepth)
    .where('state_key', 'is', null)
    .where('event_id', 'not in', reads.selectFrom('forward_extremities').select('event_id').where('room_id', '=', roomId))
    .groupBy('sender')
    .execute()
  return bySender
    .filter(({ sender }) => deletesLocalEvents || serverNameOf(sender as UserId) !== serverName)
    .reduce((sum, { count }) => sum + count, 0)
}

export async function findHistoryPurge(tasks: Tasks, id: string): Promise<Task | undefined> {
  const task = await tasks.find(id)
  return task?.action === PURGE_HISTORY_ACTION ? task : undefined
}

async function depthOf(db: Reads<HomeserverSchema>, roomId: string, limit: PurgeLimit): Promise<number> {
  if ('receivedUpToMs' in limit) {
    const depth = await depthAtTime(db, roomId, limit.receivedUpToMs)
    if (depth === undefined) throw new MatrixError('M_NOT_FOUND', 'there is no event to be purged')
    return depth
  }
  const { eventId } = limit
  const event = eventId.includes('\0') ? undefined : await findEvent(db, eventId)
  if (!event) throw new MatrixError('M_NOT_FOUND', `Could not find event ${eventId}`)
  if (event.roomId !== roomId) throw new MatrixError('M_UNKNOWN', 'Event is for wrong room.')
  return event.depth
}

async function depthAtTime(db: Reads<HomeserverSchema>, roomId: string, receivedUpToMs: number): Promise<number | undefined> {
  const later = await firstPositionSince(db, receivedUpToMs + 1)
  const event = await db
    .selectFrom('events')
    .select('depth')
    .where('room_id', '=', roomId)
    .$if(later !== undefined, (query) => query.where('position', '<', later!))
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return event?.depth
}
