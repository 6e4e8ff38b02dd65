import type { EventId } from '../ids.ts'
import type { LoadEvent } from './types.ts'

/** Every event on a path along `auth_events` from one conflicted event to another, both ends included (room version 12, "Conflicted state subgraph"). */
export function conflictedSubgraph(conflicted: ReadonlySet<EventId>, loadEvent: LoadEvent): Set<EventId> {
  const leadsToConflicted = new Set<EventId>()
  for (const id of ancestorsFirst(conflicted, loadEvent)) {
    const authEvents = loadEvent(id)?.authEvents ?? []
    if (conflicted.has(id) || authEvents.some((authId) => leadsToConflicted.has(authId))) leadsToConflicted.add(id)
  }
  return leadsToConflicted
}

/** The events and their auth chains, each after all of its auth events. */
function ancestorsFirst(eventIds: Iterable<EventId>, loadEvent: LoadEvent): EventId[] {
  const order: EventId[] = []
  const seen = new Set<EventId>()
  const pending: { id: EventId; expanded: boolean }[] = [...eventIds].map((id) => ({ id, expanded: false }))
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    if (entry.expanded) {
      order.push(entry.id)
      continue
    }
    if (seen.has(entry.id)) continue
    seen.add(entry.id)
    pending.push({ id: entry.id, expanded: true })
    for (const id of loadEvent(entry.id)?.authEvents ?? []) if (!seen.has(id)) pending.push({ id, expanded: false })
  }
  return order
}
