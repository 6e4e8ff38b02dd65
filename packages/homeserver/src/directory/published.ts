import type { Reads, Transaction } from '@glia/database'
import type { RoomId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** Whether the room is in the public list. @returns undefined: there is no such room */
export async function findPublished(db: Reads<HomeserverSchema>, roomId: RoomId): Promise<boolean | undefined> {
  const room = await db.selectFrom('rooms').select('published').where('room_id', '=', roomId).executeTakeFirst()
  return room && room.published === 1
}

export async function setPublished(tx: Transaction<HomeserverSchema>, roomId: RoomId, isPublished: boolean): Promise<void> {
  await tx.db
    .updateTable('rooms')
    .set({ published: isPublished ? 1 : 0 })
    .where('room_id', '=', roomId)
    .execute()
}
