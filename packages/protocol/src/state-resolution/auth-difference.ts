import type { EventId } from '../ids.ts'
import type { LoadEvent } from './types.ts'

/** All auth events of these events, their auth events, and so on; the events themselves only where another one names them. */
export function fullAuthChain(eventIds: Iterable<EventId>, loadEvent: LoadEvent): Set<EventId> {
  const chain = new Set<EventId>()
  const pending = [...eventIds]
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const authId of loadEvent(id)?.authEvents ?? []) {
      if (chain.has(authId)) continue
      chain.add(authId)
      pending.push(authId)
    }
  }
  return chain
}

/**
 * Events that some state set reaches and not all do. A set reaches its own events and their full auth chains: Synapse counts the events themselves,
 * the specification only their chains, and servers of one room must agree.
 */
export function authDifference(stateSets: readonly ReadonlyMap<string, EventId>[], loadEvent: LoadEvent): Set<EventId> {
  const reached = stateSets.map((state) => new Set([...state.values(), ...fullAuthChain(state.values(), loadEvent)]))
  const difference = new Set<EventId>()
  for (const set of reached) {
    for (const id of set) if (!difference.has(id) && !reached.every((other) => other.has(id))) difference.add(id)
  }
  return difference
}
