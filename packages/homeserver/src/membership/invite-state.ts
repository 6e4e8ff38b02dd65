import type { Reads } from '@glia/database'
import {
  type EventId,
  eventTypes,
  type RoomId,
  type StateTuple,
  type StrippedStateEvent,
  stateMapKey,
  strippedStateTypes,
  stripStateEvent,
} from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { findEvent, findEvents, stateOfGroup } from '../timeline/index.ts'

/**
 * What an invited or knocking user is told of the room (`invite_state`, `knock_state`): its name and the like as they were then, and the
 * inviter's member event, but not the event itself. Empty where the event is not a member event of the room.
 */
export async function inviteState(db: Reads<HomeserverSchema>, roomId: RoomId, eventId: EventId): Promise<StrippedStateEvent[]> {
  const event = await findEvent(db, eventId)
  if (!event || event.roomId !== roomId || event.type !== eventTypes.member) return []
  const tuples: StateTuple[] = strippedStateTypes.map((type) => [type, ''])
  if (event.sender !== event.stateKey) tuples.push([eventTypes.member, event.sender])
  const state = await stateOfGroup(db, event.stateBefore, { tuples })
  const events = await findEvents(db, state.values())
  return tuples.flatMap(([type, stateKey]) => {
    const found = events.get(state.get(stateMapKey(type, stateKey))!)
    return found?.stateKey === undefined ? [] : [stripStateEvent({ ...found, stateKey: found.stateKey })]
  })
}
