import type { Reads } from '@glia/database'
import { type EventId, type RoomId, splitStateMapKey, stateMapKey } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { currentState, findEvents, type StateMap, type StateSelection, type StoredEvent } from '../timeline/index.ts'

/** One change of a room's current state. `eventId` undefined: the entry was removed; `previousEventId` undefined: there was none. */
export interface StateChange {
  readonly position: number
  readonly type: string
  readonly stateKey: string
  readonly eventId: EventId | undefined
  readonly previousEventId: EventId | undefined
}

/** Up to this many rooms in one statement. */
const ROOMS_AT_ONCE = 100

/** The changes after a position of each room, oldest first, also those newer than what the caller wants to tell. */
export async function stateChangesAfter(
  db: Reads<HomeserverSchema>,
  rooms: readonly { roomId: RoomId; after: number }[],
): Promise<Map<RoomId, StateChange[]>> {
  const changes = new Map<RoomId, StateChange[]>(rooms.map(({ roomId }) => [roomId, []]))
  for (let from = 0; from < rooms.length; from += ROOMS_AT_ONCE) {
    const rows = await db
      .selectFrom('state_changes')
      .selectAll()
      .where((eb) =>
        eb.or(
          rooms
            .slice(from, from + ROOMS_AT_ONCE)
            .map(({ roomId, after }) => eb.and([eb('room_id', '=', roomId), eb('position', '>', after)])),
        ),
      )
      .orderBy('position')
      .execute()
    for (const row of rows) {
      changes.get(row.room_id as RoomId)!.push({
        position: row.position,
        type: row.type,
        stateKey: row.state_key,
        eventId: (row.event_id as EventId | null) ?? undefined,
        previousEventId: (row.previous_event_id as EventId | null) ?? undefined,
      })
    }
  }
  return changes
}

/**
 * Takes changes back, in place: `state` becomes what it was before the oldest of them.
 * The state must have been read before the changes were, so that it holds none that is not among them.
 * @param changes oldest first. @param isWanted which entries the state holds
 */
export function undoChanges(
  state: StateMap,
  changes: readonly StateChange[],
  isWanted: (change: StateChange) => boolean = () => true,
): void {
  for (const change of changes.toReversed()) {
    if (!isWanted(change)) continue
    const key = stateMapKey(change.type, change.stateKey)
    if (change.previousEventId === undefined) state.delete(key)
    else state.set(key, change.previousEventId)
  }
}

/** The room's state as it was at a position, the changes of that position included. Cheap for positions of late. */
export async function stateAt(
  db: Reads<HomeserverSchema>,
  roomId: RoomId,
  position: number,
  selection?: StateSelection,
): Promise<StoredEvent[]> {
  const state = await currentState(db, roomId, selection)
  const changes = await stateChangesAfter(db, [{ roomId, after: position }])
  undoChanges(state, changes.get(roomId)!, (change) => isSelected(selection, change.type, change.stateKey))
  const events = await findEvents(db, state.values())
  return [...state.values()].flatMap((eventId) => events.get(eventId) ?? [])
}

function isSelected(selection: StateSelection | undefined, type: string, stateKey: string): boolean {
  if (selection === undefined) return true
  return (
    (selection.tuples?.some(([wantedType, key]) => wantedType === type && key === stateKey) ?? false) ||
    (selection.types?.includes(type) ?? false) ||
    (selection.allExcept !== undefined && !selection.allExcept.includes(type))
  )
}

/** `[type, stateKey]` of each entry with its event. */
export function entriesOf(state: StateMap): { type: string; stateKey: string; eventId: EventId }[] {
  return [...state].map(([key, eventId]) => {
    const [type, stateKey] = splitStateMapKey(key)
    return { type, stateKey, eventId }
  })
}
