import type { Defaulted, Flag } from '../users/tables.ts'

export interface RoomTables {
  /** One row for each room that we hold. Everything below `federatable` is derived from the current state in the same transaction. */
  rooms: {
    room_id: string
    version: string
    creator: string
    created_at_ms: number
    /** Listed in the room directory. */
    published: Defaulted<Flag>
    federatable: Defaulted<Flag>
    room_type: string | null
    name: string | null
    topic: string | null
    avatar_url: string | null
    canonical_alias: string | null
    /** Algorithm, null for rooms that are not encrypted. */
    encryption: string | null
    join_rules: string | null
    guest_access: string | null
    history_visibility: string | null
    tombstoned: Defaulted<Flag>
    joined_members: Defaulted<number>
    joined_local_members: Defaulted<number>
    invited_members: Defaulted<number>
    state_events: Defaulted<number>
    /** Position of the newest event. */
    last_position: Defaulted<number>
    /** Begin of the hour in which the newest event came in. Exact times would cost every send the upkeep of an index. */
    active_hour_ms: Defaulted<number>
  }
  /** Left behind by room deletion, for /sync: from `position` on the user is out of a room whose own rows may be gone. */
  room_departures: { user_id: string; position: number; room_id: string; event_id: string; event_json: string }
  room_aliases: { alias: string; room_id: string; creator: string; created_at_ms: number }
}
