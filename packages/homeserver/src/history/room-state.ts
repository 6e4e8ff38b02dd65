import { MatrixError } from '@glia/contract'
import { type ClientEvent, eventTypes, membershipOf, type RoomId, type UserId } from '@glia/protocol'
import { currentStateEvents, findEvent, type StoredEvent } from '../timeline/index.ts'
import { toClientEvents } from './client-events.ts'
import { type HistoryDeps, type HistoryReader, keepVisible, openRoom, type Reading, viewOf } from './history-deps.ts'
import { newestReadable, parseMembership, roomAccess, stateFor } from './room-access.ts'
import { stateAt } from './state-at.ts'
import { parseTimelineToken } from './tokens.ts'

/** One event. @throws MatrixError 404 M_NOT_FOUND: unknown, or the reader may not see it */
export async function readEvent(deps: HistoryDeps, reader: HistoryReader, roomId: RoomId, eventId: string): Promise<ClientEvent> {
  const { reading, event } = await readStoredEvent(deps, reader, roomId, eventId)
  const { memberships } = await keepVisible(deps, reading, [event])
  const [written] = await toClientEvents(deps.database.read, [event], viewOf(deps, reading, memberships))
  return written!
}

/** As {@link readEvent}, for further use. */
export async function readStoredEvent(
  deps: HistoryDeps,
  reader: HistoryReader,
  roomId: RoomId,
  eventId: string,
): Promise<{ reading: Reading; event: StoredEvent }> {
  const notFound = new MatrixError('M_NOT_FOUND', 'Event not found.')
  const event = await findEvent(deps.database.read, eventId)
  if (event?.roomId !== roomId) throw notFound
  const reading = await openRoom(deps, roomId, reader).catch((error: unknown) => {
    throw error instanceof MatrixError && error.errcode === 'M_FORBIDDEN' ? notFound : error
  })
  const { events } = await keepVisible(deps, reading, [event])
  if (events.length === 0) throw notFound
  return { reading, event }
}

/** The room's state; as of leaving for those who left. @throws MatrixError 403 M_FORBIDDEN */
export async function readState(deps: HistoryDeps, reader: HistoryReader, roomId: RoomId): Promise<ClientEvent[]> {
  const reading = await openRoom(deps, roomId, reader)
  return writeState(deps, reading, await stateFor(deps.database.read, roomId, reading.access))
}

/** One entry of the state. @throws MatrixError 403 M_FORBIDDEN, 404 M_NOT_FOUND */
export async function readStateEvent(
  deps: HistoryDeps,
  reader: HistoryReader,
  roomId: RoomId,
  type: string,
  stateKey: string,
): Promise<ClientEvent> {
  const reading = await openRoom(deps, roomId, reader)
  const events = await stateFor(deps.database.read, roomId, reading.access, { tuples: [[type, stateKey]] })
  const [event] = await writeState(deps, reading, events)
  if (!event) throw new MatrixError('M_NOT_FOUND', 'Event not found.')
  return event
}

function writeState(deps: HistoryDeps, reading: Reading, events: readonly StoredEvent[]): Promise<ClientEvent[]> {
  return toClientEvents(deps.database.read, events, { ...viewOf(deps, reading), bundles: false })
}

/** The member events of a room. @throws MatrixError 403 M_FORBIDDEN, 400 M_INVALID_PARAM */
export async function readMembers(
  deps: HistoryDeps,
  reader: HistoryReader,
  roomId: RoomId,
  query: { at: string | undefined; membership: string | undefined; notMembership: string | undefined },
): Promise<ClientEvent[]> {
  const at = query.at === undefined ? undefined : parseTimelineToken(query.at, 'at').position
  const membership = parseMembership(query.membership, 'membership')
  const notMembership = parseMembership(query.notMembership, 'not_membership')
  const reading = await openRoom(deps, roomId, reader)
  const selection = { types: [eventTypes.member] }
  const newest = Math.min(at ?? Number.MAX_SAFE_INTEGER, newestReadable(reading.access) ?? Number.MAX_SAFE_INTEGER)
  const members =
    newest === Number.MAX_SAFE_INTEGER
      ? await currentStateEvents(deps.database.read, roomId, selection)
      : await stateAt(deps.database.read, roomId, newest, selection)
  const wanted = members.filter((event) => {
    const value = membershipOf(event)
    return (membership === undefined || value === membership) && (notMembership === undefined || value !== notMembership)
  })
  return writeState(deps, reading, wanted)
}

export interface JoinedMember {
  readonly userId: UserId
  readonly displayName: string | null
  readonly avatarUrl: string | null
}

/** Who is in the room now. @throws MatrixError 403 M_FORBIDDEN for all but members */
export async function readJoinedMembers(deps: HistoryDeps, reader: HistoryReader, roomId: RoomId): Promise<JoinedMember[]> {
  const access = reader.seesEverything ? { kind: 'everything' } : await roomAccess(deps.database.read, roomId, reader.userId)
  if (access.kind === 'left') {
    throw new MatrixError('M_FORBIDDEN', 'Getting joined members while not being a current member of the room is forbidden.')
  }
  const rows = await deps.database.read
    .selectFrom('memberships')
    .select(['user_id', 'display_name', 'avatar_url'])
    .where('room_id', '=', roomId)
    .where('membership', '=', 'join')
    .execute()
  return rows.map((row) => ({ userId: row.user_id as UserId, displayName: row.display_name, avatarUrl: row.avatar_url }))
}
