import type { Transaction } from '@glia/database'
import {
  type BuiltPdu,
  canonicalJson,
  eventTypes,
  type JsonObject,
  type PowerLevelsView,
  type RoomId,
  type RoomVersion,
  redactionTakesEffect,
  redactPdu,
  stateMapKey,
} from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { memberColumnsOf, redactsColumnOf, roomColumnsOf } from './derived-columns.ts'
import { findEvent, markRedacted, type StoredEvent } from './event-store.ts'
import type { EventObserver } from './room-writer.ts'

/**
 * Lets an `m.room.redaction` take effect on its target, if that is here, in the same room, and the sender may.
 * An event that is redacted already keeps its first redaction.
 * @returns the key of the state entry whose content changed, if one did
 */
export async function applyRedaction(
  tx: Transaction<HomeserverSchema>,
  redaction: BuiltPdu,
  roomId: RoomId,
  version: RoomVersion,
  { levels, observers }: { levels: PowerLevelsView | undefined; observers: readonly EventObserver[] },
): Promise<string | undefined> {
  const targetId = redactsColumnOf(redaction.pdu)
  if (targetId === null || levels === undefined) return undefined
  const target = await findEvent(tx.db, targetId)
  if (!target || target.roomId !== roomId || target.redactedBy !== undefined) return undefined
  if (!redactionTakesEffect(redaction.pdu.sender, target.sender, levels)) return undefined
  const redacted = redactPdu(target.pdu, version)
  await markRedacted(tx, targetId, { redactedBy: redaction.eventId, json: canonicalJson(redacted) })
  for (const observer of observers) await observer.contentRemoved(tx, roomId, target)
  return updateCurrentColumns(tx, target, redacted.content)
}

/** What columns repeat of a state event that is still current must go as well. */
async function updateCurrentColumns(
  tx: Transaction<HomeserverSchema>,
  target: StoredEvent,
  content: JsonObject,
): Promise<string | undefined> {
  const { roomId, type, stateKey, eventId } = target
  if (stateKey === undefined) return undefined
  const current = await tx.db
    .selectFrom('current_state')
    .select('event_id')
    .where('room_id', '=', roomId)
    .where('type', '=', type)
    .where('state_key', '=', stateKey)
    .executeTakeFirst()
  if (current?.event_id !== eventId) return undefined
  if (type === eventTypes.member) {
    await tx.db
      .updateTable('memberships')
      .set(memberColumnsOf(content))
      .where('room_id', '=', roomId)
      .where('user_id', '=', stateKey)
      .execute()
  }
  const columns = stateKey === '' ? roomColumnsOf(type, content) : {}
  if (Object.keys(columns).length > 0) await tx.db.updateTable('rooms').set(columns).where('room_id', '=', roomId).execute()
  return stateMapKey(type, stateKey)
}
