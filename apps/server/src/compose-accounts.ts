import { forgetAcceptedTerms } from '@glia/auth'
import type { AnyTransaction, Database } from '@glia/database'
import {
  type AuthLink,
  accountValidityRoutes,
  adminRoleRoutes,
  createActivityRecorder,
  createDepartures,
  createDevices,
  createHomeserverLink,
  createProfiles,
  createUserDeactivation,
  createUserList,
  createUsers,
  deviceAdminRoutes,
  deviceClientRoutes,
  experimentalFeatureRoutes,
  type HomeserverSchema,
  isUsernameReserved,
  listJoinedRooms,
  listMemberships,
  profileRoutes,
  userAdminRoutes,
  userLimitRoutes,
  userLookupRoutes,
  userModerationRoutes,
} from '@glia/homeserver'
import type { Route } from '@glia/http'
import type { Clock, Logger } from '@glia/platform'
import type { ServerName, UserId } from '@glia/protocol'

export interface AccountsOptions {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  readonly logger: Logger
  readonly serverName: ServerName
  /** Asked for late: the auth service is built with what is made here. */
  readonly auth: () => AuthLink
  readonly leaveAllRooms: (userId: UserId) => Promise<void>
  readonly propagateProfile: (userId: UserId) => Promise<void>
  readonly passwordsEnabled: boolean
  /** Whether an application service has this user for itself. */
  readonly isReserved: (userId: UserId) => boolean
  /** How long new accounts can be used; undefined: for ever. */
  readonly validityMs: number | undefined
  readonly askForUser: (userId: UserId) => Promise<boolean>
}

/** Users, their devices and profiles, and the homeserver as the auth service sees it. */
export function composeAccounts(options: AccountsOptions) {
  const { database, clock, logger, serverName, auth, leaveAllRooms, propagateProfile, passwordsEnabled } = options
  const users = createUsers({
    database: database.as(),
    clock,
    serverName,
    isReserved: options.isReserved,
    isNameReserved: (localpart) => isUsernameReserved(database.read, localpart, clock.nowMs()),
    validityMs: options.validityMs,
  })
  const devices = createDevices({ database: database.as(), clock })
  const activity = createActivityRecorder({ database: database.as(), clock, logger })
  const departures = createDepartures({ database: database.as(), clock, logger, leaveAllRooms })
  const deactivation = createUserDeactivation({ database: database.as(), users, devices, auth, departures })
  deactivation.onUserDeactivated(async (tx: AnyTransaction, userId, { erase }) => {
    if (erase) await forgetAcceptedTerms(tx, userId)
  })
  const profiles = createProfiles({ database: database.as(), users, propagateProfile, askForUser: options.askForUser })
  const userList = createUserList({ database: database.as(), clock, revision: users.revision })
  const homeserverLink = createHomeserverLink({ serverName, users, devices, activity, deactivation })

  const routes: Route[] = [
    ...profileRoutes({ database: database.as(), profiles, users }),
    ...deviceClientRoutes({ database: database.as(), devices, auth }),
    ...userAdminRoutes({
      database: database.as(),
      clock,
      users,
      devices,
      deactivation,
      auth,
      propagateProfile,
      passwordsEnabled,
      userList,
      listJoinedRooms: (userId) => listJoinedRooms(database.read, userId),
    }),
    ...accountValidityRoutes({ database: database.as(), users, clock, periodMs: options.validityMs }),
    ...adminRoleRoutes({ database: database.as(), users }),
    ...experimentalFeatureRoutes({ database: database.as(), users }),
    ...userLimitRoutes({ database: database.as(), users }),
    ...userModerationRoutes({ database: database.as(), users }),
    ...userLookupRoutes({ database: database.as(), users, listMemberships: (userId) => listMemberships(database.read, userId) }),
    ...deviceAdminRoutes({ database: database.as(), devices, auth, findUser: users.find }),
  ]
  return {
    users,
    devices,
    deactivation,
    profiles,
    homeserverLink,
    routes,
    async start(): Promise<void> {
      activity.start()
      await departures.start()
    },
    async stop(): Promise<void> {
      await departures.stop()
      await activity.stop()
    },
  }
}
