import type { Defaulted, Flag } from '../users/tables.ts'

export interface TimelineTables {
  /** Events as they were signed or received. `json` is the exact text of the PDU; a redaction replaces it by the redacted form. */
  events: {
    event_id: string
    room_id: string
    /** Change position: the order of arrival. */
    position: number
    /** Topological order: (depth, position). */
    depth: number
    type: string
    /** null for events that are not state. */
    state_key: string | null
    sender: string
    origin_server_ts: number
    received_at_ms: number
    json: string
    /** State group in force before this event. */
    state_before: number
    /** State group after it: the same unless it is a state event. */
    state_after: number
    /** The state event that this one replaced. */
    replaces_state: string | null
    rejected_reason: string | null
    soft_failed: Defaulted<Flag>
    /** Target, for redactions. */
    redacts: string | null
    /** The redaction that took effect on this event. */
    redacted_by: string | null
    /** `m.relates_to`: target and relation type. */
    relates_to: string | null
    rel_type: string | null
    contains_url: Defaulted<Flag>
  }
  forward_extremities: { room_id: string; event_id: string }
  /** State at some point of a room: the entries of this group over those of `previous_id` and so on. `id` is a change position. */
  state_groups: {
    id: number
    room_id: string
    /** null: this group is a full snapshot. */
    previous_id: number | null
    /** How many groups lie between this one and the snapshot below it. */
    deltas: number
  }
  state_group_entries: { group_id: number; type: string; state_key: string; event_id: string }
  current_state: { room_id: string; type: string; state_key: string; event_id: string }
  /** Changes of `current_state`, in order. `event_id` null: the entry was removed (state resolution). */
  state_changes: {
    position: number
    room_id: string
    type: string
    state_key: string
    event_id: string | null
    previous_event_id: string | null
  }
  /** The current `m.room.member` of every user who ever was in a room that we hold. */
  memberships: {
    room_id: string
    user_id: string
    membership: string
    event_id: string
    /** Sender of the member event: tells leaving from being kicked. */
    sender: string
    position: number
    is_local: Flag
    /** The user asked to forget the room after leaving. */
    forgotten: Defaulted<Flag>
    display_name: string | null
    avatar_url: string | null
  }
  /** Requests with a transaction id that were already carried out; `scope` is method and path without the transaction id. */
  event_transactions: {
    user_id: string
    session_id: string
    scope: string
    transaction_id: string
    event_id: string
    created_at_ms: number
  }
}
