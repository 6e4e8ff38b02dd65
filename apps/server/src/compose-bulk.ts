import type { Database } from '@glia/database'
import {
  type AuthLink,
  BULK_ACTION,
  bulkRoutes,
  bulkRunner,
  createBulk,
  type Devices,
  type HomeserverSchema,
  type Media,
  mediaInBulk,
  mediaSelectionRoutes,
  type ProfileLookup,
  roomSelectionRoutes,
  roomsInBulk,
  type Tasks,
  type TellAdmins,
  type Timeline,
  type UserDeactivation,
  type Users,
  userSelectionRoutes,
  usersInBulk,
} from '@glia/homeserver'
import type { Route } from '@glia/http'
import type { Clock, Logger, Random } from '@glia/platform'
import type { ServerName } from '@glia/protocol'
import type { RecordChange } from './compose-audit.ts'

/** Users, rooms and media by everything that is known of them, and one thing done to many of them. */
export function composeBulk(deps: {
  readonly database: Database<HomeserverSchema>
  readonly tasks: Tasks
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly tellAdmins: TellAdmins
  readonly serverName: ServerName
  readonly timeline: Timeline
  readonly profileOf: ProfileLookup
  readonly media: Media
  readonly users: Users
  readonly devices: Devices
  readonly deactivation: UserDeactivation
  readonly auth: () => AuthLink
  readonly recordChange: RecordChange
}): Route[] {
  const { database, tasks } = deps
  const kinds = { users: usersInBulk(deps), rooms: roomsInBulk(deps), media: mediaInBulk(deps) }
  tasks.register(BULK_ACTION, bulkRunner({ ...deps, kinds }), { waits: true })
  return [
    ...userSelectionRoutes({ database }),
    ...roomSelectionRoutes(deps),
    ...mediaSelectionRoutes({ database }),
    ...bulkRoutes({ bulk: createBulk({ ...deps, kinds }) }),
  ]
}
