import type { Accounts, AuthSchema } from '@glia/auth'
import type { AnyTransaction, Database } from '@glia/database'
import {
  type AuditedChange,
  auditAdminRoutes,
  createAuditTrail,
  type HomeserverSchema,
  mediaSnapshot,
  roomSnapshot,
  type TellAdmins,
  type Users,
  userSnapshot,
} from '@glia/homeserver'
import type { AuditTrail, Route } from '@glia/http'
import type { Clock, Logger, Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'

export interface Audit {
  readonly auditTrail: AuditTrail
  readonly routes: Route[]
}

/** Writes down what comes by no request of an admin, in the transaction that makes it. */
export type RecordChange = (tx: AnyTransaction, change: AuditedChange) => Promise<void>

/** The audit log, and how it looks at what is acted on. */
export function composeAudit(deps: {
  readonly database: Database<HomeserverSchema & AuthSchema>
  readonly users: Users
  readonly accounts: Accounts
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly tellAdmins: TellAdmins
}): Audit {
  const { database, users, accounts } = deps
  const userOfAccount = async (id: string) => (await accounts.findById(database.read, id))?.userId
  const snapshots = {
    user: async (userId: string) => userSnapshot(await users.find(userId as UserId)),
    room: (roomId: string) => roomSnapshot(database.read, roomId, deps.clock.nowMs()),
    media: (name: string) => mediaSnapshot(database.read, name.slice(name.indexOf('/') + 1)),
  }
  return {
    auditTrail: createAuditTrail({ ...deps, snapshots, userOfAccount }),
    routes: auditAdminRoutes({ database }),
  }
}
