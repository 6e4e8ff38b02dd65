import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { JsonObject, UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { isStorableText } from '../storable-text.ts'
import { deleteSessions, type NamedSession, readSessions, type SessionSelection, storeSessions } from './backup-sessions.ts'
import { type BackupVersion, createVersion, findVersion, getVersion, parseVersion } from './backup-versions.ts'

/** State of a backup after a change; `etag` differs exactly when the stored keys do. */
export interface BackupState {
  count: number
  etag: number
}

/** Room keys that clients keep on the server, encrypted. Versions are the texts that clients send. */
export interface KeyBackup {
  create(userId: UserId, backup: { algorithm: string; authData: JsonObject }): Promise<number>
  /** @param version undefined: the current one. @throws MatrixError M_NOT_FOUND */
  get(userId: UserId, version: string | undefined): Promise<BackupVersion>
  /** @throws MatrixError M_NOT_FOUND, M_INVALID_PARAM if anything but auth_data would change */
  update(
    userId: UserId,
    version: string,
    change: { algorithm: string; authData: JsonObject; bodyVersion: string | undefined },
  ): Promise<void>
  /** Also of one that is deleted already. @throws MatrixError M_NOT_FOUND for one that never was */
  delete(userId: UserId, version: string): Promise<void>
  /** @throws MatrixError M_NOT_FOUND; M_WRONG_ROOM_KEYS_VERSION unless it is the current one */
  putSessions(userId: UserId, version: string, sessions: readonly NamedSession[]): Promise<BackupState>
  /** @throws MatrixError M_NOT_FOUND */
  sessions(userId: UserId, version: string, selection: SessionSelection): Promise<NamedSession[]>
  /** @throws MatrixError M_NOT_FOUND */
  deleteSessions(userId: UserId, version: string, selection: SessionSelection): Promise<BackupState>
  /** Forgets all backups, as when the account is deactivated. */
  deleteAll(tx: Transaction<HomeserverSchema>, userId: UserId): Promise<void>
}

export function createKeyBackup(deps: { database: Database<HomeserverSchema> }): KeyBackup {
  const { database } = deps
  /** Changes of one user's backups happen one after another. */
  const change = <T>(userId: UserId, work: (tx: Transaction<HomeserverSchema>) => Promise<T>) =>
    database.transaction(async (tx) => {
      await tx.lock(`key-backup:${userId}`)
      return work(tx)
    })
  return {
    create: (userId, backup) => change(userId, (tx) => createVersion(tx, userId, backup)),
    async get(userId, version) {
      const number = version === undefined ? undefined : parseVersion(version)
      const isNone = version !== undefined && number === undefined
      const found = isNone ? undefined : await findVersion(database.read, userId, number)
      if (!found) throw new MatrixError('M_NOT_FOUND', 'No backup found')
      return found
    },
    update: (userId, version, { algorithm, authData, bodyVersion }) =>
      change(userId, async (tx) => {
        if (bodyVersion !== undefined && bodyVersion !== version) {
          throw new MatrixError('M_INVALID_PARAM', 'Version in body does not match')
        }
        const before = await getVersion(tx.db, userId, version)
        if (before.algorithm !== algorithm) throw new MatrixError('M_INVALID_PARAM', 'Algorithm does not match')
        await tx.db
          .updateTable('key_backup_versions')
          .set({ auth_data: JSON.stringify(authData) })
          .where('user_id', '=', userId)
          .where('version', '=', before.version)
          .execute()
      }),
    delete: (userId, version) =>
      change(userId, async (tx) => {
        const number = parseVersion(version)
        const deleted =
          number !== undefined &&
          (await tx.db
            .updateTable('key_backup_versions')
            .set({ deleted: 1, key_count: 0, auth_data: '{}' })
            .where('user_id', '=', userId)
            .where('version', '=', number)
            .returning('version')
            .executeTakeFirst())
        if (!deleted) throw new MatrixError('M_NOT_FOUND', 'Unknown backup version')
        await deleteSessions(tx, userId, deleted.version, {})
      }),
    putSessions: (userId, version, sessions) =>
      change(userId, async (tx) => {
        const current = await requireCurrent(tx, userId, version)
        refuseLongNames(sessions)
        const { added, replaced } = await storeSessions(tx, userId, current.version, sessions)
        return noteChange(tx, userId, current, added, added + replaced > 0)
      }),
    async sessions(userId, version, selection) {
      const { version: number } = await getVersion(database.read, userId, version)
      return isPossible(selection) ? readSessions(database.read, userId, number, selection) : []
    },
    deleteSessions: (userId, version, selection) =>
      change(userId, async (tx) => {
        const backup = await getVersion(tx.db, userId, version)
        const deleted = isPossible(selection) ? await deleteSessions(tx, userId, backup.version, selection) : 0
        return noteChange(tx, userId, backup, -deleted, deleted > 0)
      }),
    async deleteAll(tx, userId) {
      await tx.db.deleteFrom('key_backup_sessions').where('user_id', '=', userId).execute()
      await tx.db.updateTable('key_backup_versions').set({ deleted: 1, key_count: 0 }).where('user_id', '=', userId).execute()
    },
  }
}

async function requireCurrent(tx: Transaction<HomeserverSchema>, userId: UserId, version: string): Promise<BackupVersion> {
  const current = await findVersion(tx.db, userId, undefined)
  if (current && version === String(current.version)) return current
  const number = parseVersion(version)
  const other = number === undefined ? undefined : await findVersion(tx.db, userId, number)
  if (!current || !other) throw new MatrixError('M_NOT_FOUND', `Version '${version}' not found`)
  throw new MatrixError('M_WRONG_ROOM_KEYS_VERSION', 'Wrong room_keys version', { extra: { current_version: String(current.version) } })
}

function isPossible({ roomId, sessionId }: SessionSelection): boolean {
  return isStorableText(roomId ?? '') && isStorableText(sessionId ?? '')
}

function refuseLongNames(sessions: readonly NamedSession[]): void {
  const odd = sessions.find((session) => !isPossible(session))
  if (odd) throw new MatrixError('M_INVALID_PARAM', 'A room or session ID is too long or has a NUL')
}

async function noteChange(
  tx: Transaction<HomeserverSchema>,
  userId: UserId,
  before: BackupVersion,
  countDifference: number,
  changed: boolean,
): Promise<BackupState> {
  if (!changed) return { count: before.count, etag: before.etag }
  const after = { count: before.count + countDifference, etag: before.etag + 1 }
  await tx.db
    .updateTable('key_backup_versions')
    .set({ key_count: after.count, etag: after.etag })
    .where('user_id', '=', userId)
    .where('version', '=', before.version)
    .execute()
  return after
}
