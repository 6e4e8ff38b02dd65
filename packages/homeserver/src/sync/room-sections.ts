import { type EventId, effectiveLimit, eventTypes, type JsonObject, pickEventFields, type RoomId } from '@glia/protocol'
import { type ClientView, toClientEvents } from '../history/index.ts'
import type { StoredEvent } from '../timeline/index.ts'
import type { LazyMembers } from './lazy-members.ts'
import type { PlannedRoom, RoomPlan } from './room-plan.ts'
import { loadStateSections } from './state-section.ts'
import { loadSummaries, type RoomSummary, summaryToWire } from './summary.ts'
import type { SyncDeps } from './sync-deps.ts'
import type { SyncLook } from './sync-request.ts'
import { loadTimelines, type Timeline } from './timelines.ts'

/** A room with what joined and left rooms have in common on the wire: timeline, state, summary. */
export interface RoomSection {
  readonly plan: RoomPlan
  readonly timeline: Timeline
  readonly state: readonly StoredEvent[]
  readonly wire: JsonObject
}

/** Loads timelines and state of rooms, a few statements for all of them. */
export class RoomSections {
  readonly #deps: SyncDeps
  readonly #look: SyncLook
  readonly #lazyMembers: LazyMembers

  constructor(deps: SyncDeps, look: SyncLook, lazyMembers: LazyMembers) {
    this.#deps = deps
    this.#look = look
    this.#lazyMembers = lazyMembers
  }

  async load(plans: readonly RoomPlan[]): Promise<RoomSection[]> {
    if (plans.length === 0) return []
    const look = this.#look
    const db = this.#deps.database.read
    const filter = look.filter.room.timeline
    const timelines = await loadTimelines(
      plans.map(({ window }) => window),
      {
        db,
        views: this.#deps.views,
        reader: { userId: look.userId, ignoredUsers: look.ignoredUsers },
        filter,
        limit: effectiveLimit(filter),
      },
    )
    const planned = plans.map((plan) => ({ ...plan, timeline: timelines.get(plan.room.roomId)! }))
    const summaries = await this.#summaries(planned)
    const state = await loadStateSections(planned, {
      db,
      filter: look.filter.room.state,
      atEnd: look.stateAfterKey !== undefined,
      userId: look.userId,
      device: `${look.userId} ${look.deviceId ?? look.sessionId}`,
      lazyMembers: this.#lazyMembers,
      since: look.since?.position ?? 0,
      now: look.now,
      changes: look.changes,
      neededMembers: new Map([...summaries].map(([roomId, { heroes }]) => [roomId, (heroes ?? []).map(({ userId }) => userId)])),
    })
    const written = await this.#write(planned, state)
    return planned.map((plan): RoomSection => {
      const { roomId } = plan.room
      const summary = summaries.get(roomId)
      const wire = written.get(roomId)!
      return {
        plan,
        timeline: plan.timeline,
        state: state.get(roomId) ?? [],
        wire: { ...wire, summary: summary ? summaryToWire(summary) : {} },
      }
    })
  }

  /** Of the rooms in which members changed, as far as that can be told from what is loaded; and of all rooms told whole. */
  async #summaries(planned: readonly PlannedRoom[]): Promise<Map<RoomId, RoomSummary>> {
    const wanted = planned.filter(
      ({ isWhole, room, timeline }) =>
        room.membership === 'join' && (isWhole || timeline.limited || timeline.events.some(({ type }) => type === eventTypes.member)),
    )
    return loadSummaries(
      this.#deps.database.read,
      this.#look.userId,
      wanted.map(({ room }) => room),
    )
  }

  async #write(planned: readonly PlannedRoom[], state: ReadonlyMap<RoomId, readonly StoredEvent[]>): Promise<Map<RoomId, JsonObject>> {
    const look = this.#look
    const known = new Set(planned.map(({ timeline }) => timeline.memberships))
    const memberships = new Map([...known].flatMap((part) => [...part]))
    const view: ClientView = {
      userId: look.userId,
      sessionId: look.sessionId,
      ignoredUsers: look.ignoredUsers,
      nowMs: look.nowMs,
      place: 'sync',
      memberships,
      format: look.filter.eventFormat,
    }
    const timelineEvents = planned.flatMap(({ timeline }) => timeline.events)
    const stateEvents = planned.flatMap(({ room }) => state.get(room.roomId) ?? [])
    const timelines = await this.#writeEvents(timelineEvents, view)
    const states = await this.#writeEvents(stateEvents, { ...view, memberships: undefined, bundles: false })
    const rooms = new Map<RoomId, JsonObject>()
    for (const { room, timeline, isNewlyJoined } of planned) {
      const events = timeline.events.map(({ eventId }) => timelines.get(eventId)!)
      const entries = (state.get(room.roomId) ?? []).map(({ eventId }) => states.get(eventId)!)
      rooms.set(room.roomId, {
        timeline: { events, limited: timeline.limited || isNewlyJoined, prev_batch: timeline.prevBatch } as JsonObject,
        [look.stateAfterKey ?? 'state']: { events: entries } as JsonObject,
      })
    }
    return rooms
  }

  async #writeEvents(events: readonly StoredEvent[], view: ClientView): Promise<Map<EventId, object>> {
    const { eventFields } = this.#look.filter
    const written = await toClientEvents(this.#deps.database.read, events, view)
    return new Map(written.map((event) => [event.event_id, eventFields ? pickEventFields(event, eventFields) : event]))
  }
}
