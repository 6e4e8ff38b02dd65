import type { AnyTransaction, Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { ServerName, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import type { EventObserver, Timeline } from '../timeline/index.ts'

/** A clock that stands at whatever is being made up. */
export interface SeedClock extends Clock {
  set(nowMs: number): void
}

export function createSeedClock(): SeedClock {
  let now = 0
  return {
    nowMs: () => now,
    set(nowMs) {
      now = nowMs
    },
    after: () => () => {},
  }
}

export interface SeedDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: SeedClock
  /** Writes events at the time of `clock`. */
  readonly timeline: Timeline
  readonly signals: SignalBus
  readonly serverName: ServerName
  /** Makes the account that signs in, without a password. */
  readonly addAccount: (tx: AnyTransaction, userId: UserId) => Promise<void>
  readonly onProgress: (text: string) => void
}

export interface SeedOptions {
  /** The same seed, sizes and `untilMs` give the same data; only signatures depend on the server's key. */
  readonly seed: string
  readonly users: number
  readonly rooms: number
  /** Of all rooms together. Fewer than creating and joining the rooms takes are exceeded. */
  readonly events: number
  readonly media: number
  /** When history ends; it begins two years before. */
  readonly untilMs: number
}

export const HISTORY_MS = 2 * 365 * 86_400_000

/** Counts what a timeline writes. */
export function createEventCounter(): EventObserver & { readonly count: () => number } {
  let count = 0
  return {
    async eventsAdded(_tx, _roomId, events) {
      count += events.length
    },
    async contentRemoved() {},
    count: () => count,
  }
}
