import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import { isJsonObject, type JsonObject, type Pdu, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { relationColumnsOf } from './derived-columns.ts'
import { findEvent } from './event-store.ts'
import type { RoomWriter } from './room-writer.ts'

/**
 * Checks what a new event relates to (Client-Server API, "Forming relationships between events").
 * @throws MatrixError M_UNKNOWN (unknown target, or a thread on an event with a relation), M_DUPLICATE_ANNOTATION
 */
export async function checkRelation(
  db: Reads<HomeserverSchema>,
  room: RoomWriter,
  event: { sender: UserId; type: string; content: JsonObject },
): Promise<void> {
  const { relates_to: targetId, rel_type: relType } = relationColumnsOf(event.content)
  if (targetId === null) return
  await room.flush()
  const target = await findEvent(db, targetId)
  if (!target || target.roomId !== room.roomId) throw new MatrixError('M_UNKNOWN', "Can't send relation to unknown event")
  if (relType === 'm.thread' && target.relType !== undefined) {
    throw new MatrixError('M_UNKNOWN', 'Cannot start threads from an event with a relation')
  }
  if (relType === 'm.annotation' && (await isAnnotated(db, targetId, event))) {
    throw new MatrixError('M_DUPLICATE_ANNOTATION', "Can't send same reaction twice")
  }
}

async function isAnnotated(
  db: Reads<HomeserverSchema>,
  targetId: string,
  event: { sender: UserId; type: string; content: JsonObject },
): Promise<boolean> {
  const rows = await db
    .selectFrom('events')
    .select('json')
    .where('relates_to', '=', targetId)
    .where('rel_type', '=', 'm.annotation')
    .where('sender', '=', event.sender)
    .where('type', '=', event.type)
    .execute()
  const key = annotationKey(event.content)
  return rows.some(({ json }) => annotationKey((JSON.parse(json) as Pdu).content) === key)
}

function annotationKey(content: JsonObject): unknown {
  const relation = content['m.relates_to']
  return isJsonObject(relation) ? relation.key : undefined
}
