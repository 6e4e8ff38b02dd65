import type { EventId } from '../ids.ts'
import { powerLevelsEventOf } from './auth-event-lookup.ts'
import type { LoadEvent, StateEvent } from './types.ts'

/**
 * Mainline ordering: events that were sent under older power levels first, then the earlier, then those with the smaller id.
 * @param powerLevelsId the power levels whose history is the mainline.
 */
export function sortByMainline(eventIds: Iterable<EventId>, powerLevelsId: EventId | undefined, loadEvent: LoadEvent): StateEvent[] {
  const mainline = mainlineOf(powerLevelsId, loadEvent)
  const known = [...eventIds].map(loadEvent).filter((event) => event !== undefined)
  return known
    .map((event) => ({ event, position: mainlinePosition(event, mainline, loadEvent) }))
    .sort((a, b) => {
      if (a.position !== b.position) return a.position > b.position ? -1 : 1
      if (a.event.originServerTs !== b.event.originServerTs) return a.event.originServerTs - b.event.originServerTs
      return a.event.eventId < b.event.eventId ? -1 : 1
    })
    .map(({ event }) => event)
}

/** Position of each event of the mainline; 0 is the newest. */
function mainlineOf(powerLevelsId: EventId | undefined, loadEvent: LoadEvent): Map<EventId, number> {
  const mainline = new Map<EventId, number>()
  let event = powerLevelsId === undefined ? undefined : loadEvent(powerLevelsId)
  while (event !== undefined && !mainline.has(event.eventId)) {
    mainline.set(event.eventId, mainline.size)
    event = powerLevelsEventOf(event, loadEvent)
  }
  return mainline
}

/** Position of the first of the event's power levels, their power levels, and so on that is on the mainline; infinite when none is. */
function mainlinePosition(event: StateEvent, mainline: ReadonlyMap<EventId, number>, loadEvent: LoadEvent): number {
  const seen = new Set<EventId>()
  let powerLevels = powerLevelsEventOf(event, loadEvent)
  while (powerLevels !== undefined && !seen.has(powerLevels.eventId)) {
    const position = mainline.get(powerLevels.eventId)
    if (position !== undefined) return position
    seen.add(powerLevels.eventId)
    powerLevels = powerLevelsEventOf(powerLevels, loadEvent)
  }
  return Number.POSITIVE_INFINITY
}
