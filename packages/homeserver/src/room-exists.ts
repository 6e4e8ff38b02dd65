import type { Reads } from '@glia/database'
import { isRoomId } from '@glia/protocol'
import type { HomeserverSchema } from './schema.ts'

/** Whether this server has the room. @param roomId as it came in: need not be one */
export async function roomExists(db: Reads<HomeserverSchema>, roomId: string): Promise<boolean> {
  if (!isRoomId(roomId)) return false
  return (await db.selectFrom('rooms').select('room_id').where('room_id', '=', roomId).executeTakeFirst()) !== undefined
}
