import type { Database } from '@glia/database'
import {
  type AuthLink,
  BULK_USERS_ACTION,
  bulkRoutes,
  bulkRunner,
  createBulk,
  type Devices,
  type HomeserverSchema,
  mediaSelectionRoutes,
  roomSelectionRoutes,
  type Tasks,
  type TellAdmins,
  type UserDeactivation,
  type Users,
  userActions,
  userSelectionRoutes,
} from '@glia/homeserver'
import type { Route } from '@glia/http'
import type { Clock, Logger, Random } from '@glia/platform'
import type { RecordChange } from './compose-audit.ts'

/** Users, rooms and media by everything that is known of them, and one thing done to many of them. */
export function composeBulk(deps: {
  readonly database: Database<HomeserverSchema>
  readonly tasks: Tasks
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly tellAdmins: TellAdmins
  readonly users: Users
  readonly devices: Devices
  readonly deactivation: UserDeactivation
  readonly auth: () => AuthLink
  readonly recordChange: RecordChange
}): Route[] {
  const { database, tasks } = deps
  tasks.register(BULK_USERS_ACTION, bulkRunner({ ...deps, actions: userActions(deps) }))
  return [
    ...userSelectionRoutes({ database }),
    ...roomSelectionRoutes(deps),
    ...mediaSelectionRoutes({ database }),
    ...bulkRoutes({ bulk: createBulk(deps) }),
  ]
}
