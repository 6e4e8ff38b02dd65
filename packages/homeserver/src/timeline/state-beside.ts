import type { Reads } from '@glia/database'
import { type AuthEvent, type StateTuple, stateMapKey } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { findEvents, type StoredEvent } from './event-store.ts'
import { stateOfGroup } from './state-store.ts'

/** The entries of the state after an event, as rules look at them: for what is to follow it and not the newest event. */
export async function stateAfterEvent(
  db: Reads<HomeserverSchema>,
  event: StoredEvent,
  tuples: readonly StateTuple[],
): Promise<ReadonlyMap<string, AuthEvent>> {
  const state = await stateOfGroup(db, event.stateAfter, { tuples })
  const found = await findEvents(db, state.values())
  return new Map(
    [...found.values()].map(({ eventId, type, stateKey = '', sender, content }) => [
      stateMapKey(type, stateKey),
      { eventId, type, stateKey, sender, content },
    ]),
  )
}
