import type { EventId } from '../ids.ts'
import type { StateMap } from './types.ts'

/** Splits state sets into what all of them agree on and the events that they disagree about (also by lacking one). */
export function splitConflicted(stateSets: readonly ReadonlyMap<string, EventId>[]): { unconflicted: StateMap; conflicted: Set<EventId> } {
  const unconflicted: StateMap = new Map()
  const conflicted = new Set<EventId>()
  const keys = new Set(stateSets.flatMap((state) => [...state.keys()]))
  for (const key of keys) {
    const ids = stateSets.map((state) => state.get(key))
    const [first] = ids
    if (first !== undefined && ids.every((id) => id === first)) unconflicted.set(key, first)
    else for (const id of ids) if (id !== undefined) conflicted.add(id)
  }
  return { unconflicted, conflicted }
}
