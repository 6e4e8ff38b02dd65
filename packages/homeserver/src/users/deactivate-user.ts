import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { AuthLink } from '../auth-link.ts'
import type { Devices } from '../devices/index.ts'
import type { Departures } from './departures.ts'
import type { UserTables } from './tables.ts'
import type { Users } from './users.ts'

/** Runs in the deactivating transaction: a slice removes what it keeps for the user. */
export type DeactivationHook = (tx: Transaction<UserTables>, userId: UserId, options: { erase: boolean }) => Promise<void>

export interface UserDeactivation {
  /**
   * Ends an account for good: password, sessions, devices, third-party addresses and personal data go, then rooms are left.
   * `erase` also removes the profile and shows old messages as redacted. May be repeated, for instance to erase later.
   * @throws MatrixError M_NOT_FOUND
   */
  deactivate(userId: UserId, options: { erase: boolean }): Promise<void>
  /** The same inside a transaction; the caller calls `leaveRooms` after it. Should it not come to that, the next start does. */
  deactivateIn(tx: Transaction<UserTables>, userId: UserId, options: { erase: boolean }): Promise<void>
  leaveRooms(userId: UserId): Promise<void>
  onUserDeactivated(hook: DeactivationHook): void
}

export function createUserDeactivation(deps: {
  database: Database<UserTables>
  users: Users
  devices: Devices
  /** Asked for late: the auth service is built after the homeserver. */
  auth: () => AuthLink
  departures: Departures
}): UserDeactivation {
  const { database, users, devices, auth, departures } = deps
  const hooks: DeactivationHook[] = []

  async function deactivateIn(tx: Transaction<UserTables>, userId: UserId, { erase }: { erase: boolean }): Promise<void> {
    const erased = erase ? { erased: 1, display_name: null, avatar_url: null } : {}
    const before = await users.update(tx, userId, { deactivated: 1, ...erased })
    if (!before) throw new MatrixError('M_NOT_FOUND', 'User not found')
    await tx.db.deleteFrom('user_threepids').where('user_id', '=', userId).execute()
    if (erase) await tx.db.deleteFrom('profile_fields').where('user_id', '=', userId).execute()
    await auth().setPasswordHash(tx, userId, undefined)
    await auth().endSessions(tx, userId, {})
    await devices.removeAll(tx, userId, {})
    await departures.note(tx, userId)
    for (const hook of hooks) await hook(tx, userId, { erase })
  }

  return {
    deactivateIn,
    async deactivate(userId, options) {
      await database.transaction((tx) => deactivateIn(tx, userId, options))
      await departures.depart(userId)
    },
    leaveRooms: departures.depart,
    onUserDeactivated: (hook) => void hooks.push(hook),
  }
}
