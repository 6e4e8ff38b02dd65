import type { Reads, Transaction } from '@glia/database'
import type { EmailValidationTables } from './tables.ts'

/** What somebody wants to confirm an address for. */
export type ValidationPurpose = 'register' | 'add' | 'reset'

export interface Validation {
  readonly sid: string
  readonly purpose: ValidationPurpose
  readonly address: string
  readonly clientSecret: string
  readonly sendAttempt: number
  readonly nextLink: string | undefined
  readonly expiresAtMs: number
  readonly validatedAtMs: number | undefined
}

type Row = EmailValidationTables['auth_email_validations']

const toValidation = (row: Row): Validation => ({
  sid: row.sid,
  purpose: row.purpose as ValidationPurpose,
  address: row.address,
  clientSecret: row.client_secret,
  sendAttempt: row.send_attempt,
  nextLink: row.next_link ?? undefined,
  expiresAtMs: row.expires_at_ms,
  validatedAtMs: row.validated_at_ms ?? undefined,
})

export async function findValidation(db: Reads<EmailValidationTables>, sid: string): Promise<Validation | undefined> {
  const row = await db.selectFrom('auth_email_validations').selectAll().where('sid', '=', sid).executeTakeFirst()
  return row && toValidation(row)
}

export async function findValidationOf(
  db: Reads<EmailValidationTables>,
  { purpose, address, clientSecret }: Pick<Validation, 'purpose' | 'address' | 'clientSecret'>,
): Promise<Validation | undefined> {
  const row = await db
    .selectFrom('auth_email_validations')
    .selectAll()
    .where('purpose', '=', purpose)
    .where('address', '=', address)
    .where('client_secret', '=', clientSecret)
    .executeTakeFirst()
  return row && toValidation(row)
}

/** Takes the place of the one of the same purpose, address and secret. */
export async function putValidation(tx: Transaction<EmailValidationTables>, validation: Validation): Promise<void> {
  const changing = {
    sid: validation.sid,
    send_attempt: validation.sendAttempt,
    next_link: validation.nextLink ?? null,
    expires_at_ms: validation.expiresAtMs,
    validated_at_ms: validation.validatedAtMs ?? null,
  }
  await tx.db
    .insertInto('auth_email_validations')
    .values({ purpose: validation.purpose, address: validation.address, client_secret: validation.clientSecret, ...changing })
    .onConflict((conflict) => conflict.columns(['purpose', 'address', 'client_secret']).doUpdateSet(changing))
    .execute()
}

export async function deleteValidation(tx: Transaction<EmailValidationTables>, sid: string): Promise<boolean> {
  const result = await tx.db.deleteFrom('auth_email_validations').where('sid', '=', sid).executeTakeFirst()
  return result.numDeletedRows > 0n
}
