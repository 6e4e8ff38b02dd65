import type { AnyTransaction, Reads, Transaction } from '@glia/database'
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import type { RegistrationTokenTables } from './tables.ts'

/** Times are milliseconds since 1970. */
export interface RegistrationToken {
  readonly token: string
  /** Null: any number. */
  readonly usesAllowed: number | null
  readonly pending: number
  readonly completed: number
  /** Null: never. */
  readonly expiresAtMs: number | null
  /** Null: not revoked. */
  readonly revokedAtMs: number | null
}

type Row = RegistrationTokenTables['auth_registration_tokens']

export function toToken(row: Row): RegistrationToken {
  const { token, pending, completed } = row
  return { token, usesAllowed: row.uses_allowed, pending, completed, expiresAtMs: row.expires_at_ms, revokedAtMs: row.revoked_at_ms }
}

export function isUsable(nowMs: number) {
  return (
    eb: ExpressionBuilder<RegistrationTokenTables, 'auth_registration_tokens'>,
  ): ExpressionWrapper<RegistrationTokenTables, 'auth_registration_tokens', SqlBool> =>
    eb.and([
      eb.or([eb('uses_allowed', 'is', null), eb('uses_allowed', '>', eb('pending', '+', eb.ref('completed')))]),
      eb.or([eb('expires_at_ms', 'is', null), eb('expires_at_ms', '>', nowMs)]),
      eb('revoked_at_ms', 'is', null),
    ])
}

/** @param usable true: only those that could be used now; false: only those that could not; undefined: all */
export async function listRegistrationTokens(
  db: Reads<RegistrationTokenTables>,
  usable: boolean | undefined,
  nowMs: number,
): Promise<RegistrationToken[]> {
  let query = db.selectFrom('auth_registration_tokens').selectAll().orderBy('created_at_ms').orderBy('token')
  if (usable !== undefined) query = query.where((eb) => (usable ? isUsable(nowMs)(eb) : eb.not(isUsable(nowMs)(eb))))
  return (await query.execute()).map(toToken)
}

export async function findRegistrationToken(db: Reads<RegistrationTokenTables>, token: string): Promise<RegistrationToken | undefined> {
  const row = await db.selectFrom('auth_registration_tokens').selectAll().where('token', '=', token).executeTakeFirst()
  return row && toToken(row)
}

/** @returns false if there is one of this name */
export async function insertRegistrationToken(
  tx: Transaction<RegistrationTokenTables>,
  values: { token: string; id: string; usesAllowed: number | null; expiresAtMs: number | null; nowMs: number },
): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('auth_registration_tokens')
    .values({
      token: values.token,
      id: values.id,
      uses_allowed: values.usesAllowed,
      pending: 0,
      completed: 0,
      expires_at_ms: values.expiresAtMs,
      created_at_ms: values.nowMs,
      last_used_at_ms: null,
      revoked_at_ms: null,
    })
    .onConflict((conflict) => conflict.column('token').doNothing())
    .returning('token')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Fields that are undefined stay. */
export async function updateRegistrationToken(
  tx: Transaction<RegistrationTokenTables>,
  token: string,
  changes: { usesAllowed?: number | null | undefined; expiresAtMs?: number | null | undefined },
): Promise<RegistrationToken | undefined> {
  const set: Partial<Row> = {}
  if (changes.usesAllowed !== undefined) set.uses_allowed = changes.usesAllowed
  if (changes.expiresAtMs !== undefined) set.expires_at_ms = changes.expiresAtMs
  if (Object.keys(set).length > 0) await tx.db.updateTable('auth_registration_tokens').set(set).where('token', '=', token).execute()
  return findRegistrationToken(tx.db, token)
}

export async function deleteRegistrationToken(tx: Transaction<RegistrationTokenTables>, token: string): Promise<boolean> {
  const deleted = await tx.db.deleteFrom('auth_registration_tokens').where('token', '=', token).returning('token').executeTakeFirst()
  return deleted !== undefined
}

/** @param token as somebody typed it @returns false if the token cannot be used (any more) */
export async function reserveUse(anyTx: AnyTransaction, token: string, nowMs: number): Promise<boolean> {
  if (token.includes('\0')) return false
  const tx = anyTx as Transaction<RegistrationTokenTables>
  const reserved = await tx.db
    .updateTable('auth_registration_tokens')
    .set((eb) => ({ pending: eb('pending', '+', 1) }))
    .where('token', '=', token)
    .where(isUsable(nowMs))
    .returning('token')
    .executeTakeFirst()
  return reserved !== undefined
}

/** The registration came to its end: the reserved use is spent, or free again. */
export async function settleUse(anyTx: AnyTransaction, token: string, outcome: 'spent' | 'freed', nowMs: number): Promise<void> {
  const tx = anyTx as Transaction<RegistrationTokenTables>
  await tx.db
    .updateTable('auth_registration_tokens')
    .set((eb) => ({
      pending: eb('pending', '-', 1),
      ...(outcome === 'spent' ? { completed: eb('completed', '+', 1), last_used_at_ms: nowMs } : {}),
    }))
    .where('token', '=', token)
    .where('pending', '>', 0)
    .execute()
}

/** Takes a use for something that is done in the same transaction. @returns as `reserveUse` */
export async function spendUse(tx: AnyTransaction, token: string, nowMs: number): Promise<boolean> {
  if (!(await reserveUse(tx, token, nowMs))) return false
  await settleUse(tx, token, 'spent', nowMs)
  return true
}

/** Whether the token could be used now. */
export function isUsableNow(token: RegistrationToken, nowMs: number): boolean {
  const hasUses = token.usesAllowed === null || token.usesAllowed > token.pending + token.completed
  return hasUses && token.revokedAtMs === null && (token.expiresAtMs === null || token.expiresAtMs > nowMs)
}
