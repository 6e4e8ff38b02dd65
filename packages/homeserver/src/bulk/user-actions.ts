import type { contract } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { AuthLink } from '../auth-link.ts'
import type { Devices } from '../devices/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { UserChanges, UserDeactivation, Users } from '../users/index.ts'

export type BulkAction = (typeof contract.glia.bulk.bulkUserActions)[number]

export interface UserActionDeps {
  readonly database: Database<HomeserverSchema>
  readonly users: Users
  readonly devices: Devices
  readonly deactivation: UserDeactivation
  readonly auth: () => AuthLink
}

/** Does one thing to one user. `settle` is part of the last transaction. Done twice it does no harm. */
export type ActOnUser = (userId: UserId, settle: (tx: Transaction<HomeserverSchema>) => Promise<void>) => Promise<void>

export function userActions({ database, users, devices, deactivation, auth }: UserActionDeps): Readonly<Record<BulkAction, ActOnUser>> {
  const change =
    (changes: UserChanges): ActOnUser =>
    (userId, settle) =>
      database.transaction(async (tx) => {
        await users.update(tx, userId, changes)
        await settle(tx)
      })
  const deactivate =
    (erase: boolean): ActOnUser =>
    async (userId, settle) => {
      await deactivation.deactivate(userId, { erase })
      await database.transaction(settle)
    }
  return {
    lock: change({ locked: 1 }),
    unlock: change({ locked: 0 }),
    suspend: change({ suspended: 1 }),
    unsuspend: change({ suspended: 0 }),
    shadow_ban: change({ shadow_banned: 1 }),
    unshadow_ban: change({ shadow_banned: 0 }),
    log_out: (userId, settle) =>
      database.transaction(async (tx) => {
        await auth().endSessions(tx, userId, {})
        await devices.removeAll(tx, userId, {})
        await settle(tx)
      }),
    deactivate: deactivate(false),
    erase: deactivate(true),
  }
}
