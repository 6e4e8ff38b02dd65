import type { Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { RecentChanges } from '../changes/index.ts'
import type { StateViews } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import type { TypingUsers } from '../typing/index.ts'

export interface SyncDeps {
  readonly database: Database<HomeserverSchema>
  /** Shared with history: what is known of state groups. */
  readonly views: StateViews
  readonly signals: SignalBus
  /** What changed of late. */
  readonly changes: RecentChanges
  readonly typing: TypingUsers
  readonly clock: Clock
  /** undefined: nobody is told who is online. */
  readonly presence?: { readonly includeOffline: boolean; readonly lastActiveMs: (userId: UserId) => number | undefined } | undefined
}
