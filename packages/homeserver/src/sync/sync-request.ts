import type { DeviceId, Filter, UserId } from '@glia/protocol'
import type { Changes } from '../changes/index.ts'
import type { SyncToken } from './tokens.ts'

/** What a client asks for. */
export interface SyncRequest {
  readonly userId: UserId
  readonly deviceId: DeviceId | undefined
  readonly sessionId: string
  readonly filter: Filter
  /** undefined: an initial sync. */
  readonly since: SyncToken | undefined
  readonly fullState: boolean
  /** The key under which state at the end of the timeline is told, instead of state at its start (MSC4222); undefined: as ever. */
  readonly stateAfterKey: string | undefined
}

/** One look at everything that is new for a client. */
export interface SyncLook extends SyncRequest {
  /** Nothing newer than this is told. */
  readonly now: number
  readonly nowMs: number
  readonly ignoredUsers: ReadonlySet<string>
  /** What may have changed since the token; on an initial sync, anything. What did not change is not looked at. */
  readonly changes: Changes
}
