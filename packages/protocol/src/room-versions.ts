/**
 * What sets one room version apart from another. Rules ask these flags and never the version's name.
 * Source: Matrix specification, "Room Versions".
 */
export interface RoomVersion {
  readonly id: RoomVersionId
  /** `m.room.member` may be `knock`, `m.room.join_rules` may be `knock` (7+). */
  readonly knock: boolean
  /** Join rule `restricted`, `join_authorised_via_users_server` in auth rules; redaction keeps `allow` (8+). */
  readonly restrictedJoins: boolean
  /** Redaction keeps `join_authorised_via_users_server` (9+). */
  readonly redactionKeepsAuthorisingUser: boolean
  /** Join rule `knock_restricted` (10+). */
  readonly knockRestricted: boolean
  /** Power levels must be integers; before, strings of digits counted too (10+). */
  readonly integerPowerLevels: boolean
  /** The creator is `content.creator` of the create event; otherwise (11+) its sender. */
  readonly creatorInContent: boolean
  /** The redaction rules of version 11: create kept whole, `invite` and `redacts` kept, `origin`, `prev_state` and `membership` dropped. */
  readonly updatedRedaction: boolean
  /** `redacts` is in the content of `m.room.redaction`, not at the top level (11+). */
  readonly redactsInContent: boolean
  /** The room id is the hash of the create event; that event has no `room_id` and is named in no `auth_events` (12+). */
  readonly roomIdIsCreateHash: boolean
  /** Creators (with `additional_creators`) are above every power level (12+). */
  readonly privilegedCreators: boolean
  readonly stateResolution: 'v2' | 'v2.1'
}

export type RoomVersionId = '6' | '7' | '8' | '9' | '10' | '11' | '12'

const v6: RoomVersion = {
  id: '6',
  knock: false,
  restrictedJoins: false,
  redactionKeepsAuthorisingUser: false,
  knockRestricted: false,
  integerPowerLevels: false,
  creatorInContent: true,
  updatedRedaction: false,
  redactsInContent: false,
  roomIdIsCreateHash: false,
  privilegedCreators: false,
  stateResolution: 'v2',
}
const v7: RoomVersion = { ...v6, id: '7', knock: true }
const v8: RoomVersion = { ...v7, id: '8', restrictedJoins: true }
const v9: RoomVersion = { ...v8, id: '9', redactionKeepsAuthorisingUser: true }
const v10: RoomVersion = { ...v9, id: '10', knockRestricted: true, integerPowerLevels: true }
const v11: RoomVersion = { ...v10, id: '11', creatorInContent: false, updatedRedaction: true, redactsInContent: true }
const v12: RoomVersion = { ...v11, id: '12', roomIdIsCreateHash: true, privilegedCreators: true, stateResolution: 'v2.1' }

/** Every supported version, oldest first; all are stable. */
export const stableRoomVersions: readonly RoomVersion[] = [v6, v7, v8, v9, v10, v11, v12]

const byId = new Map<string, RoomVersion>(stableRoomVersions.map((version) => [version.id, version]))

/** The version with this name; undefined if it is not supported. */
export function roomVersion(id: string): RoomVersion | undefined {
  return byId.get(id)
}
