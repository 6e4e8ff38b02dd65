import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import type { RoomId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/**
 * Nobody gets into a room that an admin blocked, whether it still exists or not.
 * @throws MatrixError M_UNKNOWN with status 403
 */
export async function refuseBlockedRoom(db: Reads<HomeserverSchema>, roomId: RoomId): Promise<void> {
  if (roomId.includes('\0')) return
  const blocked = await db.selectFrom('blocked_rooms').select('room_id').where('room_id', '=', roomId).executeTakeFirst()
  if (blocked) throw new MatrixError('M_UNKNOWN', 'This room has been blocked on this server', { status: 403 })
}
