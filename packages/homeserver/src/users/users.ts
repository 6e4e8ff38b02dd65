import { MatrixError } from '@glia/contract'
import { type Database, isUniqueViolation, type Reads, type Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import { makeUserId, type ServerName, type UserId } from '@glia/protocol'
import { checkNewLocalpart, refuseNumericLocalpart } from './localpart.ts'
import type { UserTables } from './tables.ts'
import { deleteThreepid, insertThreepid, listThreepids, type Threepid } from './user-details-store.ts'
import type { UserRecord } from './user-record.ts'
import { createUserFinder, insertUsers, type UserChanges, updateUser } from './user-store.ts'

export interface NewUser {
  readonly localpart: string
  /** Absent: the localpart (guests: none). Empty: none. */
  readonly displayName?: string | undefined
  readonly avatarUrl?: string | undefined
  readonly isAdmin?: boolean | undefined
  readonly isGuest?: boolean | undefined
  readonly userType?: string | undefined
  /** The application service that has the user for itself. */
  readonly appserviceId?: string | undefined
}

/** Local accounts: who there is, and their flags. Names that were ever given out stay taken. */
export interface Users {
  /** On the path of every request: one look-up by primary key. */
  find(userId: UserId): Promise<UserRecord | undefined>
  /**
   * @param options.evenReserved names that admins reserved are theirs to give
   * @throws MatrixError M_INVALID_USERNAME, M_EXCLUSIVE, M_USER_IN_USE
   */
  checkLocalpartAvailable(localpart: string, options?: { evenReserved?: boolean }): Promise<void>
  /**
   * Makes the user. The name's form is not checked here: `checkLocalpartAvailable` before.
   * @throws MatrixError M_USER_IN_USE if somebody was faster
   */
  create(tx: Transaction<UserTables>, user: NewUser): Promise<UserId>
  /** @returns the user as it was before; undefined if there is none */
  update(tx: Transaction<UserTables>, userId: UserId, changes: UserChanges): Promise<UserRecord | undefined>
  /** Runs in the transaction that makes a user. */
  onUserCreated(hook: (tx: Transaction<UserTables>, userId: UserId) => Promise<void>): void
  /** Whose confirmed e-mail address (lower case) or phone number this is. */
  findByThreepid(medium: string, address: string): Promise<UserId | undefined>
  listThreepids(userId: UserId): Promise<Threepid[]>
  /** `address` in lower case if it is an e-mail address. @throws MatrixError M_THREEPID_IN_USE when it is somebody else's */
  addThreepid(tx: Transaction<UserTables>, userId: UserId, threepid: Omit<Threepid, 'addedAtMs'>): Promise<void>
  /** @returns whether the user had it */
  removeThreepid(tx: Transaction<UserTables>, userId: UserId, threepid: Pick<Threepid, 'medium' | 'address'>): Promise<boolean>
  /** Whether any account that can be used is an admin. */
  hasAdmin(db: Reads<UserTables>): Promise<boolean>
  isLocal(userId: string): boolean
  /** A number that grows whenever this process made or changed a user. */
  revision(): number
}

export interface UsersDeps {
  readonly database: Database<UserTables>
  readonly clock: Clock
  readonly serverName: ServerName
  /** Whether an application service has this user for itself. */
  readonly isReserved?: (userId: UserId) => boolean
  /** Whether admins keep the name from being registered. */
  readonly isNameReserved?: (localpart: string) => Promise<boolean>
  /** How long new accounts of people can be used; absent: for ever. */
  readonly validityMs?: number | undefined
}

export function createUsers(deps: UsersDeps): Users {
  const { database, clock, serverName } = deps
  const find = createUserFinder(database.read)
  let revision = 0
  const createdHooks: ((tx: Transaction<UserTables>, userId: UserId) => Promise<void>)[] = []

  return {
    find,
    async checkLocalpartAvailable(localpart, { evenReserved = false } = {}) {
      checkNewLocalpart(localpart, serverName)
      if (deps.isReserved?.(makeUserId(localpart, serverName))) {
        throw new MatrixError('M_EXCLUSIVE', 'This user ID is reserved by an application service.')
      }
      if (!evenReserved && (await deps.isNameReserved?.(localpart))) throw new MatrixError('M_EXCLUSIVE', 'This user ID is reserved.')
      if (await find(makeUserId(localpart, serverName))) throw userInUse()
      refuseNumericLocalpart(localpart)
    },
    async create(tx, user) {
      const userId = makeUserId(user.localpart, serverName)
      const isLimited = deps.validityMs !== undefined && !user.isGuest && user.appserviceId === undefined
      const displayName = user.displayName ?? (user.isGuest ? '' : user.localpart)
      try {
        await insertUsers(tx, [
          {
            user_id: userId,
            localpart: user.localpart,
            created_at_ms: clock.nowMs(),
            admin: user.isAdmin ? 1 : 0,
            is_guest: user.isGuest ? 1 : 0,
            user_type: user.userType ?? null,
            appservice_id: user.appserviceId ?? null,
            display_name: displayName || null,
            avatar_url: user.avatarUrl || null,
            consent_version: null,
            consent_at_ms: null,
            last_seen_ms: null,
            expires_at_ms: isLimited ? clock.nowMs() + deps.validityMs! : null,
          },
        ])
      } catch (error) {
        if (isUniqueViolation(error)) throw userInUse(error)
        throw error
      }
      tx.afterCommit(() => revision++)
      for (const hook of createdHooks) await hook(tx, userId)
      return userId
    },
    update(tx, userId, changes) {
      tx.afterCommit(() => revision++)
      return updateUser(tx, userId, changes, clock.nowMs())
    },
    revision: () => revision,
    onUserCreated: (hook) => void createdHooks.push(hook),
    async findByThreepid(medium, address) {
      const found = await database.read
        .selectFrom('user_threepids')
        .select('user_id')
        .where('medium', '=', medium)
        .where('address', '=', address)
        .executeTakeFirst()
      return found?.user_id as UserId | undefined
    },
    listThreepids: (userId) => listThreepids(database.read, userId),
    async addThreepid(tx, userId, threepid) {
      if (!(await insertThreepid(tx, userId, { ...threepid, addedAtMs: clock.nowMs() }))) {
        throw new MatrixError('M_THREEPID_IN_USE', 'This address belongs to another account')
      }
    },
    removeThreepid: deleteThreepid,
    async hasAdmin(db) {
      const admin = await db
        .selectFrom('users')
        .select('user_id')
        .where('admin', '=', 1)
        .where('deactivated', '=', 0)
        .limit(1)
        .executeTakeFirst()
      return admin !== undefined
    },
    isLocal: (userId) => userId.slice(userId.indexOf(':') + 1) === serverName,
  }
}

function userInUse(cause?: unknown): MatrixError {
  return new MatrixError('M_USER_IN_USE', 'User ID already taken.', cause === undefined ? {} : { cause })
}
