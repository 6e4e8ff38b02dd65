import type { Reads, Transaction } from '@glia/database'
import type { JsonObject, UserId } from '@glia/protocol'
import type { Selectable, Updateable } from 'kysely'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { PusherTables } from './tables.ts'

/** What names a pusher. */
export interface PusherKey {
  readonly userId: UserId
  readonly appId: string
  readonly pushkey: string
}

/** A pusher of kind `http` that is on, and how far it has come. */
export interface SendingPusher extends PusherKey {
  readonly data: JsonObject
  readonly pushkeyAtMs: number
  readonly lastPosition: number
  readonly lastBadge: number | null
  readonly failingSinceMs: number | null
  readonly backoffMs: number | null
  readonly retryAtMs: number | null
}

type PusherRow = Selectable<PusherTables['pushers']>

const keyOf = (row: Pick<PusherRow, 'user_id' | 'app_id' | 'pushkey'>): PusherKey => ({
  userId: row.user_id as UserId,
  appId: row.app_id,
  pushkey: row.pushkey,
})

const RETRIES_AT_ONCE = 500

/** The pushers that something is sent to. */
function sending(db: Reads<HomeserverSchema>) {
  return db.selectFrom('pushers').where('kind', '=', 'http').where('enabled', '=', 1)
}

export async function isAnyoneToBePushed(db: Reads<HomeserverSchema>): Promise<boolean> {
  return (await sending(db).select('user_id').limit(1).executeTakeFirst()) !== undefined
}

/** What the pusher that is furthest behind has seen. */
export async function firstPosition(db: Reads<HomeserverSchema>): Promise<number | undefined> {
  const row = await sending(db)
    .select((select) => select.fn.min('last_position').as('first'))
    .executeTakeFirst()
  return row?.first ?? undefined
}

/** The pushers of those who are in, or invited to, a room with an event of these positions. Those that wait to try again are left out. */
export async function pushersConcerned(db: Reads<HomeserverSchema>, range: { after: number; upTo: number }): Promise<PusherKey[]> {
  const rows = await db
    .selectFrom((from) =>
      from
        .selectFrom('events')
        .select((select) => ['room_id', select.fn.max('position').as('position')])
        .where('position', '>', range.after)
        .where('position', '<=', range.upTo)
        .groupBy('room_id')
        .as('changed'),
    )
    .innerJoin('memberships', 'memberships.room_id', 'changed.room_id')
    .innerJoin('pushers', 'pushers.user_id', 'memberships.user_id')
    .select(['pushers.user_id', 'pushers.app_id', 'pushers.pushkey'])
    .distinct()
    .where('memberships.membership', 'in', ['join', 'invite'])
    .where('pushers.kind', '=', 'http')
    .where('pushers.enabled', '=', 1)
    .where('pushers.retry_at_ms', 'is', null)
    .whereRef('pushers.last_position', '<', 'changed.position')
    .execute()
  return rows.map(keyOf)
}

/** The pushers of these users. */
export async function pushersOf(db: Reads<HomeserverSchema>, userIds: readonly UserId[]): Promise<PusherKey[]> {
  const keys: PusherKey[] = []
  for (const chunk of chunksOf(userIds)) {
    const rows = await db.selectFrom('pushers').select(['user_id', 'app_id', 'pushkey']).where('user_id', 'in', chunk).execute()
    keys.push(...rows.map(keyOf))
  }
  return keys
}

/** Pushers that are to be tried again, and those whose process died while it sent. */
export async function pushersToRetry(db: Reads<HomeserverSchema>, nowMs: number): Promise<PusherKey[]> {
  const waiting = await sending(db)
    .select(['user_id', 'app_id', 'pushkey'])
    .where('retry_at_ms', '<=', nowMs)
    .where((is) => is.or([is('lease_until_ms', 'is', null), is('lease_until_ms', '<', nowMs)]))
    .orderBy('retry_at_ms')
    .limit(RETRIES_AT_ONCE)
    .execute()
  const left = await sending(db)
    .select(['user_id', 'app_id', 'pushkey'])
    .where('lease_until_ms', '<', nowMs)
    .limit(RETRIES_AT_ONCE)
    .execute()
  return [...waiting, ...left].map(keyOf)
}

/** When the next one is to be tried again. */
export async function nextRetryMs(db: Reads<HomeserverSchema>, nowMs: number): Promise<number | undefined> {
  const row = await sending(db)
    .select((select) => select.fn.min('retry_at_ms').as('next'))
    .where('retry_at_ms', '>', nowMs)
    .executeTakeFirst()
  return row?.next ?? undefined
}

export async function findSendingPusher(db: Reads<HomeserverSchema>, key: PusherKey): Promise<SendingPusher | undefined> {
  const row = await sending(db)
    .selectAll()
    .where('user_id', '=', key.userId)
    .where('app_id', '=', key.appId)
    .where('pushkey', '=', key.pushkey)
    .executeTakeFirst()
  return (
    row && {
      ...keyOf(row),
      data: JSON.parse(row.data) as JsonObject,
      pushkeyAtMs: row.pushkey_at_ms,
      lastPosition: row.last_position,
      lastBadge: row.last_badge,
      failingSinceMs: row.failing_since_ms,
      backoffMs: row.backoff_ms,
      retryAtMs: row.retry_at_ms,
    }
  )
}

export type SendingProgress = Pick<
  Updateable<PusherTables['pushers']>,
  'last_badge' | 'failing_since_ms' | 'backoff_ms' | 'retry_at_ms' | 'lease_owner' | 'lease_until_ms'
>

/**
 * Takes the pusher for one process, unless another has it or has sent the event at this position meanwhile.
 * @returns whether it was taken
 */
export async function claimPusher(
  tx: Transaction<HomeserverSchema>,
  key: PusherKey,
  firstPosition: number,
  lease: { owner: string; nowMs: number; untilMs: number },
): Promise<boolean> {
  const taken = await updateOne(tx, key)
    .set({ lease_owner: lease.owner, lease_until_ms: lease.untilMs })
    .where('last_position', '<', firstPosition)
    .where((is) => is.or([is('lease_until_ms', 'is', null), is('lease_until_ms', '<', lease.nowMs)]))
    .returning('pushkey')
    .execute()
  return taken.length > 0
}

/**
 * Notes how far the pusher has come; never takes it back.
 * @param owner who must hold it, where there are several processes
 * @returns false if it is gone, was set anew or belongs to another process by now
 */
export async function saveProgress(
  tx: Transaction<HomeserverSchema>,
  key: PusherKey,
  owner: string | undefined,
  lastPosition: number,
  progress: SendingProgress,
): Promise<boolean> {
  const changed = await updateOne(tx, key)
    .set({ last_position: lastPosition, ...progress })
    .where('last_position', '<=', lastPosition)
    .$if(owner !== undefined, (query) => query.where('lease_owner', '=', owner!))
    .returning('pushkey')
    .execute()
  return changed.length > 0
}

/** Notes how sending goes, without coming further. @param owner as in {@link saveProgress} */
export async function noteState(
  tx: Transaction<HomeserverSchema>,
  key: PusherKey,
  owner: string | undefined,
  progress: SendingProgress,
): Promise<void> {
  await updateOne(tx, key)
    .set(progress)
    .$if(owner !== undefined, (query) => query.where('lease_owner', '=', owner!))
    .execute()
}

/** Notes that nothing was to be sent up to a position, whoever sends just now. */
export async function skipTo(tx: Transaction<HomeserverSchema>, key: PusherKey, position: number): Promise<void> {
  await updateOne(tx, key)
    .set({ last_position: position })
    .where('last_position', '<', position)
    .where('retry_at_ms', 'is', null)
    .where('lease_owner', 'is', null)
    .execute()
}

export async function deletePusher(tx: Transaction<HomeserverSchema>, { userId, appId, pushkey }: PusherKey): Promise<void> {
  await tx.db.deleteFrom('pushers').where('user_id', '=', userId).where('app_id', '=', appId).where('pushkey', '=', pushkey).execute()
}

function updateOne(tx: Transaction<HomeserverSchema>, { userId, appId, pushkey }: PusherKey) {
  return tx.db.updateTable('pushers').where('user_id', '=', userId).where('app_id', '=', appId).where('pushkey', '=', pushkey)
}

/** Forgets the leases of processes that are gone. */
export async function releaseAllPushers(tx: Transaction<HomeserverSchema>): Promise<void> {
  await tx.db.updateTable('pushers').set({ lease_owner: null, lease_until_ms: null }).where('lease_owner', 'is not', null).execute()
}
