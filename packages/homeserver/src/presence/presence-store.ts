import type { Reads, Transaction } from '@glia/database'
import type { RoomId, UserId } from '@glia/protocol'
import type { Selectable } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { listJoinedRooms } from '../users/index.ts'
import type { PresenceTables } from './tables.ts'

export type PresenceState = 'online' | 'unavailable' | 'offline'
export type PresenceRow = Selectable<PresenceTables['presence']>

/** What happened to a user's presence. */
export interface PresenceChange {
  readonly processId: string
  /** The device says this now; `offline` takes back what it said. */
  readonly device?: { readonly id: string; readonly state: PresenceState }
  /** null: none; left out: as it was. */
  readonly statusMsg?: string | null
  /** The user did something then. */
  readonly activeMs?: number
}

/** Activity counts as current for so long. */
export const ACTIVE_MS = 60_000

const RANK: Record<PresenceState, number> = { offline: 0, unavailable: 1, online: 2 }

/** Writes what a change makes of a user's presence, and tells those who share rooms with the user if they can see it. */
export async function changePresence(
  tx: Transaction<HomeserverSchema>,
  signals: SignalBus,
  userId: UserId,
  change: PresenceChange,
  nowMs: number,
): Promise<PresenceRow> {
  await tx.lock(`presence:${userId}`)
  await writeSource(tx, userId, change)
  const before = await findPresence(tx.db, userId)
  const state = await combinedState(tx.db, userId, nowMs)
  const lastActiveMs = Math.max(before?.last_active_ms ?? 0, change.activeMs ?? 0)
  const after = {
    state,
    status_msg: change.statusMsg === undefined ? (before?.status_msg ?? null) : change.statusMsg,
    last_active_ms: lastActiveMs === 0 ? null : lastActiveMs,
    currently_active: state === 'online' && nowMs - lastActiveMs < ACTIVE_MS ? (1 as const) : (0 as const),
  }
  const isSeen =
    (before?.state ?? 'offline') !== after.state ||
    (before?.status_msg ?? null) !== after.status_msg ||
    (before?.currently_active ?? 0) !== after.currently_active
  if (!isSeen && (before?.last_active_ms ?? null) === after.last_active_ms) return before ?? { user_id: userId, ...after, position: 0 }
  const roomIds = isSeen ? ((await listJoinedRooms(tx.db, userId)) as RoomId[]) : []
  const position = isSeen ? await tx.takePosition() : (before?.position ?? 0)
  await tx.db
    .insertInto('presence')
    .values({ user_id: userId, ...after, position })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ ...after, position }))
    .execute()
  if (isSeen) tx.afterCommit(() => signals.tell('presence.changed', { userId, roomIds, position }))
  return { user_id: userId, ...after, position }
}

export async function findPresence(db: Reads<HomeserverSchema>, userId: UserId): Promise<PresenceRow | undefined> {
  return db.selectFrom('presence').selectAll().where('user_id', '=', userId).executeTakeFirst()
}

async function writeSource(tx: Transaction<HomeserverSchema>, userId: UserId, { device, processId }: PresenceChange): Promise<void> {
  if (!device) return
  if (device.state === 'offline') {
    await tx.db
      .deleteFrom('presence_sources')
      .where('user_id', '=', userId)
      .where('device', '=', device.id)
      .where('process_id', '=', processId)
      .execute()
    return
  }
  await tx.db
    .insertInto('presence_sources')
    .values({ user_id: userId, device: device.id, process_id: processId, state: device.state })
    .onConflict((conflict) => conflict.columns(['user_id', 'device', 'process_id']).doUpdateSet({ state: device.state }))
    .execute()
}

/** The most that any device says, as living processes know it. */
async function combinedState(db: Reads<HomeserverSchema>, userId: UserId, nowMs: number): Promise<PresenceState> {
  const sources = await db
    .selectFrom('presence_sources')
    .innerJoin('presence_processes', 'presence_processes.process_id', 'presence_sources.process_id')
    .select('presence_sources.state')
    .where('presence_sources.user_id', '=', userId)
    .where('presence_processes.alive_until_ms', '>', nowMs)
    .execute()
  const states = sources.map(({ state }) => state as PresenceState)
  return states.reduce((most, state) => (RANK[state] > RANK[most] ? state : most), 'offline')
}

/** Says that a process lives until then. */
export async function keepAlive(tx: Transaction<HomeserverSchema>, processId: string, aliveUntilMs: number): Promise<void> {
  await tx.db
    .insertInto('presence_processes')
    .values({ process_id: processId, alive_until_ms: aliveUntilMs })
    .onConflict((conflict) => conflict.column('process_id').doUpdateSet({ alive_until_ms: aliveUntilMs }))
    .execute()
}

/** Forgets what processes knew that are dead. @returns up to `limit` users of whom they knew something */
export async function reapDeadProcesses(tx: Transaction<HomeserverSchema>, nowMs: number, limit: number): Promise<UserId[]> {
  const dead = await tx.db
    .selectFrom('presence_sources')
    .innerJoin('presence_processes', 'presence_processes.process_id', 'presence_sources.process_id')
    .select('presence_sources.user_id')
    .distinct()
    .where('presence_processes.alive_until_ms', '<=', nowMs)
    .limit(limit)
    .execute()
  if (dead.length === 0) {
    await tx.db.deleteFrom('presence_processes').where('alive_until_ms', '<=', nowMs).execute()
    return []
  }
  const users = dead.map(({ user_id }) => user_id)
  await tx.db
    .deleteFrom('presence_sources')
    .where('user_id', 'in', users)
    .where('process_id', 'in', (of) => of.selectFrom('presence_processes').select('process_id').where('alive_until_ms', '<=', nowMs))
    .execute()
  return users as UserId[]
}
