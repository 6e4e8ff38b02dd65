import { prepareQuery, type Reads, type Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { Insertable, Selectable, Updateable } from 'kysely'
import type { UserTables } from './tables.ts'
import { type UserRecord, userFromRow } from './user-record.ts'

type UserRow = Selectable<UserTables['users']>
/** Columns that an existing account may change. */
export type UserChanges = Omit<
  Updateable<UserTables['users']>,
  'user_id' | 'localpart' | 'created_at_ms' | 'is_guest' | 'locked_at_ms' | 'deactivated_at_ms'
>

/**
 * Makes the look-up by id, which every request needs: compiled once, then a look-up by primary key.
 * Exact: `@Bob:x` does not find `@bob:x`.
 */
export function createUserFinder(reads: Reads<UserTables>): (userId: UserId) => Promise<UserRecord | undefined> {
  const select = prepareQuery(reads, selectUser(reads, '' as UserId))
  return async (userId) => {
    const [row] = await select(userId)
    return row && userFromRow(row)
  }
}

export async function findUser(reads: Reads<UserTables>, userId: UserId): Promise<UserRecord | undefined> {
  const row = await selectUser(reads, userId).executeTakeFirst()
  return row && userFromRow(row)
}

function selectUser(reads: Reads<UserTables>, userId: UserId) {
  return reads.selectFrom('users').selectAll().where('user_id', '=', userId)
}

/** @throws the database's unique violation if an id is taken */
export async function insertUsers(tx: Transaction<UserTables>, users: readonly Insertable<UserTables['users']>[]): Promise<void> {
  const rows = await tx.db.insertInto('users').values(users).returningAll().execute()
  for (const alike of Map.groupBy(rows, countKey).values()) await addToCounts(tx, alike[0]!, alike.length)
}

/**
 * Changes columns of a user, one change of a user at a time.
 * @returns the user as it was before; undefined if there is none
 */
export async function updateUser(
  tx: Transaction<UserTables>,
  userId: UserId,
  changes: UserChanges,
  nowMs: number,
): Promise<UserRecord | undefined> {
  await lockUser(tx, userId)
  const before = await selectUser(tx.db, userId).executeTakeFirst()
  if (!before) return undefined
  if (Object.keys(changes).length === 0) return userFromRow(before)
  const times = { ...sinceWhen(before, changes, 'locked', nowMs), ...sinceWhen(before, changes, 'deactivated', nowMs) }
  const after = await tx.db
    .updateTable('users')
    .set({ ...changes, ...times })
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (countKey(before) !== countKey(after)) {
    await addToCounts(tx, before, -1)
    await addToCounts(tx, after, 1)
  }
  return userFromRow(before)
}

/** The time that goes with a flag: set when the flag is, kept as long as it stays. */
function sinceWhen(before: UserRow, changes: UserChanges, flag: 'locked' | 'deactivated', nowMs: number) {
  const value = changes[flag]
  return value === undefined || value === before[flag] ? {} : { [`${flag}_at_ms`]: value === 1 ? nowMs : null }
}

/** Whoever changes a user, or what belongs to one, in more than one step holds this first. */
export async function lockUser(tx: Transaction<UserTables>, userId: UserId): Promise<void> {
  await tx.lock(`user ${userId}`)
}

const countedFlags = ['admin', 'deactivated', 'locked', 'is_guest', 'approved', 'shadow_banned'] as const

function countKey(row: UserRow): string {
  return [...countedFlags.map((flag) => row[flag]), row.user_type ?? ''].join()
}

async function addToCounts(tx: Transaction<UserTables>, row: UserRow, delta: number): Promise<void> {
  await tx.db
    .insertInto('user_counts')
    .values({
      admin: row.admin,
      deactivated: row.deactivated,
      locked: row.locked,
      is_guest: row.is_guest,
      approved: row.approved,
      shadow_banned: row.shadow_banned,
      user_type: row.user_type ?? '',
      users: delta,
    })
    .onConflict((conflict) =>
      conflict
        .columns([...countedFlags, 'user_type'])
        .doUpdateSet((eb) => ({ users: eb('user_counts.users', '+', eb.ref('excluded.users')) })),
    )
    .execute()
}
