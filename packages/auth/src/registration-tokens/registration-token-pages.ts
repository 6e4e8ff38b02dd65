import type { Reads, Transaction } from '@glia/database'
import type { ExpressionBuilder } from 'kysely'
import { countRows, type Page, pageRows } from '../admin-api/index.ts'
import { isUsable } from './registration-token-store.ts'
import type { RegistrationTokenTables } from './tables.ts'

export type TokenRow = RegistrationTokenTables['auth_registration_tokens']

/** Undefined: either. */
export interface TokenFilter {
  readonly used: boolean | undefined
  readonly revoked: boolean | undefined
  readonly expired: boolean | undefined
  readonly valid: boolean | undefined
}

/** Sorted by id; see `pageRows`. */
export function listTokenPage(db: Reads<RegistrationTokenTables>, filter: TokenFilter, page: Page, nowMs: number): Promise<TokenRow[]> {
  return pageRows(db.selectFrom('auth_registration_tokens').selectAll().where(fits(filter, nowMs)), 'id', page)
}

export function countTokens(db: Reads<RegistrationTokenTables>, filter: TokenFilter, nowMs: number): Promise<number> {
  return countRows(db.selectFrom('auth_registration_tokens').where(fits(filter, nowMs)))
}

export function findTokenById(db: Reads<RegistrationTokenTables>, id: string): Promise<TokenRow | undefined> {
  return db.selectFrom('auth_registration_tokens').selectAll().where('id', '=', id).executeTakeFirst()
}

/** @param revokedAtMs null: not revoked any more. @returns false if it was so already */
export async function setRevoked(tx: Transaction<RegistrationTokenTables>, id: string, revokedAtMs: number | null): Promise<boolean> {
  const changed = await tx.db
    .updateTable('auth_registration_tokens')
    .set({ revoked_at_ms: revokedAtMs })
    .where('id', '=', id)
    .where('revoked_at_ms', revokedAtMs === null ? 'is not' : 'is', null)
    .returning('id')
    .executeTakeFirst()
  return changed !== undefined
}

function fits({ used, revoked, expired, valid }: TokenFilter, nowMs: number) {
  return (eb: ExpressionBuilder<RegistrationTokenTables, 'auth_registration_tokens'>) =>
    eb.and([
      ...(used === undefined ? [] : [eb('completed', used ? '>' : '=', 0)]),
      ...(revoked === undefined ? [] : [eb('revoked_at_ms', revoked ? 'is not' : 'is', null)]),
      ...(expired === undefined
        ? []
        : [expired ? eb('expires_at_ms', '<=', nowMs) : eb.or([eb('expires_at_ms', 'is', null), eb('expires_at_ms', '>', nowMs)])]),
      ...(valid === undefined ? [] : [valid ? isUsable(nowMs)(eb) : eb.not(isUsable(nowMs)(eb))]),
    ])
}
