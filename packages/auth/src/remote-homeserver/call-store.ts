import type { Reads, Transaction } from '@glia/database'
import type { HomeserverCallTables } from './tables.ts'

type Tx = Transaction<HomeserverCallTables>
export type HomeserverCallRow = HomeserverCallTables['auth_homeserver_calls']

export async function insertCall(tx: Tx, row: HomeserverCallRow): Promise<void> {
  await tx.db.insertInto('auth_homeserver_calls').values(row).execute()
}

/** What comes next for the user. */
export async function findFirstCall(db: Reads<HomeserverCallTables>, userId: string): Promise<HomeserverCallRow | undefined> {
  return db.selectFrom('auth_homeserver_calls').selectAll().where('user_id', '=', userId).orderBy('position').limit(1).executeTakeFirst()
}

export async function listWaitingUsers(db: Reads<HomeserverCallTables>): Promise<string[]> {
  const rows = await db.selectFrom('auth_homeserver_calls').select('user_id').distinct().execute()
  return rows.map((row) => row.user_id)
}

/** Keeps other processes off a call. @returns false if one of them has it */
export async function claimCall(tx: Tx, call: HomeserverCallRow, claim: { nowMs: number; untilMs: number }): Promise<boolean> {
  const result = await tx.db
    .updateTable('auth_homeserver_calls')
    .set({ claimed_until_ms: claim.untilMs, attempts: call.attempts + 1 })
    .where('position', '=', call.position)
    .where('attempts', '=', call.attempts)
    .where('claimed_until_ms', '<=', claim.nowMs)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function postponeCall(tx: Tx, position: number, dueAtMs: number): Promise<void> {
  await tx.db
    .updateTable('auth_homeserver_calls')
    .set({ due_at_ms: dueAtMs, claimed_until_ms: 0 })
    .where('position', '=', position)
    .execute()
}

export async function deleteCall(tx: Tx, position: number): Promise<void> {
  await tx.db.deleteFrom('auth_homeserver_calls').where('position', '=', position).execute()
}
