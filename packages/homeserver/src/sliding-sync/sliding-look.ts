import type { Database } from '@glia/database'
import type { Clock, LruCache } from '@glia/platform'
import type { EventId } from '@glia/protocol'
import type { Changes, RecentChanges } from '../changes/index.ts'
import type { StateViews } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { UnreadCounter } from '../sync/index.ts'
import type { TypingUsers } from '../typing/index.ts'
import type { BumpStamps } from './bump-stamps.ts'
import type { MemoryDraft } from './memory.ts'
import type { SlidingSyncRequest } from './sliding-request.ts'

export interface LookDeps {
  readonly database: Database<HomeserverSchema>
  readonly views: StateViews
  readonly typing: TypingUsers
  readonly changes: RecentChanges
  readonly clock: Clock
  readonly unread: UnreadCounter
  readonly bumpStamps: BumpStamps
  /** The member event by which a user is out of a room → whether the user ever was in. */
  readonly stays: LruCache<EventId, boolean>
  /** Added to the numbers of typing changes, so that those of an earlier process are smaller. */
  readonly typingBase: number
}

/** One look at everything that is new for a client. */
export interface SlidingLook extends SlidingSyncRequest {
  /** Position up to which the client was told; undefined: nothing yet. */
  readonly since: number | undefined
  /** Number of the newest typing change that the client knows. */
  readonly typingSince: number
  /** Nothing newer than this is told. */
  readonly now: number
  readonly nowMs: number
  readonly ignoredUsers: ReadonlySet<string>
  /** What may have changed since; on a first request, anything. */
  readonly changes: Changes
  /** What the client was sent; becomes what it will have been sent with the answer. */
  readonly draft: MemoryDraft
}
