import type { Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { isRoomId } from '@glia/protocol'
import type { HomeserverSchema } from './schema.ts'

/** Whether the user is joined to the room now. @param roomId as it came in: need not be one */
export async function isJoined(db: Reads<HomeserverSchema>, roomId: string, userId: UserId): Promise<boolean> {
  if (!isRoomId(roomId)) return false
  const found = await db
    .selectFrom('memberships')
    .select('membership')
    .where('room_id', '=', roomId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return found?.membership === 'join'
}
