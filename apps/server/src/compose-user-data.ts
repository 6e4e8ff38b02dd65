import type { AnyTransaction, Database } from '@glia/database'
import {
  type AuthLink,
  accountDataAdminRoutes,
  accountDataClientRoutes,
  createAccountData,
  createDehydratedDevices,
  createFilters,
  createKeyBackup,
  createKeys,
  createNotifications,
  createOpenId,
  createPushers,
  createPushRules,
  createReceipts,
  createToDevice,
  createUpgradeFollower,
  type DehydratedDevices,
  type Devices,
  dehydratedDeviceRoutes,
  deleteAllAccountData,
  type FollowUpgrade,
  filterClientRoutes,
  type HomeserverSchema,
  integrationClientRoutes,
  type Keys,
  keyAdminRoutes,
  keyBackupClientRoutes,
  keyClientRoutes,
  openIdRoutes,
  parseTimelineToken,
  pusherAdminRoutes,
  pusherClientRoutes,
  pushRuleClientRoutes,
  type RecentChanges,
  receiptClientRoutes,
  type SignalBus,
  TypingUsers,
  toDeviceClientRoutes,
  typingClientRoutes,
  type UserDeactivation,
  type Users,
  userDirectoryClientRoutes,
} from '@glia/homeserver'
import type { Requester, Route } from '@glia/http'
import type { Clock, Logger, Random } from '@glia/platform'
import type { ServerName } from '@glia/protocol'
import type { Config } from './config/index.ts'

export interface UserData {
  readonly keys: Keys
  readonly dehydratedDevices: DehydratedDevices
  readonly typing: TypingUsers
  readonly followUpgrade: FollowUpgrade
  readonly routes: readonly Route[]
}

/** What users keep for themselves and what their devices tell each other: account data, push rules, receipts, keys, messages to devices. */
export function composeUserData(deps: {
  config: Config
  random: Random
  database: Database<HomeserverSchema>
  signals: SignalBus
  changes: RecentChanges
  clock: Clock
  logger: Logger
  serverName: ServerName
  publicBaseUrl: () => string
  users: Users
  devices: Devices
  deactivation: UserDeactivation
  auth: () => AuthLink
  /** The user did something. */
  onActive: (requester: Requester) => void
}): UserData {
  const { config, database, signals, clock, random, logger, serverName, users, devices, deactivation, auth, publicBaseUrl, onActive } = deps
  const accountData = createAccountData({ database, signals })
  const filters = createFilters({ database })
  const keyBackup = createKeyBackup({ database })
  const keys = createKeys({ database, signals, clock })
  const dehydratedDevices = createDehydratedDevices({ database, devices, keys, auth })
  const openId = createOpenId({ database, clock, random })
  const pushRules = createPushRules({ database, signals })
  const pushers = createPushers({ database, signals, clock, findUserByThreepid: users.findByThreepid })
  const receipts = createReceipts({ database, signals, clock })
  const toDevice = createToDevice({ database, signals, clock })
  const typing = new TypingUsers({ clock, signals })

  devices.onDevicesChanged((tx: AnyTransaction, userId) => keys.deviceListChanged(tx, userId))
  devices.onDevicesDeleted(async (tx: AnyTransaction, userId, deviceIds) => {
    await pushers.deleteForDevices(tx, userId, deviceIds)
    await keys.deleteDeviceData(tx, userId, deviceIds)
    await dehydratedDevices.forget(tx, userId, deviceIds)
  })
  deactivation.onUserDeactivated(async (tx: AnyTransaction, userId) => {
    await deleteAllAccountData(tx, userId)
    await pushRules.reset(tx, userId)
    await pushers.deleteAll(tx, userId)
    await keyBackup.deleteAll(tx, userId)
    await keys.deleteUserData(tx, userId)
    await openId.deleteAll(tx, userId)
  })

  const routes = [
    ...accountDataClientRoutes({ accountData }),
    ...accountDataAdminRoutes({ database, serverName }),
    ...dehydratedDeviceRoutes({ dehydratedDevices }),
    ...filterClientRoutes({ database, filters }),
    ...integrationClientRoutes({ turn: config.calls.turn ?? undefined, rtcTransports: config.calls.rtcTransports, clock }),
    ...keyBackupClientRoutes({ keyBackup }),
    ...keyClientRoutes({
      database,
      keys,
      serverName,
      auth,
      accountManagementUrl: () => `${publicBaseUrl()}account/`,
      positionOfToken: (token) => parseTimelineToken(token, 'from').position,
    }),
    ...keyAdminRoutes({ database, keys, clock }),
    ...openIdRoutes({ openId, serverName }),
    ...pushRuleClientRoutes({ pushRules }),
    ...pusherClientRoutes({ database, pushers, notifications: createNotifications({ database, changes: deps.changes, clock }) }),
    ...pusherAdminRoutes({ database, findUser: users.find }),
    ...receiptClientRoutes({ receipts, onActive }),
    ...toDeviceClientRoutes({ toDevice }),
    ...typingClientRoutes({ database, typing, onActive }),
    ...userDirectoryClientRoutes({ database }),
  ]
  const followUpgrade = createUpgradeFollower({ database, signals, logger, pushRules })
  return { keys, dehydratedDevices, typing, followUpgrade, routes }
}
