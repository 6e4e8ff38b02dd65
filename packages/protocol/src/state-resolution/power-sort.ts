import { eventTypes } from '../event-types.ts'
import type { EventId } from '../ids.ts'
import { isForcedLeave } from '../membership.ts'
import { powerLevelsView } from '../power-levels.ts'
import type { RoomVersion } from '../room-versions.ts'
import { createEventOf, powerLevelsEventOf } from './auth-event-lookup.ts'
import type { LoadEvent, StateEvent } from './types.ts'

/** Events that can take power from others: levels, join rules, kicks, bans; Synapse counts the create event too. */
export function isPowerEvent(event: StateEvent): boolean {
  if (event.type === eventTypes.member) return isForcedLeave(event)
  return (
    event.stateKey === '' &&
    (event.type === eventTypes.powerLevels || event.type === eventTypes.joinRules || event.type === eventTypes.create)
  )
}

/** The power events of the set with those of their auth events, and theirs, that are in the set too. */
export function powerEventsWithAuthChain(fullConflictedSet: ReadonlySet<EventId>, loadEvent: LoadEvent): Set<EventId> {
  const found = new Set<EventId>()
  const pending = [...fullConflictedSet].filter((id) => {
    const event = loadEvent(id)
    return event !== undefined && isPowerEvent(event)
  })
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (found.has(id)) continue
    found.add(id)
    for (const authId of loadEvent(id)?.authEvents ?? []) if (fullConflictedSet.has(authId)) pending.push(authId)
  }
  return found
}

interface Candidate {
  event: StateEvent
  level: number
}

/**
 * Reverse topological power ordering: each event after its auth events in the set; among those that could come next, the one whose sender had the
 * higher level, then the earlier, then the one with the smaller id.
 */
export function sortByPower(eventIds: ReadonlySet<EventId>, loadEvent: LoadEvent, version: RoomVersion): StateEvent[] {
  const missing = new Map<EventId, number>()
  const dependants = new Map<EventId, StateEvent[]>()
  const ready: Candidate[] = []
  const add = (event: StateEvent) => insertSorted(ready, { event, level: senderLevel(event, loadEvent, version) })
  for (const id of eventIds) {
    const event = loadEvent(id)
    if (event === undefined) continue
    const inside = [...new Set(event.authEvents)].filter((authId) => eventIds.has(authId) && loadEvent(authId) !== undefined)
    for (const authId of inside) {
      const list = dependants.get(authId)
      if (list === undefined) dependants.set(authId, [event])
      else list.push(event)
    }
    missing.set(id, inside.length)
    if (inside.length === 0) add(event)
  }
  const sorted: StateEvent[] = []
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    sorted.push(next.event)
    for (const dependant of dependants.get(next.event.eventId) ?? []) {
      const left = missing.get(dependant.eventId)! - 1
      missing.set(dependant.eventId, left)
      if (left === 0) add(dependant)
    }
  }
  return sorted
}

/** The sender's level by the event's own auth events. */
function senderLevel(event: StateEvent, loadEvent: LoadEvent, version: RoomVersion): number {
  const createEvent = createEventOf(event, loadEvent, version)
  return powerLevelsView(powerLevelsEventOf(event, loadEvent)?.content, createEvent, version).of(event.sender)
}

/** Keeps the list in falling order, so that `pop` gives the event that comes next. */
function insertSorted(list: Candidate[], candidate: Candidate): void {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (comesBefore(candidate, list[middle]!)) low = middle + 1
    else high = middle
  }
  list.splice(low, 0, candidate)
}

function comesBefore(a: Candidate, b: Candidate): boolean {
  if (a.level !== b.level) return a.level > b.level
  if (a.event.originServerTs !== b.event.originServerTs) return a.event.originServerTs < b.event.originServerTs
  return a.event.eventId < b.event.eventId
}
