import type { DeviceId, RoomId, UserId } from '@glia/protocol'
import type { RequiredState } from './required-state.ts'

/** What a client wants to be told of a room. */
export interface RoomConfig {
  readonly timelineLimit: number
  readonly requiredState: RequiredState
}

/** Which of the user's rooms are in a list; undefined: whichever. */
export interface ListFilters {
  readonly isDm: boolean | undefined
  readonly isEncrypted: boolean | undefined
  readonly isInvite: boolean | undefined
  readonly spaces: readonly string[] | undefined
  /** null: rooms without a type. */
  readonly roomTypes: readonly (string | null)[] | undefined
  readonly notRoomTypes: readonly (string | null)[] | undefined
  readonly tags: readonly string[] | undefined
  readonly notTags: readonly string[] | undefined
}

export interface ListRequest extends RoomConfig {
  /** Indexes into the sorted list, both ends included. */
  readonly ranges: readonly (readonly [number, number])[]
  readonly filters: ListFilters
}

/** An extension that tells something of rooms, and of which: those of some lists and some of the subscribed ones; `*` stands for all. */
export interface RoomExtension {
  readonly lists: readonly string[]
  readonly rooms: readonly string[]
}

/** undefined: not wanted. */
export interface Extensions {
  readonly toDevice: { readonly since: number | undefined; readonly limit: number } | undefined
  readonly e2ee: boolean
  readonly accountData: RoomExtension | undefined
  readonly receipts: RoomExtension | undefined
  readonly typing: RoomExtension | undefined
}

export interface SlidingSyncRequest {
  readonly userId: UserId
  readonly deviceId: DeviceId | undefined
  readonly sessionId: string
  readonly connId: string
  /** undefined: the client starts afresh. */
  readonly pos: string | undefined
  readonly lists: ReadonlyMap<string, ListRequest>
  readonly subscriptions: ReadonlyMap<RoomId, RoomConfig>
  readonly extensions: Extensions
}
