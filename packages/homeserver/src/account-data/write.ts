import type { Transaction } from '@glia/database'
import type { JsonObject, RoomId, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'

/**
 * Stores account data as it is and tells the user's devices. No checks of who and what: `AccountData` has those for requests.
 * @param roomId undefined for global data
 */
export async function set(
  tx: Transaction<HomeserverSchema>,
  signals: SignalBus,
  userId: UserId,
  roomId: RoomId | undefined,
  type: string,
  content: JsonObject,
): Promise<void> {
  const position = await tx.takePosition()
  const json = JSON.stringify(content)
  await tx.db
    .insertInto('account_data')
    .values({ user_id: userId, room_id: roomId ?? '', type, content: json, position })
    .onConflict((conflict) => conflict.columns(['user_id', 'room_id', 'type']).doUpdateSet({ content: json, position }))
    .execute()
  tx.afterCommit(() => signals.tell('user.changed', { userId, position }))
}

/** Forgets everything that the user kept, as when the account is deactivated. */
export async function deleteAllAccountData(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void> {
  await tx.db.deleteFrom('account_data').where('user_id', '=', userId).execute()
}
