import { eventTypes } from '../event-types.ts'
import { stateMapKey } from '../events.ts'
import type { EventId } from '../ids.ts'
import type { RoomVersion } from '../room-versions.ts'
import { authDifference } from './auth-difference.ts'
import { conflictedSubgraph } from './conflicted-subgraph.ts'
import { iterativeAuthCheck } from './iterative-auth-check.ts'
import { sortByMainline } from './mainline-sort.ts'
import { powerEventsWithAuthChain, sortByPower } from './power-sort.ts'
import { splitConflicted } from './split-conflicted.ts'
import type { LoadEvent, StateMap } from './types.ts'

/**
 * Merges the states of several branches of a room into one. The order of the sets does not matter.
 * Source: room version 2, "State resolution" (versions 6 to 11); room version 12 for version 2.1 of the algorithm.
 * @param stateSets the state after each branch: event ids by {@link stateMapKey}.
 * @param loadEvent must know every event of the sets and of their auth chains (version 12: the create event as well).
 */
export function resolveState(stateSets: readonly ReadonlyMap<string, EventId>[], loadEvent: LoadEvent, version: RoomVersion): StateMap {
  const { unconflicted, conflicted } = splitConflicted(stateSets)
  if (conflicted.size === 0) return unconflicted
  const isV21 = version.stateResolution === 'v2.1'
  const subgraph = isV21 ? conflictedSubgraph(conflicted, loadEvent) : []
  const fullConflictedSet = new Set([...conflicted, ...authDifference(stateSets, loadEvent), ...subgraph])
  // 1, 2 Events that decide about power, in an order that nobody can forge.
  const powerEvents = powerEventsWithAuthChain(fullConflictedSet, loadEvent)
  const base: StateMap = isV21 ? new Map() : unconflicted
  const withPower = iterativeAuthCheck(sortByPower(powerEvents, loadEvent, version), base, loadEvent, version)
  // 3, 4 The rest, by the power levels that came out.
  const others = [...fullConflictedSet].filter((id) => !powerEvents.has(id))
  const sorted = sortByMainline(others, withPower.get(stateMapKey(eventTypes.powerLevels, '')), loadEvent)
  const resolved = iterativeAuthCheck(sorted, withPower, loadEvent, version)
  // 5 What nobody disputed stays as it is.
  for (const [key, id] of unconflicted) resolved.set(key, id)
  return resolved
}
