import type { Transaction } from '@glia/database'
import type { RoomId } from '@glia/protocol'
import { stateMapKey } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { PendingEvent } from './room-writer.ts'

/** A state event with its place. It opens the state group `position`. */
export interface StateChange {
  readonly position: number
  readonly type: string
  readonly stateKey: string
  readonly event: PendingEvent
  /** 0: the empty state. */
  readonly previousGroup: number
}

/** A group further than this from its snapshot becomes a snapshot itself; in large rooms a tenth of the state counts instead. */
const MAX_DELTAS = 100

/**
 * Brings the current state, its log and the state groups up to date.
 * @param before of the group in force before the changes, and how many entries the state has after them
 * @returns how far the newest group is from its snapshot
 */
export async function writeStateChanges(
  tx: Transaction<HomeserverSchema>,
  roomId: RoomId,
  changes: readonly StateChange[],
  before: { deltas: number; stateEvents: number },
): Promise<number> {
  const newest = changes.at(-1)
  if (!newest) return before.deltas
  const latest = new Map(changes.map((change) => [stateMapKey(change.type, change.stateKey), change]))
  await tx.db
    .insertInto('current_state')
    .values(
      [...latest.values()].map(({ type, stateKey, event }) => ({
        room_id: roomId,
        type,
        state_key: stateKey,
        event_id: event.built.eventId,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['room_id', 'type', 'state_key']).doUpdateSet((eb) => ({ event_id: eb.ref('excluded.event_id') })),
    )
    .execute()
  await tx.db
    .insertInto('state_changes')
    .values(
      changes.map(({ position, type, stateKey, event }) => ({
        position,
        room_id: roomId,
        type,
        state_key: stateKey,
        event_id: event.built.eventId,
        previous_event_id: event.replaced?.eventId ?? null,
      })),
    )
    .execute()
  return writeGroups(tx, roomId, changes, before)
}

async function writeGroups(
  tx: Transaction<HomeserverSchema>,
  roomId: RoomId,
  changes: readonly StateChange[],
  before: { deltas: number; stateEvents: number },
): Promise<number> {
  let deltas = before.deltas
  const groups = changes.map(({ position, previousGroup }) => {
    deltas = previousGroup === 0 ? 0 : deltas + 1
    return { id: position, room_id: roomId, previous_id: previousGroup === 0 ? null : previousGroup, deltas }
  })
  const newest = groups.at(-1)!
  const isSnapshot = deltas > Math.max(MAX_DELTAS, before.stateEvents / 10)
  if (isSnapshot) Object.assign(newest, { previous_id: null, deltas: 0 })
  await tx.db.insertInto('state_groups').values(groups).execute()
  const entries = changes.map(({ position, type, stateKey, event }) => ({
    group_id: position,
    type,
    state_key: stateKey,
    event_id: event.built.eventId,
  }))
  const single = isSnapshot ? entries.slice(0, -1) : entries
  if (single.length > 0) await tx.db.insertInto('state_group_entries').values(single).execute()
  if (isSnapshot) await copyCurrentState(tx, roomId, newest.id)
  return newest.deltas
}

/** The current state was brought up to date before: it is what the newest group stands for. */
async function copyCurrentState(tx: Transaction<HomeserverSchema>, roomId: RoomId, groupId: number): Promise<void> {
  await tx.db
    .insertInto('state_group_entries')
    .columns(['group_id', 'type', 'state_key', 'event_id'])
    .expression((eb) =>
      eb
        .selectFrom('current_state')
        .select((inner) => [inner.cast<number>(inner.val(groupId), 'bigint').as('group_id'), 'type', 'state_key', 'event_id'])
        .where('room_id', '=', roomId),
    )
    .execute()
}
