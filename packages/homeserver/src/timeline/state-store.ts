import type { Reads } from '@glia/database'
import { type EventId, type RoomId, type StateTuple, stateMapKey } from '@glia/protocol'
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import { type StoredEvent, storedEventOf } from './event-store.ts'

/** Which entries of a state are wanted: all that one of the parts names. */
export interface StateSelection {
  /** These entries. */
  readonly tuples?: readonly StateTuple[]
  /** Every entry of these types. */
  readonly types?: readonly string[]
  /** Every entry of other types. */
  readonly allExcept?: readonly string[]
}

/** `stateMapKey(type, stateKey)` → event id */
export type StateMap = Map<string, EventId>

/**
 * The state that a group stands for. Group 0 is the empty state.
 * @param groupId an event's `stateBefore` or `stateAfter`
 */
export async function stateOfGroup(db: Reads<HomeserverSchema>, groupId: number, selection?: StateSelection): Promise<StateMap> {
  if (groupId === 0 || isEmpty(selection)) return new Map()
  const rows = await db
    .withRecursive('chain(id, previous_id)', (cte) =>
      cte
        .selectFrom('state_groups')
        .select(['id', 'previous_id'])
        .where('id', '=', groupId)
        .unionAll(
          cte
            .selectFrom('state_groups')
            .innerJoin('chain', 'chain.previous_id', 'state_groups.id')
            .select(['state_groups.id', 'state_groups.previous_id']),
        ),
    )
    .selectFrom('chain')
    .innerJoin('state_group_entries', 'state_group_entries.group_id', 'chain.id')
    .select(['type', 'state_key', 'event_id'])
    .$if(selection !== undefined, (query) => query.where((eb) => selected(eb as unknown as EntryExpressions, selection!)))
    // a group is always newer than the one it builds on: later entries win
    .orderBy('chain.id')
    .execute()
  return stateMapOf(rows)
}

/** The room's state now. */
export async function currentState(db: Reads<HomeserverSchema>, roomId: RoomId, selection?: StateSelection): Promise<StateMap> {
  if (isEmpty(selection)) return new Map()
  const rows = await db
    .selectFrom('current_state')
    .select(['type', 'state_key', 'event_id'])
    .where('room_id', '=', roomId)
    .$if(selection !== undefined, (query) => query.where((eb) => selected(eb as unknown as EntryExpressions, selection!)))
    .execute()
  return stateMapOf(rows)
}

/** The room's state now, as whole events. */
export async function currentStateEvents(db: Reads<HomeserverSchema>, roomId: RoomId, selection?: StateSelection): Promise<StoredEvent[]> {
  if (isEmpty(selection)) return []
  const rows = await db
    .selectFrom('current_state')
    .innerJoin('events', 'events.event_id', 'current_state.event_id')
    .selectAll('events')
    .where('current_state.room_id', '=', roomId)
    .$if(selection !== undefined, (query) => query.where((eb) => selected(eb as unknown as EntryExpressions, selection!, 'current_state.')))
    .execute()
  return rows.map(storedEventOf)
}

export async function currentStateEvent(
  db: Reads<HomeserverSchema>,
  roomId: RoomId,
  type: string,
  stateKey: string,
): Promise<StoredEvent | undefined> {
  const [event] = await currentStateEvents(db, roomId, { tuples: [[type, stateKey]] })
  return event
}

type EntryExpressions = ExpressionBuilder<HomeserverSchema, 'current_state'>

/** One condition for each type, so that no expression grows deep with the number of state keys. */
function selected(
  eb: EntryExpressions,
  selection: StateSelection,
  table: '' | 'current_state.' = '',
): ExpressionWrapper<HomeserverSchema, 'current_state', SqlBool> {
  const type = `${table}type` as 'type'
  const stateKey = `${table}state_key` as 'state_key'
  const keysByType = new Map<string, string[]>()
  for (const [tupleType, key] of selection.tuples ?? []) {
    const keys = keysByType.get(tupleType)
    if (keys) keys.push(key)
    else keysByType.set(tupleType, [key])
  }
  const conditions = [...keysByType].map(([tupleType, keys]) => eb.and([eb(type, '=', tupleType), eb(stateKey, 'in', keys)]))
  if (selection.types?.length) conditions.push(eb.and([eb(type, 'in', selection.types)]))
  if (selection.allExcept?.length) conditions.push(eb.and([eb(type, 'not in', selection.allExcept)]))
  else if (selection.allExcept) conditions.push(eb.and([]))
  return eb.or(conditions)
}

function isEmpty(selection: StateSelection | undefined): boolean {
  return selection !== undefined && !selection.tuples?.length && !selection.types?.length && !selection.allExcept
}

function stateMapOf(rows: readonly { type: string; state_key: string; event_id: string }[]): StateMap {
  const state: StateMap = new Map()
  for (const { type, state_key, event_id } of rows) state.set(stateMapKey(type, state_key), event_id as EventId)
  return state
}
