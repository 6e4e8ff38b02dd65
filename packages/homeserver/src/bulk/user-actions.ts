import type { contract } from '@glia/contract'
import type { Database } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { AuthLink } from '../auth-link.ts'
import type { Devices } from '../devices/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type UserChanges, type UserDeactivation, type UserRecord, type UserSelection, type Users, userSelector } from '../users/index.ts'
import type { BulkKind, BulkPlan, Settle } from './bulk-kind.ts'

export type BulkUserAction = (typeof contract.glia.bulk.bulkUserActions)[number]

export interface UserActionDeps {
  readonly database: Database<HomeserverSchema>
  readonly users: Users
  readonly devices: Devices
  readonly deactivation: UserDeactivation
  readonly auth: () => AuthLink
}

/** Does one thing to one user. `settle` is part of the last transaction. Done twice it does no harm. */
type ActOnUser = (userId: UserId, settle: Settle) => Promise<void>

/** Users, for bulk jobs. Admins and helpers are left alone unless the job says otherwise, whoever asked for it always is. */
export function usersInBulk(deps: UserActionDeps): BulkKind {
  const actions = userActions(deps)
  const selectionOf = ({ parameters }: BulkPlan) => parameters.selection as UserSelection
  const actedOn = (plan: BulkPlan): UserSelection => ({
    ...selectionOf(plan),
    except: { userId: plan.createdBy, privileged: !plan.parameters.includesAdmins },
  })
  return {
    async behind(reads, plan, id, limit) {
      const found = await userSelector.behindId(reads, selectionOf(plan), id, limit)
      return found.map((user) => ({ id: user.userId, isSpared: isSpared(plan, user) }))
    },
    async counts(reads, plan) {
      const { count } = await userSelector.count(reads, actedOn(plan))
      return { actOn: count, skip: (await userSelector.count(reads, selectionOf(plan))).count - count }
    },
    async examples(reads, plan, limit) {
      return (await userSelector.behindId(reads, actedOn(plan), '', limit)).map(({ userId }) => userId)
    },
    act: ({ action }, id, settle) => actions[action as BulkUserAction](id as UserId, settle),
    target: (id) => ({ kind: 'user', id }),
  }
}

/** Whom a job leaves alone. */
function isSpared({ createdBy, parameters }: BulkPlan, user: UserRecord): boolean {
  return user.userId === createdBy || (!parameters.includesAdmins && (user.isAdmin || user.adminRole !== undefined))
}

function userActions({ database, users, devices, deactivation, auth }: UserActionDeps): Readonly<Record<BulkUserAction, ActOnUser>> {
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
