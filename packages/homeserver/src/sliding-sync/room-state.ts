import type { Reads } from '@glia/database'
import { type EventId, eventTypes, type RoomId, splitStateMapKey, stateMapKey } from '@glia/protocol'
import { type StateChange, stateChangesAfter, undoChanges } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { currentMembers, currentStateOfRooms, type Timeline } from '../sync/index.ts'
import { findEvents, type StateMap, type StoredEvent } from '../timeline/index.ts'
import { isLazy, isRequired, namedMembers, type RequiredState, wantsAllMembers } from './required-state.ts'
import type { SlidingPlan } from './room-plans.ts'
import type { SlidingLook } from './sliding-look.ts'

export interface TimedPlan extends SlidingPlan {
  /** undefined: none is wanted. */
  readonly timeline: Timeline | undefined
}

export interface SlidingState {
  /** `required_state`. */
  readonly events: readonly StoredEvent[]
  /** What changed since the client was told. */
  readonly changes: readonly StateChange[]
  /** For rooms that the client is told afresh: the events that name them, as of then. */
  readonly name: StoredEvent | undefined
  readonly avatar: StoredEvent | undefined
}

const NAME = stateMapKey(eventTypes.name, '')
const AVATAR = stateMapKey(eventTypes.avatar, '')

/** The state that goes with each room, a few statements for all of them. */
export async function loadRequiredState(
  db: Reads<HomeserverSchema>,
  look: SlidingLook,
  plans: readonly TimedPlan[],
): Promise<Map<RoomId, SlidingState>> {
  const shown = plans.filter(({ stateUpTo }) => stateUpTo !== undefined)
  // before the changes are read: those are then all that the state may be ahead of what is told
  const current = await loadCurrent(db, look, shown)
  const log = await stateChangesAfter(
    db,
    shown.map(({ room, memory, from, stateUpTo }) => ({ roomId: room.roomId, after: memory ? from : stateUpTo! })),
  )
  const chosen = new Map<RoomId, { state: StateMap; whole: StateMap; changes: StateChange[] }>()
  for (const plan of plans) {
    const { roomId, memberEventId } = plan.room
    const { stateUpTo } = plan
    const own = new Map([[stateMapKey(eventTypes.member, look.userId), memberEventId]])
    const whole: StateMap = stateUpTo === undefined ? own : (current.get(roomId) ?? new Map())
    const logged = stateUpTo === undefined ? [] : log.get(roomId)!
    undoChanges(
      whole,
      logged.filter(({ position }) => position > stateUpTo!),
      (change) => isLoaded(look, plan, change),
    )
    const changes = logged.filter(({ position }) => position <= stateUpTo!)
    chosen.set(roomId, { state: chooseState(look, plan, whole, changes), whole, changes })
  }
  const wanted = [...chosen.values()].flatMap(({ state, whole }) => [...state.values(), whole.get(NAME), whole.get(AVATAR)])
  const events = await findEvents(
    db,
    wanted.filter((id) => id !== undefined),
  )
  const eventOf = (id: EventId | undefined) => (id === undefined ? undefined : events.get(id))
  return new Map(
    [...chosen].map(([roomId, { state, whole, changes }]) => [
      roomId,
      {
        events: [...state.values()].flatMap((id) => events.get(id) ?? []),
        changes,
        name: eventOf(whole.get(NAME)),
        avatar: eventOf(whole.get(AVATAR)),
      },
    ]),
  )
}

/** Of rooms told afresh or with more state than before: everything but members, who are loaded only as far as they are wanted. */
async function loadCurrent(db: Reads<HomeserverSchema>, look: SlidingLook, plans: readonly TimedPlan[]): Promise<Map<RoomId, StateMap>> {
  const states = new Map<RoomId, StateMap>()
  for (const withMembers of [true, false]) {
    const part = plans.filter((plan) => isWhole(plan) && wantsAllMembers(plan.config.requiredState) === withMembers)
    const roomIds = part.map(({ room }) => room.roomId)
    for (const [roomId, state] of await currentStateOfRooms(db, roomIds, { withMembers })) states.set(roomId, state)
  }
  const wanted = plans.flatMap((plan) => neededMembers(look, plan).map((userId) => ({ roomId: plan.room.roomId, userId })))
  for (const [roomId, members] of await currentMembers(db, wanted)) {
    const state = states.get(roomId) ?? new Map<string, EventId>()
    states.set(roomId, state)
    for (const { userId, eventId } of members) state.set(stateMapKey(eventTypes.member, userId), eventId)
  }
  return states
}

function isWhole({ memory, isGrown }: SlidingPlan): boolean {
  return memory === undefined || isGrown
}

/** Members whose events are looked at, unless all are. */
function neededMembers(look: SlidingLook, plan: TimedPlan): string[] {
  const { requiredState } = plan.config
  if (wantsAllMembers(requiredState) && isWhole(plan)) return []
  const named = isWhole(plan) ? namedMembers(requiredState, look.userId) : []
  return [...new Set([...named, ...(isLazy(requiredState) ? timelineMembers(plan) : [])])]
}

/** Who is needed to show the timeline: senders, and whom its member events are about. */
function timelineMembers({ timeline }: TimedPlan): string[] {
  const events = timeline?.events ?? []
  return events.flatMap(({ sender, type, stateKey }) =>
    type === eventTypes.member && stateKey !== undefined ? [sender as string, stateKey] : [sender],
  )
}

/** Whether the entry is among what was loaded, or would be if it were there now. */
function isLoaded(look: SlidingLook, plan: TimedPlan, { type, stateKey }: StateChange): boolean {
  if (type !== eventTypes.member) return isWhole(plan)
  return (isWhole(plan) && wantsAllMembers(plan.config.requiredState)) || neededMembers(look, plan).includes(stateKey)
}

function chooseState(look: SlidingLook, plan: TimedPlan, whole: StateMap, changes: readonly StateChange[]): StateMap {
  const { requiredState } = plan.config
  const known: RequiredState = plan.memory ? look.draft.requiredState(plan.memory.requiredState) : []
  const chosen: StateMap = new Map()
  if (isWhole(plan) || plan.stateUpTo === undefined) {
    for (const [key, eventId] of whole) {
      const [type, stateKey] = splitStateMapKey(key)
      const isNew = plan.memory === undefined || plan.stateUpTo === undefined || !isRequired(known, type, stateKey, look.userId)
      if (isNew && isRequired(requiredState, type, stateKey, look.userId)) chosen.set(key, eventId)
    }
  }
  const lazy = isLazy(requiredState)
  const gap = plan.timeline?.limited ?? true
  for (const { type, stateKey, eventId } of plan.memory ? changes : []) {
    const key = stateMapKey(type, stateKey)
    const isLazyMember = lazy && type === eventTypes.member && (!gap || look.draft.sentMember(plan.room.roomId, stateKey) !== undefined)
    if (!isLazyMember && !isRequired(requiredState, type, stateKey, look.userId)) continue
    if (eventId === undefined) chosen.delete(key)
    else chosen.set(key, eventId)
  }
  for (const userId of lazy ? timelineMembers(plan) : []) {
    const key = stateMapKey(eventTypes.member, userId)
    const eventId = whole.get(key)
    const sent = plan.memory ? look.draft.sentMember(plan.room.roomId, userId) : undefined
    if (eventId !== undefined && sent !== eventId) chosen.set(key, eventId)
  }
  // the stay may have ended before the last membership: removed, then banned
  const own = stateMapKey(eventTypes.member, look.userId)
  if (plan.room.membership !== 'join' && chosen.has(own)) chosen.set(own, plan.room.memberEventId)
  return chosen
}
