import type { Reads, Transaction } from '@glia/database'
import type { RoomId, UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'

/**
 * Notes that devices or cross-signing keys of a user changed: everybody who shares a room sees it in `device_lists.changed`.
 * Wakes the user's devices and all members of the rooms that the user is in.
 */
export async function deviceListChanged(tx: Transaction<HomeserverSchema>, signals: SignalBus, userId: UserId): Promise<void> {
  const rooms = await tx.db
    .selectFrom('memberships')
    .select('room_id')
    .where('user_id', '=', userId)
    .where('membership', '=', 'join')
    .execute()
  const position = await tx.takePosition()
  await tx.db
    .insertInto('device_list_changes')
    .values({ user_id: userId, position })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ position }))
    .execute()
  tx.afterCommit(() => {
    signals.tell('user.changed', { userId, position })
    for (const { room_id } of rooms) signals.tell('room.changed', { roomId: room_id as RoomId, position, what: ['devices'] })
  })
}

/** Notes that a user signed another's master key: only the signer's devices see it. */
export async function userSignatureAdded(
  tx: Transaction<HomeserverSchema>,
  signals: SignalBus,
  signer: UserId,
  target: UserId,
): Promise<void> {
  const position = await tx.takePosition()
  await tx.db
    .insertInto('user_signature_changes')
    .values({ signer_user_id: signer, target_user_id: target, position })
    .onConflict((conflict) => conflict.columns(['signer_user_id', 'target_user_id']).doUpdateSet({ position }))
    .execute()
  tx.afterCommit(() => signals.tell('user.changed', { userId: signer, position }))
}

/**
 * Users whose devices or cross-signing keys changed after position `since`, up to `upTo`. A user who changed again after `upTo` is left
 * out: the next look finds it.
 * @param userIds only these
 */
export async function deviceListChangesSince(
  db: Reads<HomeserverSchema>,
  since: number,
  upTo: number,
  userIds?: readonly UserId[],
): Promise<UserId[]> {
  const query = db.selectFrom('device_list_changes').select('user_id').where('position', '>', since).where('position', '<=', upTo)
  if (userIds === undefined) return (await query.execute()).map(({ user_id }) => user_id as UserId)
  const changed: UserId[] = []
  for (const chunk of chunksOf(userIds)) {
    for (const { user_id } of await query.where('user_id', 'in', chunk).execute()) changed.push(user_id as UserId)
  }
  return changed
}

/** Users whose master keys this user signed after position `since`, up to `upTo`. They count as changed, for the signer only. */
export async function signedUsersSince(db: Reads<HomeserverSchema>, signer: UserId, since: number, upTo: number): Promise<UserId[]> {
  const rows = await db
    .selectFrom('user_signature_changes')
    .select('target_user_id')
    .where('signer_user_id', '=', signer)
    .where('position', '>', since)
    .where('position', '<=', upTo)
    .execute()
  return rows.map(({ target_user_id }) => target_user_id as UserId)
}
