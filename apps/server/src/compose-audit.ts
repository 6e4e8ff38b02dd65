import type { Accounts, AuthSchema } from '@glia/auth'
import type { AnyTransaction, Database } from '@glia/database'
import {
  type AuditedChange,
  auditAdminRoutes,
  createAuditTrail,
  type HomeserverSchema,
  mediaSnapshot,
  recordChange,
  roomSnapshot,
  type Users,
  userSnapshot,
} from '@glia/homeserver'
import type { AuditTrail, Route } from '@glia/http'
import type { Clock, Logger, Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'

export interface Audit {
  readonly auditTrail: AuditTrail
  /** For changes by no request of their own, in the transaction that makes them. */
  readonly recordChange: (tx: AnyTransaction, change: AuditedChange) => Promise<void>
  readonly routes: Route[]
}

/** The audit log, and how it looks at what is acted on. */
export function composeAudit(deps: {
  readonly database: Database<HomeserverSchema & AuthSchema>
  readonly users: Users
  readonly accounts: Accounts
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}): Audit {
  const { database, users, accounts } = deps
  const userOfAccount = async (id: string) => (await accounts.findById(database.read, id))?.userId
  const snapshots = {
    user: async (userId: string) => userSnapshot(await users.find(userId as UserId)),
    room: (roomId: string) => roomSnapshot(database.read, roomId),
    media: (name: string) => mediaSnapshot(database.read, name.slice(name.indexOf('/') + 1)),
  }
  return {
    auditTrail: createAuditTrail({ ...deps, snapshots, userOfAccount }),
    recordChange: (tx, change) => recordChange(tx, deps, change),
    routes: auditAdminRoutes({ database }),
  }
}
