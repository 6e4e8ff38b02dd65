import { MatrixError } from '@glia/contract'
import type { Database, Reads, Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { DeviceId, JsonObject, UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { deletePusher } from './pusher-store.ts'

export interface Pusher {
  kind: string
  appId: string
  pushkey: string
  appDisplayName: string
  deviceDisplayName: string
  lang: string
  profileTag: string
  data: JsonObject
  /** Off: nothing is sent to it (MSC3881). */
  enabled: boolean
}

export interface StoredPusher extends Pusher {
  deviceId: DeviceId | undefined
}

export interface Pushers {
  /**
   * Adds a pusher or replaces the user's own with the same app and key.
   * @param append leave other users' pushers with the same app and key
   * @throws MatrixError M_MISSING_PARAM (Synapse's code) for an `http` pusher without a usable `data.url`, M_INVALID_PARAM for another kind,
   *   M_THREEPID_NOT_FOUND for an `email` pusher with an address that is none of the user's own
   */
  set(owner: { userId: UserId; deviceId: DeviceId | undefined; sessionId: string }, pusher: Pusher, append: boolean): Promise<void>
  remove(userId: UserId, appId: string, pushkey: string): Promise<void>
  /** Forgets the pushers that these devices set. */
  deleteForDevices(tx: Transaction<HomeserverSchema>, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void>
  /** Forgets all of a user, as when the account is deactivated. */
  deleteAll(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void>
}

export function createPushers(deps: {
  database: Database<HomeserverSchema>
  signals: SignalBus
  clock: Clock
  findUserByThreepid(medium: string, address: string): Promise<UserId | undefined>
}): Pushers {
  const { database, signals, clock } = deps
  const tellAfterCommit = (tx: Transaction<HomeserverSchema>) => tx.afterCommit(() => signals.tell('pushers.changed', {}))
  return {
    async set(owner, pusher, append) {
      checkDestination(pusher)
      if (pusher.kind === 'email' && (await deps.findUserByThreepid('email', pusher.pushkey.toLowerCase())) !== owner.userId) {
        throw new MatrixError('M_THREEPID_NOT_FOUND', 'Email not found')
      }
      if (pusher.appId.includes('\0') || pusher.pushkey.includes('\0')) throw new MatrixError('M_INVALID_PARAM', 'A pusher key has a NUL')
      const values = {
        kind: pusher.kind,
        app_display_name: pusher.appDisplayName.replaceAll('\0', ''),
        device_display_name: pusher.deviceDisplayName.replaceAll('\0', ''),
        lang: pusher.lang.replaceAll('\0', ''),
        profile_tag: pusher.profileTag.replaceAll('\0', ''),
        data: JSON.stringify(pusher.data),
        session_id: owner.sessionId,
        device_id: owner.deviceId ?? null,
        enabled: pusher.enabled ? 1 : 0,
        pushkey_at_ms: clock.nowMs(),
        // what came before is not for it; and what did not work may work now
        last_position: await database.currentPosition(),
        last_badge: null,
        failing_since_ms: null,
        backoff_ms: null,
        retry_at_ms: null,
      }
      await database.transaction(async (tx) => {
        if (!append) {
          await tx.db
            .deleteFrom('pushers')
            .where('app_id', '=', pusher.appId)
            .where('pushkey', '=', pusher.pushkey)
            .where('user_id', '!=', owner.userId)
            .execute()
        }
        await tx.db
          .insertInto('pushers')
          .values({ user_id: owner.userId, app_id: pusher.appId, pushkey: pusher.pushkey, ...values, created_at_ms: clock.nowMs() })
          .onConflict((conflict) => conflict.columns(['user_id', 'app_id', 'pushkey']).doUpdateSet(values))
          .execute()
        tellAfterCommit(tx)
      })
    },
    async remove(userId, appId, pushkey) {
      if (appId.includes('\0') || pushkey.includes('\0')) return
      await database.transaction(async (tx) => {
        await deletePusher(tx, { userId, appId, pushkey })
        tellAfterCommit(tx)
      })
    },
    async deleteForDevices(tx, userId, deviceIds) {
      for (const chunk of chunksOf(deviceIds)) {
        await tx.db.deleteFrom('pushers').where('user_id', '=', userId).where('device_id', 'in', chunk).execute()
      }
      tellAfterCommit(tx)
    },
    async deleteAll(tx, userId) {
      await tx.db.deleteFrom('pushers').where('user_id', '=', userId).execute()
      tellAfterCommit(tx)
    },
  }
}

/** The user's pushers, oldest first. */
export async function listPushers(db: Reads<HomeserverSchema>, userId: UserId): Promise<StoredPusher[]> {
  const rows = await db
    .selectFrom('pushers')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at_ms')
    .orderBy('app_id')
    .orderBy('pushkey')
    .execute()
  return rows.map((row) => ({
    kind: row.kind,
    appId: row.app_id,
    pushkey: row.pushkey,
    appDisplayName: row.app_display_name,
    deviceDisplayName: row.device_display_name,
    lang: row.lang,
    profileTag: row.profile_tag,
    data: JSON.parse(row.data) as JsonObject,
    enabled: row.enabled === 1,
    deviceId: (row.device_id as DeviceId | null) ?? undefined,
  }))
}

function checkDestination({ kind, data }: Pusher): void {
  if (kind === 'email') return
  if (kind !== 'http') throw new MatrixError('M_INVALID_PARAM', `Unknown pusher kind ${kind}`)
  if (typeof data.url !== 'string') throw new MatrixError('M_MISSING_PARAM', "Config Error: 'url' required in data for HTTP pusher")
  const url = URL.parse(data.url)
  if (!url || !['https:', 'http:'].includes(url.protocol)) {
    throw new MatrixError('M_MISSING_PARAM', "Config Error: 'url' must be an HTTP URL")
  }
  if (url.pathname !== '/_matrix/push/v1/notify') {
    throw new MatrixError('M_MISSING_PARAM', "Config Error: 'url' must have a path of '/_matrix/push/v1/notify'")
  }
}
