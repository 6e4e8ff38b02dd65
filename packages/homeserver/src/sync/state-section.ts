import type { Reads } from '@glia/database'
import { type EventFilter, type EventId, eventTypes, type RoomId, stateMapKey } from '@glia/protocol'
import type { Changes } from '../changes/index.ts'
import { matchesStoredEvent, type StateChange, stateChangesAfter, undoChanges } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { findEvents, type StateMap, type StoredEvent } from '../timeline/index.ts'
import { currentMembers, currentStateOfRooms, type RoomMember } from './current-state.ts'
import type { LazyMembers } from './lazy-members.ts'
import { isMemberEvent, type PlannedRoom, timelineStart } from './room-plan.ts'

export interface StateOptions {
  readonly db: Reads<HomeserverSchema>
  readonly filter: EventFilter
  /** Tell the state at the end of the timeline instead of at its start. */
  readonly atEnd: boolean
  readonly userId: string
  /** Names the device for lazy loading. */
  readonly device: string
  readonly lazyMembers: LazyMembers
  /** Position of the client's token; 0 on an initial sync. */
  readonly since: number
  readonly now: number
  readonly changes: Changes
  /** By room: members who are needed beside the senders, such as heroes. */
  readonly neededMembers: ReadonlyMap<RoomId, readonly string[]>
}

/**
 * The state of each room that goes with its timeline (Client-Server API, "Syncing"): what changed since the token and before the timeline
 * (or in all of the window), or the whole state where the client knows nothing. A few statements for all rooms.
 */
export async function loadStateSections(
  planned: readonly PlannedRoom[],
  options: StateOptions,
): Promise<Map<RoomId, readonly StoredEvent[]>> {
  const { db } = options
  const rooms = planned.filter(({ hidesState }) => !hidesState)
  const whole = rooms.filter(({ isWhole }) => isWhole)
  const lazy = options.filter.lazyLoadMembers
  // before the changes are read: those are then all that the state may be ahead of the timeline
  const current = await currentStateOfRooms(
    db,
    whole.map(({ window }) => window.roomId),
    { withMembers: !lazy },
  )
  const members = lazy ? await missingMembers(rooms, options) : new Map<RoomId, { userId: string; eventId: EventId }[]>()
  const log = await stateChangesAfter(
    db,
    rooms
      .filter(({ isWhole, window: { roomId } }) => isWhole || members.has(roomId) || options.changes.ofRoom(roomId, 'state', 'member'))
      .map((room) => ({ roomId: room.window.roomId, after: room.isWhole ? timelineStart(room) - 1 : room.window.after })),
  )
  const chosen = new Map<RoomId, StateMap>()
  for (const room of rooms) {
    const { roomId, upTo } = room.window
    const logged = log.get(roomId) ?? []
    const inWindow = logged.filter(({ position }) => position <= upTo)
    const state = room.isWhole ? (current.get(roomId) ?? new Map()) : new Map<string, EventId>()
    const own = members.get(roomId) ?? []
    for (const { userId, eventId } of own) state.set(stateMapKey(eventTypes.member, userId), eventId)
    bringToTimeline(state, room, { logged, inWindow }, { atEnd: options.atEnd, lazy })
    chosen.set(roomId, state)
  }
  const events = await findEvents(
    db,
    [...chosen.values()].flatMap((state) => [...state.values()]),
  )
  const sections = new Map<RoomId, readonly StoredEvent[]>()
  for (const room of rooms) {
    const { roomId } = room.window
    const list = [...chosen.get(roomId)!.values()].flatMap((eventId) => events.get(eventId) ?? [])
    sections.set(roomId, chooseEvents(list, room, options))
  }
  return sections
}

/**
 * Turns what is current now into what is to be told.
 * @param state in: current entries (of all, or of some members only). out: the entries to tell
 * @param changes.logged since the window's start (or the timeline's, for whole rooms), also those beyond the window
 */
function bringToTimeline(
  state: StateMap,
  room: PlannedRoom,
  changes: { logged: readonly StateChange[]; inWindow: readonly StateChange[] },
  options: { atEnd: boolean; lazy: boolean },
): void {
  const start = timelineStart(room)
  const inTimeline = new Set(room.timeline.events.map(({ eventId }) => eventId))
  const isAskedFor = ({ type, stateKey }: StateChange) =>
    state.has(stateMapKey(type, stateKey)) || (room.isWhole && !(options.lazy && type === eventTypes.member))
  const beyond = changes.logged.filter(({ position }) => position > room.window.upTo)
  undoChanges(state, beyond, isAskedFor)
  const byKey = Map.groupBy(changes.inWindow, ({ type, stateKey }) => stateMapKey(type, stateKey))
  for (const [key, own] of byKey) {
    const last = own.at(-1)!.eventId
    const asked = isAskedFor(own[0]!)
    const told = options.atEnd || last === undefined || !inTimeline.has(last) ? last : stateBefore(own, start, asked)
    if (told === undefined) state.delete(key)
    else if (asked || !room.isWhole) state.set(key, told)
  }
}

/**
 * The entry as it was at the start of the timeline. What the client had before is left out, unless the entry was asked for by name (lazy
 * loading) or with all others.
 */
function stateBefore(changes: readonly StateChange[], start: number, isAskedFor: boolean): EventId | undefined {
  const before = changes.filter(({ position }) => position < start).at(-1)
  if (before) return before.eventId
  return isAskedFor ? changes[0]!.previousEventId : undefined
}

/** The current member events that lazy loading asks for, without those that the device has. */
async function missingMembers(
  rooms: readonly PlannedRoom[],
  options: StateOptions,
): Promise<Map<RoomId, { userId: string; eventId: EventId }[]>> {
  const { db, filter, device, lazyMembers, since } = options
  const members = await currentMembers(
    db,
    rooms.flatMap((room) => lazyMembersOf(room, options)),
  )
  for (const { isWhole, window } of rooms) {
    const own = members.get(window.roomId)
    if (!own || isWhole || filter.includeRedundantMembers) continue
    const missing = own.filter(({ userId, eventId }) => !lazyMembers.has(device, window.roomId, userId, eventId, since))
    if (missing.length > 0) members.set(window.roomId, missing)
    else members.delete(window.roomId)
  }
  return members
}

/** Members that lazy loading asks for: the senders in the timeline, oneself in a whole room, heroes. */
function lazyMembersOf(room: PlannedRoom, options: StateOptions): RoomMember[] {
  const { roomId } = room.window
  const senders = room.timeline.events.map(({ sender }) => sender as string)
  const users = new Set([...senders, ...(options.neededMembers.get(roomId) ?? []), ...(room.isWhole ? [options.userId] : [])])
  return [...users].map((userId) => ({ roomId, userId }))
}

function chooseEvents(events: readonly StoredEvent[], room: PlannedRoom, options: StateOptions): StoredEvent[] {
  const { filter, lazyMembers, device, since, now } = options
  const { roomId } = room.window
  const chosen = events.filter((event) => {
    if (!matchesStoredEvent(filter, event)) return false
    if (!filter.lazyLoadMembers || filter.includeRedundantMembers || !isMemberEvent(event) || room.isWhole) return true
    return event.position > room.window.after || !lazyMembers.has(device, roomId, event.stateKey!, event.eventId, since)
  })
  if (filter.lazyLoadMembers) {
    for (const event of [...chosen, ...room.timeline.events]) {
      if (isMemberEvent(event)) lazyMembers.add(device, roomId, event.stateKey!, event.eventId, now)
    }
  }
  return chosen
}
