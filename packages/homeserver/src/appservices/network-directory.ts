import { MatrixError } from '@glia/contract'
import type { Transaction } from '@glia/database'
import { isRoomId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** @throws MatrixError M_UNKNOWN: there is no such room */
export async function setNetworkVisibility(
  tx: Transaction<HomeserverSchema>,
  listing: { appserviceId: string; networkId: string; roomId: string },
  isListed: boolean,
): Promise<void> {
  const { appserviceId, networkId, roomId } = listing
  const room = isRoomId(roomId)
    ? await tx.db.selectFrom('rooms').select('room_id').where('room_id', '=', roomId).executeTakeFirst()
    : undefined
  if (!room) throw new MatrixError('M_UNKNOWN', 'Unknown room')
  const row = { appservice_id: appserviceId, network_id: networkId, room_id: roomId }
  if (isListed) {
    await tx.db
      .insertInto('appservice_public_rooms')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return
  }
  await tx.db
    .deleteFrom('appservice_public_rooms')
    .where('appservice_id', '=', appserviceId)
    .where('network_id', '=', networkId)
    .where('room_id', '=', roomId)
    .execute()
}
