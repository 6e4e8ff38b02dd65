import type { Reads } from '@glia/database'
import { type Appservice, type DeviceId, isOwnUser, type JsonObject, type UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import { deviceListChangesSince, keyCounts } from '../keys/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { RoomInterest } from './room-interest.ts'

/** What a service with devices must know of their keys (MSC3202), for these of its users, by user and device. */
export async function keyCountsOf(
  db: Reads<HomeserverSchema>,
  users: readonly string[],
): Promise<{ counts: JsonObject; fallbackTypes: JsonObject }> {
  const counts: JsonObject = {}
  const fallbackTypes: JsonObject = {}
  for (const chunk of chunksOf(users)) {
    const devices = await db.selectFrom('device_keys').select(['user_id', 'device_id']).where('user_id', 'in', chunk).execute()
    for (const { user_id: userId, device_id: deviceId } of devices) {
      const { oneTime, unusedFallback } = await keyCounts(db, userId as UserId, deviceId as DeviceId)
      counts[userId] = { ...(counts[userId] as JsonObject), [deviceId]: oneTime }
      fallbackTypes[userId] = { ...(fallbackTypes[userId] as JsonObject), [deviceId]: unusedFallback }
    }
  }
  return { counts, fallbackTypes }
}

/** Users whose devices changed and who are the service's, or in a room of interest. */
export async function changedDeviceLists(
  db: Reads<HomeserverSchema>,
  service: Appservice,
  interest: RoomInterest,
  since: number,
  upTo: number,
): Promise<string[]> {
  const changed: string[] = []
  for (const userId of await deviceListChangesSince(db, since, upTo)) {
    if (isOwnUser(service, userId) || (await isSeen(db, interest, userId))) changed.push(userId)
  }
  return changed
}

async function isSeen(db: Reads<HomeserverSchema>, interest: RoomInterest, userId: UserId): Promise<boolean> {
  const rooms = await db
    .selectFrom('memberships')
    .select('room_id')
    .where('user_id', '=', userId)
    .where('membership', '=', 'join')
    .execute()
  for (const { room_id } of rooms) if (await interest.isRoomOfInterest(db, room_id)) return true
  return false
}
