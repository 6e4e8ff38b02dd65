import { prepareQuery, type Reads, type Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { UserTables } from './tables.ts'
import { threepidId } from './threepid-id.ts'

/** A confirmed e-mail address (lower case) or phone number. */
export interface Threepid {
  readonly medium: string
  readonly address: string
  readonly addedAtMs: number
  readonly validatedAtMs: number
}

/** Who the user is at an identity provider. */
export interface ExternalId {
  readonly authProvider: string
  readonly externalId: string
}

export interface UserDetails {
  readonly threepids: Threepid[]
  readonly externalIds: ExternalId[]
}

/** Makes the look-up of what is kept beside an account, which goes with every user that the Admin API shows. */
export function createUserDetailsFinder(reads: Reads<UserTables>): (userId: UserId) => Promise<UserDetails> {
  const threepids = prepareQuery(reads, selectThreepids(reads, '' as UserId))
  const externalIds = prepareQuery(reads, selectExternalIds(reads, '' as UserId))
  return async (userId) => ({
    threepids: (await threepids(userId)).map(threepidFromRow),
    externalIds: (await externalIds(userId)).map((row) => ({ authProvider: row.auth_provider, externalId: row.external_id })),
  })
}

export async function listThreepids(reads: Reads<UserTables>, userId: UserId): Promise<Threepid[]> {
  return (await selectThreepids(reads, userId).execute()).map(threepidFromRow)
}

function selectThreepids(reads: Reads<UserTables>, userId: UserId) {
  return reads
    .selectFrom('user_threepids')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('added_at_ms')
    .orderBy('medium')
    .orderBy('address')
}

function threepidFromRow(row: UserTables['user_threepids']): Threepid {
  return { medium: row.medium, address: row.address, addedAtMs: row.added_at_ms, validatedAtMs: row.validated_at_ms }
}

function selectExternalIds(reads: Reads<UserTables>, userId: UserId) {
  return reads.selectFrom('user_external_ids').selectAll().where('user_id', '=', userId).orderBy('auth_provider').orderBy('external_id')
}

/** Those that stay keep their times; an address of somebody else moves to this user. */
export async function replaceThreepids(
  tx: Transaction<UserTables>,
  userId: UserId,
  threepids: readonly { medium: string; address: string }[],
  nowMs: number,
): Promise<void> {
  const wanted = new Map(threepids.map((threepid) => [`${threepid.medium}\n${threepid.address}`, threepid]))
  for (const { medium, address } of await listThreepids(tx.db, userId)) {
    if (wanted.delete(`${medium}\n${address}`)) continue
    await tx.db.deleteFrom('user_threepids').where('medium', '=', medium).where('address', '=', address).execute()
  }
  for (const { medium, address } of wanted.values()) {
    const id = threepidId({ medium, address, addedAtMs: nowMs })
    const owned = { id, user_id: userId, added_at_ms: nowMs, validated_at_ms: nowMs }
    await tx.db
      .insertInto('user_threepids')
      .values({ medium, address, ...owned })
      .onConflict((conflict) => conflict.columns(['medium', 'address']).doUpdateSet(owned))
      .execute()
  }
}

/** @returns false if it is somebody else's */
export async function insertThreepid(
  tx: Transaction<UserTables>,
  userId: UserId,
  { medium, address, addedAtMs, validatedAtMs }: Threepid,
): Promise<boolean> {
  await tx.db
    .insertInto('user_threepids')
    .values({
      id: threepidId({ medium, address, addedAtMs }),
      medium,
      address,
      user_id: userId,
      added_at_ms: addedAtMs,
      validated_at_ms: validatedAtMs,
    })
    .onConflict((conflict) => conflict.columns(['medium', 'address']).doNothing())
    .execute()
  const row = await tx.db
    .selectFrom('user_threepids')
    .select('user_id')
    .where('medium', '=', medium)
    .where('address', '=', address)
    .executeTakeFirst()
  return row?.user_id === userId
}

/** @returns whether the user had it */
export async function deleteThreepid(tx: Transaction<UserTables>, userId: UserId, threepid: Pick<Threepid, 'medium' | 'address'>) {
  const result = await tx.db
    .deleteFrom('user_threepids')
    .where('medium', '=', threepid.medium)
    .where('address', '=', threepid.address)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** @returns false if one of them is somebody else's; then nothing counts: roll back */
export async function replaceExternalIds(
  tx: Transaction<UserTables>,
  userId: UserId,
  externalIds: readonly ExternalId[],
): Promise<boolean> {
  await tx.db.deleteFrom('user_external_ids').where('user_id', '=', userId).execute()
  const unique = new Map(externalIds.map((id) => [`${id.authProvider}\n${id.externalId}`, id]))
  for (const { authProvider, externalId } of unique.values()) {
    const inserted = await tx.db
      .insertInto('user_external_ids')
      .values({ auth_provider: authProvider, external_id: externalId, user_id: userId })
      .onConflict((conflict) => conflict.doNothing())
      .returning('external_id')
      .executeTakeFirst()
    if (!inserted) return false
  }
  return true
}

/** Moves the id to the user if it was somebody else's. */
export async function putExternalId(tx: Transaction<UserTables>, userId: UserId, { authProvider, externalId }: ExternalId): Promise<void> {
  await tx.db
    .insertInto('user_external_ids')
    .values({ auth_provider: authProvider, external_id: externalId, user_id: userId })
    .onConflict((conflict) => conflict.columns(['auth_provider', 'external_id']).doUpdateSet({ user_id: userId }))
    .execute()
}

export async function deleteExternalId(tx: Transaction<UserTables>, { authProvider, externalId }: ExternalId): Promise<void> {
  await tx.db.deleteFrom('user_external_ids').where('auth_provider', '=', authProvider).where('external_id', '=', externalId).execute()
}

export async function listExternalIdsOf(reads: Reads<UserTables>, authProvider: string): Promise<{ externalId: string; userId: UserId }[]> {
  const rows = await reads.selectFrom('user_external_ids').selectAll().where('auth_provider', '=', authProvider).execute()
  return rows.map(({ external_id, user_id }) => ({ externalId: external_id, userId: user_id as UserId }))
}

/** Those that are on. */
export async function listExperimentalFeatures(reads: Reads<UserTables>, userId: UserId): Promise<string[]> {
  const rows = await reads.selectFrom('user_experimental_features').select('feature').where('user_id', '=', userId).execute()
  return rows.map(({ feature }) => feature)
}

export async function setExperimentalFeature(tx: Transaction<UserTables>, userId: UserId, feature: string, isOn: boolean): Promise<void> {
  if (!isOn) {
    await tx.db.deleteFrom('user_experimental_features').where('user_id', '=', userId).where('feature', '=', feature).execute()
    return
  }
  await tx.db
    .insertInto('user_experimental_features')
    .values({ user_id: userId, feature })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
