import { MatrixError } from '@glia/contract'
import type { Transaction } from '@glia/database'
import { roomExists } from '../room-exists.ts'
import type { HomeserverSchema } from '../schema.ts'

/** @throws MatrixError M_UNKNOWN: there is no such room */
export async function setNetworkVisibility(
  tx: Transaction<HomeserverSchema>,
  listing: { appserviceId: string; networkId: string; roomId: string },
  isListed: boolean,
): Promise<void> {
  const { appserviceId, networkId, roomId } = listing
  if (!(await roomExists(tx.db, roomId))) throw new MatrixError('M_UNKNOWN', 'Unknown room')
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
