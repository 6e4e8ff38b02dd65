import type { Database, Reads, Transaction } from '@glia/database'
import type { Requester } from '@glia/http'
import type { Clock, Logger, Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { changePresence, findPresence, type PresenceRow, type PresenceState } from './presence-store.ts'
import { PresenceTracker } from './presence-tracker.ts'
import { sharesRoom } from './read.ts'

/** Who is online. Source: Client-Server API, "Presence". */
export interface Presence {
  /**
   * A device syncs, which says that it is there, unless it says `offline`.
   * @returns a function to be called when the request ends: from then on its time runs
   */
  syncing(requester: Requester, state: PresenceState): () => void
  /** The user did something that others see. */
  active(requester: Requester): void
  /** @param statusMsg undefined takes it away. @throws MatrixError M_LIMIT_EXCEEDED */
  set(requester: Requester, state: PresenceState, statusMsg: string | undefined): Promise<void>
  /** @returns undefined if the viewer may not know. The activity of users of this process is exact, that of others somewhat old */
  find(viewer: UserId, userId: UserId): Promise<PresenceRow | 'nothing known' | undefined>
  /** Takes a user offline for good, as when the account is deactivated. */
  deleteAll(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void>
  /** When a user was last active, if this process knows it better than the database. */
  lastActiveMs(userId: UserId): number | undefined
  start(): void
  stop(): Promise<void>
}

export interface PresenceDeps {
  readonly database: Database<HomeserverSchema>
  readonly signals: SignalBus
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** @returns how long to wait (ms) before the user's presence may change again; 0: not at all */
  readonly tryLimit: (requester: Requester) => number
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  readonly limit: (requester: Requester) => void
}

export function createPresence(deps: PresenceDeps): Presence {
  const { database, signals, clock } = deps
  const tracker = new PresenceTracker(deps)
  return {
    syncing: (requester, state) => tracker.syncing(requester, state),
    active: (requester) => tracker.active(requester),
    async set(requester, state, statusMsg) {
      deps.limit(requester)
      await tracker.set(requester, state, statusMsg ?? null)
    },
    async find(viewer, userId) {
      const db: Reads<HomeserverSchema> = database.read
      if (viewer !== userId && !(await sharesRoom(db, viewer, userId))) return undefined
      return (await findPresence(db, userId)) ?? 'nothing known'
    },
    async deleteAll(tx, userId) {
      tracker.forget(userId)
      await tx.db.deleteFrom('presence_sources').where('user_id', '=', userId).execute()
      if (await findPresence(tx.db, userId)) await changePresence(tx, signals, userId, { processId: '', statusMsg: null }, clock.nowMs())
    },
    lastActiveMs: (userId) => tracker.lastActiveMs(userId),
    start: () => tracker.start(),
    stop: () => tracker.stop(),
  }
}
