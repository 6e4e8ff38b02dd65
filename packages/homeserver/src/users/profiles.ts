import { MatrixError } from '@glia/contract'
import type { Database, Reads, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { utf8ByteLength } from '@glia/protocol'
import type { UserTables } from './tables.ts'
import { lockUser } from './user-store.ts'
import type { Users } from './users.ts'

export type ProfileFields = Readonly<Record<string, unknown>>

/** What users tell about themselves: display name, avatar and further fields. */
export interface Profiles {
  /** All fields that are set, by their names on the wire; undefined if there is no such local user, or it was erased. */
  find(userId: UserId): Promise<ProfileFields | undefined>
  /**
   * Sets a field, or removes it with undefined, and lets the rooms of the user know of a new name or avatar.
   * @param options.quietly rooms are not told
   * @throws MatrixError M_NOT_FOUND, M_INVALID_PARAM, M_UNKNOWN (too long), M_KEY_TOO_LARGE, M_PROFILE_TOO_LARGE
   */
  setField(userId: UserId, name: string, value: unknown, options?: { quietly?: boolean }): Promise<void>
}

export const MAX_DISPLAY_NAME_LENGTH = 256
export const MAX_AVATAR_URL_LENGTH = 1000
const MAX_FIELD_NAME_BYTES = 255
/** Client-Server API, "Profiles": the whole profile, as canonical JSON. */
const MAX_PROFILE_BYTES = 65_536
const FIELD_NAME = /^[a-z][a-z0-9_.-]*$/

export function createProfiles(deps: {
  database: Database<UserTables>
  users: Users
  /** New member events with the user's name and avatar in all joined rooms. */
  propagateProfile: (userId: UserId) => Promise<void>
  /** Lets an application service make a user that is not there yet. @returns whether it did */
  askForUser: (userId: UserId) => Promise<boolean>
}): Profiles {
  const { database, users, propagateProfile } = deps
  return {
    async find(userId) {
      const found = await findProfile(database.read, userId)
      return found ?? ((await deps.askForUser(userId)) ? findProfile(database.read, userId) : undefined)
    },
    async setField(userId, name, value, { quietly = false } = {}) {
      if (name === 'displayname' || name === 'avatar_url') {
        const text = name === 'displayname' ? checkedDisplayName(value) : checkedAvatarUrl(value)
        const column = name === 'displayname' ? 'display_name' : 'avatar_url'
        const before = await database.transaction((tx) => users.update(tx, userId, { [column]: text }))
        if (!before) throw profileNotFound()
        const old = name === 'displayname' ? before.displayName : before.avatarUrl
        if (!quietly && (old ?? null) !== text) await propagateProfile(userId)
        return
      }
      checkFieldName(name)
      await database.transaction((tx) => saveField(tx, userId, name, value))
    },
  }
}

async function findProfile(reads: Reads<UserTables>, userId: UserId): Promise<ProfileFields | undefined> {
  const user = await reads
    .selectFrom('users')
    .select(['display_name', 'avatar_url', 'erased'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (!user || user.erased === 1) return undefined
  const others = await reads.selectFrom('profile_fields').select(['name', 'json']).where('user_id', '=', userId).orderBy('name').execute()
  return {
    ...(user.display_name === null ? {} : { displayname: user.display_name }),
    ...(user.avatar_url === null ? {} : { avatar_url: user.avatar_url }),
    ...Object.fromEntries(others.map(({ name, json }) => [name, JSON.parse(json)])),
  }
}

async function saveField(tx: Transaction<UserTables>, userId: UserId, name: string, value: unknown): Promise<void> {
  await lockUser(tx, userId)
  const profile = await findProfile(tx.db, userId)
  if (!profile) throw profileNotFound()
  if (value === undefined) {
    await tx.db.deleteFrom('profile_fields').where('user_id', '=', userId).where('name', '=', name).execute()
    return
  }
  if (utf8ByteLength(JSON.stringify({ ...profile, [name]: value })) > MAX_PROFILE_BYTES) {
    throw new MatrixError('M_PROFILE_TOO_LARGE', 'Profile too large')
  }
  const json = JSON.stringify(value)
  await tx.db
    .insertInto('profile_fields')
    .values({ user_id: userId, name, json })
    .onConflict((conflict) => conflict.columns(['user_id', 'name']).doUpdateSet({ json }))
    .execute()
}

/** @returns the name without blanks around it; null for none. @throws MatrixError M_INVALID_PARAM, M_UNKNOWN (too long) */
export function checkedDisplayName(value: unknown): string | null {
  const name = checkedText('displayname', value === undefined ? '' : value).trim()
  if ([...name].length > MAX_DISPLAY_NAME_LENGTH) {
    throw new MatrixError('M_UNKNOWN', `Displayname is too long (max ${MAX_DISPLAY_NAME_LENGTH})`)
  }
  return name === '' ? null : name
}

/** @returns the URL; null for none. @throws MatrixError M_INVALID_PARAM, M_UNKNOWN (too long) */
export function checkedAvatarUrl(value: unknown): string | null {
  const url = checkedText('avatar_url', value === undefined ? '' : value)
  if ([...url].length > MAX_AVATAR_URL_LENGTH) {
    throw new MatrixError('M_UNKNOWN', `Avatar URL is too long (max ${MAX_AVATAR_URL_LENGTH})`)
  }
  return url === '' ? null : url
}

function checkedText(name: string, value: unknown): string {
  if (typeof value !== 'string' || value.includes('\0')) throw new MatrixError('M_INVALID_PARAM', `'${name}' must be a string`)
  return value
}

function checkFieldName(name: string): void {
  if (utf8ByteLength(name) > MAX_FIELD_NAME_BYTES) throw new MatrixError('M_KEY_TOO_LARGE', 'Field name too long')
  if (!FIELD_NAME.test(name)) throw new MatrixError('M_INVALID_PARAM', 'Field name does not follow Common Namespaced Identifier Grammar')
}

export function profileNotFound(): MatrixError {
  return new MatrixError('M_NOT_FOUND', 'Profile was not found')
}
