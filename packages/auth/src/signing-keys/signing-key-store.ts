import type { Reads, Transaction } from '@glia/database'
import type { KeyKind, SigningKeyTables } from './tables.ts'

type Db = Reads<SigningKeyTables>
type Tx = Transaction<SigningKeyTables>
export type SigningKeyRow = SigningKeyTables['auth_signing_keys']

/** RSA first, of each kind the newest. */
export function listSigningKeys(db: Db): Promise<SigningKeyRow[]> {
  return db.selectFrom('auth_signing_keys').selectAll().orderBy('kind', 'desc').orderBy('created_at_ms', 'desc').orderBy('kid').execute()
}

/** The key of a kind that signs. */
export function findSigningKey(db: Db, kind: KeyKind): Promise<SigningKeyRow | undefined> {
  return db.selectFrom('auth_signing_keys').selectAll().where('kind', '=', kind).where('retired_at_ms', 'is', null).executeTakeFirst()
}

/** A new key signs from now on, in place of the one of its kind that did. */
export async function putSigningKey(tx: Tx, key: Omit<SigningKeyRow, 'retired_at_ms'>): Promise<void> {
  await tx.db
    .updateTable('auth_signing_keys')
    .set({ retired_at_ms: key.created_at_ms })
    .where('kind', '=', key.kind)
    .where('retired_at_ms', 'is', null)
    .execute()
  await tx.db
    .insertInto('auth_signing_keys')
    .values({ ...key, retired_at_ms: null })
    .execute()
}

/** Destroys private keys that were retired before then. @returns how many */
export async function destroySigningKeys(tx: Tx, retiredBeforeMs: number): Promise<number> {
  const result = await tx.db
    .updateTable('auth_signing_keys')
    .set({ sealed_key: null })
    .where('retired_at_ms', '<', retiredBeforeMs)
    .where('sealed_key', 'is not', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
