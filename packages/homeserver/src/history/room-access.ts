import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import { eventTypes, isMembership, type Membership, membershipOf, type RoomId, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { currentStateEvents, findEvent, type StateSelection, type StoredEvent } from '../timeline/index.ts'
import { stateAt } from './state-at.ts'

/** How far a user may read in a room. */
export type RoomAccess =
  | { readonly kind: 'joined' }
  /** Was a member until `until`, the event that ended it: everything is answered as of then. */
  | { readonly kind: 'left'; readonly until: StoredEvent }
  /** Never was a member; the room is open to the world. */
  | { readonly kind: 'peeking' }
  /** A server admin: sees every event. */
  | { readonly kind: 'everything' }

/** Which of the current members' rows decides. */
interface MembershipRow {
  readonly membership: string
  readonly event_id: string
  readonly forgotten: number
}

/**
 * Decides how far the user may read.
 * @throws MatrixError 403 M_FORBIDDEN: never joined, or forgotten, and not world-readable; also for unknown rooms
 */
export async function roomAccess(db: Reads<HomeserverSchema>, roomId: RoomId, userId: UserId): Promise<RoomAccess> {
  const row = await db
    .selectFrom('memberships')
    .select(['membership', 'event_id', 'forgotten'])
    .where('room_id', '=', roomId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (row?.membership === 'join') return { kind: 'joined' }
  const until = row && row.forgotten === 0 ? await endOfStay(db, row) : undefined
  if (until) return { kind: 'left', until }
  if (await isWorldReadable(db, roomId)) return { kind: 'peeking' }
  throw notInRoom(roomId, userId)
}

/** The refusal of readers who are not in a room. */
export function notInRoom(roomId: string, userId: UserId): MatrixError {
  return new MatrixError('M_FORBIDDEN', `User ${userId} not in room ${roomId}, and room previews are disabled`)
}

/** The position up to which the user was a member, for `visibleEvents`. */
export function joinedUntilOf(access: RoomAccess): number | undefined {
  if (access.kind === 'left') return access.until.position
  return access.kind === 'joined' ? Number.POSITIVE_INFINITY : undefined
}

/** The newest position that may be told. */
export function newestReadable(access: RoomAccess): number | undefined {
  return access.kind === 'left' ? access.until.position : undefined
}

/** The event that ended the user's newest stay in the room; undefined where there never was one. */
export async function endOfStay(db: Reads<HomeserverSchema>, row: Pick<MembershipRow, 'event_id'>): Promise<StoredEvent | undefined> {
  let event = await findEvent(db, row.event_id)
  while (event) {
    const before: StoredEvent | undefined = event.replacesState === undefined ? undefined : await findEvent(db, event.replacesState)
    if (before && membershipOf(before) === 'join') return event
    event = before
  }
  return undefined
}

/** Whether everybody may read what is written in the room now. */
export async function isWorldReadable(db: Reads<HomeserverSchema>, roomId: RoomId): Promise<boolean> {
  const [event] = await currentStateEvents(db, roomId, { tuples: [[eventTypes.historyVisibility, '']] })
  return event?.content.history_visibility === 'world_readable'
}

/** The room's state as the access lets one see it. */
export async function stateFor(
  db: Reads<HomeserverSchema>,
  roomId: RoomId,
  access: RoomAccess,
  selection?: StateSelection,
): Promise<StoredEvent[]> {
  if (access.kind !== 'left') return currentStateEvents(db, roomId, selection)
  return stateAt(db, roomId, access.until.position, selection)
}

/** Reads a `membership` or `not_membership` parameter. @throws MatrixError 400 M_INVALID_PARAM */
export function parseMembership(value: string | undefined, parameter: string): Membership | undefined {
  if (value === undefined || isMembership(value)) return value
  throw new MatrixError('M_INVALID_PARAM', `Query parameter ${parameter} must be a membership`)
}
