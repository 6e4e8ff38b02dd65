import type { Reads, Transaction } from '@glia/database'
import type { DeviceId, JsonObject, UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'

export interface ToDeviceMessage {
  position: number
  type: string
  sender: UserId
  content: JsonObject
}

/** Messages that wait for the device, oldest first: those after position `since`, up to `upTo`, at most `limit`. */
export async function messagesFor(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  deviceId: DeviceId,
  since: number,
  upTo: number,
  limit: number,
): Promise<ToDeviceMessage[]> {
  const rows = await db
    .selectFrom('to_device_messages')
    .select(['position', 'type', 'sender', 'content'])
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where('position', '>', since)
    .where('position', '<=', upTo)
    .orderBy('position')
    .limit(limit)
    .execute()
  return rows.map(({ position, type, sender, content }) => ({
    position,
    type,
    sender: sender as UserId,
    content: JSON.parse(content) as JsonObject,
  }))
}

/** Forgets the device's messages up to a position: it came back with the token of the answer that held them. */
export async function deleteUpTo(tx: Transaction<HomeserverSchema>, userId: UserId, deviceId: DeviceId, position: number): Promise<void> {
  await tx.db
    .deleteFrom('to_device_messages')
    .where('user_id', '=', userId)
    .where('device_id', '=', deviceId)
    .where('position', '<=', position)
    .execute()
}

/** Forgets everything that waits for these devices: they are gone. */
export async function deleteQueues(tx: Transaction<HomeserverSchema>, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
  for (const chunk of chunksOf(deviceIds)) {
    await tx.db.deleteFrom('to_device_messages').where('user_id', '=', userId).where('device_id', 'in', chunk).execute()
  }
}
