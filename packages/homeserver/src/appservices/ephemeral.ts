import type { Reads } from '@glia/database'
import { type Appservice, isOwnUser, type JsonObject, type RoomId, type UserId } from '@glia/protocol'
import { receiptChanges } from '../receipts/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { receiptsToWire } from '../sync/index.ts'
import type { RoomInterest } from './room-interest.ts'

/** As Synapse sends at most in one transaction. */
const MAX_RECEIPTS = 100
const MAX_TO_DEVICE = 100
const BATCH = 500

/** Something of a stream, and how far that stream was looked through. */
export interface Piece<T> {
  readonly found: readonly T[]
  readonly position: number
}

/** `m.receipt` of rooms of interest that changed after a position. Private receipts are nobody's business. */
export async function receiptsForService(
  db: Reads<HomeserverSchema>,
  service: Appservice,
  interest: RoomInterest,
  since: number,
  upTo: number,
): Promise<Piece<JsonObject>> {
  const rows = await db
    .selectFrom('receipts')
    .select(['room_id', 'position'])
    .where('position', '>', since)
    .where('position', '<=', upTo)
    .where('receipt_type', '=', 'm.read')
    .orderBy('position')
    .limit(MAX_RECEIPTS)
    .execute()
  const position = rows.length < MAX_RECEIPTS ? upTo : rows.at(-1)!.position
  const rooms: RoomId[] = []
  for (const roomId of new Set(rows.map(({ room_id }) => room_id as RoomId))) {
    if (await interest.isRoomOfInterest(db, roomId)) rooms.push(roomId)
  }
  const receipts = await receiptChanges(db, rooms, since, position, service.sender)
  const wire = receiptsToWire(receipts.filter(({ receiptType }) => receiptType === 'm.read'))
  return { found: [...wire].map(([room_id, event]) => ({ ...event, room_id })), position }
}

export interface ToDeviceForService {
  readonly userId: UserId
  readonly deviceId: string
  readonly position: number
  readonly wire: JsonObject
}

/** Messages to devices of the service's users that came after a position (MSC4203). */
export async function toDeviceForService(
  db: Reads<HomeserverSchema>,
  service: Appservice,
  since: number,
  upTo: number,
): Promise<Piece<ToDeviceForService>> {
  const found: ToDeviceForService[] = []
  for (let position = since; position < upTo; ) {
    const rows = await db
      .selectFrom('to_device_messages')
      .selectAll()
      .where('position', '>', position)
      .where('position', '<=', upTo)
      .orderBy('position')
      .limit(BATCH)
      .execute()
    for (const row of rows) {
      if (!isOwnUser(service, row.user_id)) continue
      found.push({
        userId: row.user_id as UserId,
        deviceId: row.device_id,
        position: row.position,
        wire: {
          type: row.type,
          sender: row.sender,
          content: JSON.parse(row.content) as JsonObject,
          to_user_id: row.user_id,
          to_device_id: row.device_id,
        },
      })
      if (found.length === MAX_TO_DEVICE) return { found, position: row.position }
    }
    if (rows.length < BATCH) break
    position = rows.at(-1)!.position
  }
  return { found, position: upTo }
}
