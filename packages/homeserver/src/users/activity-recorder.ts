import type { Database } from '@glia/database'
import type { Clock, Logger } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import type { UserTables } from './tables.ts'

export interface Activity {
  readonly userId: UserId
  /** Absent for tokens without a device. */
  readonly deviceId: DeviceId | undefined
  readonly ip: string
  readonly userAgent: string
}

/** Notes who was active when and from where, in memory, and writes it in batches. */
export interface ActivityRecorder {
  record(activity: Activity): void
  /** Writes what was noted so far. */
  flush(): Promise<void>
  /** Writes from now on every few seconds. */
  start(): void
  stop(): Promise<void>
}

/** The same user, device and address is written again at most this often (as Synapse does). */
const GRANULARITY_MS = 120_000
const FLUSH_EVERY_MS = 5_000
const FORGET_EVERY_MS = 3_600_000
/** Addresses older than this are forgotten (Synapse: `user_ips_max_age`). */
const ADDRESSES_KEPT_MS = 28 * 86_400_000
const ROWS_PER_STATEMENT = 100
/** Databases cannot index keys of any length. */
const MAX_USER_AGENT_LENGTH = 512

/** Somebody was active at a time. */
export interface Seen extends Activity {
  readonly atMs: number
}

export function createActivityRecorder(deps: { database: Database<UserTables>; clock: Clock; logger: Logger }): ActivityRecorder {
  const { database, clock, logger } = deps
  let pending = new Map<string, Seen>()
  let written = new Map<string, number>()
  let flushing: Promise<void> = Promise.resolve()
  let cancelTimer: (() => void) | undefined
  let forgetAtMs = 0

  async function write(): Promise<void> {
    if (pending.size === 0) return
    const batch = pending
    pending = new Map()
    for (const [key, { atMs }] of batch) written.set(key, atMs)
    try {
      const seen = [...batch].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
      await database.transaction(async (tx) => {
        for (let start = 0; start < seen.length; start += ROWS_PER_STATEMENT) {
          await upsertAddresses(tx.db, seen.slice(start, start + ROWS_PER_STATEMENT))
        }
        for (const entry of newestBy(seen, ({ userId }) => userId)) await touchUser(tx.db, entry)
        for (const entry of newestBy(seen, ({ userId, deviceId }) => `${userId}\n${deviceId}`)) await touchDevice(tx.db, entry)
      })
    } catch (error) {
      for (const key of batch.keys()) written.delete(key)
      logger.warn({ err: error, entries: batch.size }, 'last-seen times could not be written')
    }
    await forget()
  }

  async function forget(): Promise<void> {
    const now = clock.nowMs()
    if (now < forgetAtMs) return
    forgetAtMs = now + FORGET_EVERY_MS
    written = new Map([...written].filter(([, atMs]) => now - atMs < GRANULARITY_MS))
    await database.transaction((tx) =>
      tx.db
        .deleteFrom('user_addresses')
        .where('last_seen_ms', '<', now - ADDRESSES_KEPT_MS)
        .execute(),
    )
  }

  const flush = (): Promise<void> => {
    flushing = flushing.then(write).catch((error) => logger.warn({ err: error }, 'old addresses could not be forgotten'))
    return flushing
  }

  const tick = () => {
    cancelTimer = clock.after(FLUSH_EVERY_MS, () => {
      void flush().then(() => {
        if (cancelTimer) tick()
      })
    })
  }

  return {
    record(activity) {
      const userAgent = activity.userAgent.slice(0, MAX_USER_AGENT_LENGTH)
      const key = `${activity.userId}\n${activity.deviceId ?? ''}\n${activity.ip}\n${userAgent}`
      const atMs = clock.nowMs()
      if (atMs - (written.get(key) ?? Number.NEGATIVE_INFINITY) < GRANULARITY_MS) return
      pending.set(key, { ...activity, userAgent, atMs })
    },
    flush,
    start() {
      if (!cancelTimer) tick()
    },
    async stop() {
      cancelTimer?.()
      cancelTimer = undefined
      await flush()
    },
  }
}

type Db = Parameters<Parameters<Database<UserTables>['transaction']>[0]>[0]['db']

/** Keeps from where accounts were used; at most some hundred at a time. */
export async function upsertAddresses(db: Db, entries: readonly Seen[]): Promise<void> {
  await db
    .insertInto('user_addresses')
    .values(
      entries.map(({ userId, deviceId, ip, userAgent, atMs }) => ({
        user_id: userId,
        device_id: deviceId ?? '',
        ip,
        user_agent: userAgent,
        last_seen_ms: atMs,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'device_id', 'ip', 'user_agent'])
        .doUpdateSet((eb) => ({ last_seen_ms: eb.ref('excluded.last_seen_ms') })),
    )
    .execute()
}

async function touchUser(db: Db, { userId, atMs }: Seen): Promise<void> {
  await db
    .updateTable('users')
    .set({ last_seen_ms: atMs })
    .where('user_id', '=', userId)
    .where((eb) => eb.or([eb('last_seen_ms', 'is', null), eb('last_seen_ms', '<', atMs)]))
    .execute()
}

async function touchDevice(db: Db, { userId, deviceId, ip, userAgent, atMs }: Seen): Promise<void> {
  if (deviceId === undefined) return
  await db
    .updateTable('devices')
    .set({ last_seen_ms: atMs, last_seen_ip: ip, last_seen_user_agent: userAgent })
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where((eb) => eb.or([eb('last_seen_ms', 'is', null), eb('last_seen_ms', '<', atMs)]))
    .execute()
}

function newestBy(entries: readonly Seen[], key: (entry: Seen) => string): Seen[] {
  const newest = new Map<string, Seen>()
  for (const entry of entries) {
    const known = newest.get(key(entry))
    if (!known || known.atMs < entry.atMs) newest.set(key(entry), entry)
  }
  return [...newest.values()]
}
