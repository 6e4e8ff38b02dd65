import type { Reads } from '@glia/database'
import { type EventId, eventTypes, type JsonObject, parseFilter, type RoomId } from '@glia/protocol'
import { type ClientView, toClientEvents } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type Hero, loadSummaries, loadTimelines, readStrippedState, type Timeline } from '../sync/index.ts'
import type { StoredEvent } from '../timeline/index.ts'
import { rememberRoom } from './remember-rooms.ts'
import type { SlidingPlan } from './room-plans.ts'
import { loadRequiredState, type SlidingState, type TimedPlan } from './room-state.ts'
import { outsideToWire, roomToWire } from './room-to-wire.ts'
import type { LookDeps, SlidingLook } from './sliding-look.ts'

export interface ToldRooms {
  /** `rooms` of the answer. */
  readonly wire: Record<string, JsonObject>
  /** The events that are told of each room. */
  readonly timelines: ReadonlyMap<RoomId, readonly StoredEvent[]>
}

const { timeline: NO_FILTER } = parseFilter({}).room

/**
 * Tells the rooms that have news, and notes it in the draft.
 * @param read rooms whose unread counts changed, which is news by itself
 */
export async function tellRooms(
  deps: LookDeps,
  look: SlidingLook,
  plans: readonly SlidingPlan[],
  read: ReadonlySet<RoomId>,
): Promise<ToldRooms> {
  const db = deps.database.read
  const inside = await loadPlanTimelines(
    deps,
    look,
    plans.filter(({ isOutside }) => !isOutside),
  )
  const states = await loadRequiredState(db, look, inside)
  const told = inside.filter((plan) => isTold(plan, states.get(plan.room.roomId)!) || read.has(plan.room.roomId))
  const joined = told.filter(({ room }) => room.membership === 'join')
  const counts = await deps.unread.count(
    look.userId,
    joined.map(({ room }) => room),
    look.now,
    look.ignoredUsers,
  )
  const heroes = await loadHeroes(db, look, joined, states)
  const written = await writeEvents(db, look, told, states)
  const wire: Record<string, JsonObject> = {}
  for (const plan of told) {
    const { roomId } = plan.room
    const state = states.get(roomId)!
    const { events, required } = written.get(roomId)!
    const unread = counts.get(roomId)?.main
    wire[roomId] = roomToWire(plan, { since: look.since, state, heroes: heroes.get(roomId), unread, events, required })
  }
  for (const plan of inside) rememberRoom(look, plan, states.get(plan.room.roomId)!)
  for (const plan of plans.filter(({ isOutside }) => isOutside)) {
    const stripped = await readStrippedState(db, plan.room)
    if (stripped) wire[plan.room.roomId] = outsideToWire(plan, stripped)
    rememberRoom(look, { ...plan, timeline: undefined }, undefined)
  }
  return { wire, timelines: new Map(told.map(({ room, timeline }) => [room.roomId, timeline?.events ?? []])) }
}

/** The timelines of the rooms, those with one limit together. */
async function loadPlanTimelines(deps: LookDeps, look: SlidingLook, plans: readonly SlidingPlan[]): Promise<TimedPlan[]> {
  const timelines = new Map<RoomId, Timeline>()
  for (const [limit, part] of Map.groupBy(plans, ({ config }) => config.timelineLimit)) {
    // who asks for no events, or whose room has none, needs no look
    const wanted = part.filter(({ window, room }) => limit > 0 && room.lastPosition > window.after)
    const loaded = await loadTimelines(
      wanted.map(({ window }) => window),
      {
        db: deps.database.read,
        views: deps.views,
        reader: { userId: look.userId, ignoredUsers: look.ignoredUsers },
        filter: NO_FILTER,
        limit,
      },
    )
    for (const [roomId, timeline] of loaded) timelines.set(roomId, timeline)
  }
  return plans.map((plan) => ({ ...plan, timeline: timelines.get(plan.room.roomId) }))
}

/** Events that the client may not see, or does not want to, are no news. */
function isTold(plan: TimedPlan, state: SlidingState): boolean {
  const { memory, isExpanded, isDm, timeline, bumpStamp, from } = plan
  if (memory === undefined || isExpanded || memory.isDm !== isDm) return true
  return (timeline?.events.length ?? 0) > 0 || state.events.length > 0 || state.changes.some(isSummary) || bumpStamp > from
}

/** Changes that fields of the room tell of, whatever state is wanted. */
function isSummary({ type, stateKey }: { type: string; stateKey: string }): boolean {
  return type === eventTypes.member || (stateKey === '' && (type === eventTypes.name || type === eventTypes.avatar))
}

/** Of the rooms without a name, where they are new to the client or who is in them changed. */
async function loadHeroes(
  db: Reads<HomeserverSchema>,
  look: SlidingLook,
  plans: readonly TimedPlan[],
  states: ReadonlyMap<RoomId, SlidingState>,
): Promise<Map<RoomId, readonly Hero[]>> {
  const wanted = plans.filter(({ room, memory }) => {
    if (room.name !== undefined) return false
    return memory === undefined || states.get(room.roomId)!.changes.some(isSummary)
  })
  const summaries = await loadSummaries(
    db,
    look.userId,
    // heroes stand in for the name, also where there is an alias
    wanted.map(({ room }) => ({ ...room, canonicalAlias: undefined })),
  )
  return new Map([...summaries].map(([roomId, { heroes }]) => [roomId, heroes ?? []]))
}

interface WrittenRoom {
  readonly events: JsonObject[]
  readonly required: JsonObject[]
}

async function writeEvents(
  db: Reads<HomeserverSchema>,
  look: SlidingLook,
  plans: readonly TimedPlan[],
  states: ReadonlyMap<RoomId, SlidingState>,
): Promise<Map<RoomId, WrittenRoom>> {
  const memberships = new Map(plans.flatMap(({ timeline }) => [...(timeline?.memberships ?? [])]))
  const view: ClientView = {
    userId: look.userId,
    sessionId: look.sessionId,
    ignoredUsers: look.ignoredUsers,
    nowMs: look.nowMs,
    place: 'sync',
    memberships,
  }
  const timelineEvents = plans.flatMap(({ timeline }) => timeline?.events ?? [])
  const stateEvents = plans.flatMap(({ room }) => states.get(room.roomId)!.events)
  const byId = (events: { event_id: EventId }[]) => new Map(events.map((event) => [event.event_id, event as unknown as JsonObject]))
  const timelines = byId(await toClientEvents(db, timelineEvents, view))
  const required = byId(await toClientEvents(db, stateEvents, { ...view, memberships: undefined, bundles: false }))
  return new Map(
    plans.map(({ room, timeline }) => [
      room.roomId,
      {
        events: (timeline?.events ?? []).map(({ eventId }) => timelines.get(eventId)!),
        required: states.get(room.roomId)!.events.map(({ eventId }) => required.get(eventId)!),
      },
    ]),
  )
}
