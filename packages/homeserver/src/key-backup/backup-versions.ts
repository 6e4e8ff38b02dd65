import { MatrixError } from '@glia/contract'
import type { Reads, Transaction } from '@glia/database'
import type { JsonObject, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

export interface BackupVersion {
  version: number
  algorithm: string
  authData: JsonObject
  etag: number
  count: number
}

/** A version as clients write it; undefined for what never was one. */
export function parseVersion(text: string): number | undefined {
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : undefined
}

/** @param version undefined: the newest, which is the current one */
export async function findVersion(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  version: number | undefined,
): Promise<BackupVersion | undefined> {
  let query = db.selectFrom('key_backup_versions').selectAll().where('user_id', '=', userId).where('deleted', '=', 0)
  if (version !== undefined) query = query.where('version', '=', version)
  const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst()
  if (!row) return undefined
  const authData = JSON.parse(row.auth_data) as JsonObject
  return { version: row.version, algorithm: row.algorithm, authData, etag: row.etag, count: row.key_count }
}

/** @throws MatrixError M_NOT_FOUND */
export async function getVersion(db: Reads<HomeserverSchema>, userId: UserId, version: string): Promise<BackupVersion> {
  const number = parseVersion(version)
  const found = number === undefined ? undefined : await findVersion(db, userId, number)
  if (!found) throw new MatrixError('M_NOT_FOUND', 'Unknown backup version')
  return found
}

export async function createVersion(
  tx: Transaction<HomeserverSchema>,
  userId: UserId,
  backup: { algorithm: string; authData: JsonObject },
): Promise<number> {
  const newest = await tx.db
    .selectFrom('key_backup_versions')
    .select((of) => of.fn.max('version').as('version'))
    .where('user_id', '=', userId)
    .executeTakeFirst()
  const version = (newest?.version ?? 0) + 1
  await tx.db
    .insertInto('key_backup_versions')
    .values({ user_id: userId, version, algorithm: backup.algorithm, auth_data: JSON.stringify(backup.authData) })
    .execute()
  return version
}
