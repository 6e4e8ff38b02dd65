import type { AnyTransaction, Database } from '@glia/database'
import {
  createSlidingSync,
  createSync,
  type Devices,
  type HomeserverSchema,
  type Presence,
  presenceClientRoutes,
  type RecentChanges,
  type SignalBus,
  type StateViews,
  slidingSyncClientRoutes,
  syncClientRoutes,
  type TypingUsers,
} from '@glia/homeserver'
import type { Clock, Logger, Random } from '@glia/platform'
import type { Config } from './config/index.ts'

/** Both ways to hear of what is new. */
export function composeSync(deps: {
  config: Config
  database: Database<HomeserverSchema>
  views: StateViews
  signals: SignalBus
  changes: RecentChanges
  typing: TypingUsers
  presence: Presence | undefined
  devices: Devices
  clock: Clock
  random: Random
  logger: Logger
}) {
  const { config, database, views, signals, changes, typing, presence, devices, clock, random, logger } = deps
  const parts = { database, views, clock, signals, changes, typing }
  const sync = createSync({
    ...parts,
    presence: presence && { includeOffline: config.presence.includeOfflineOnSync, lastActiveMs: presence.lastActiveMs },
  })
  const slidingSync = createSlidingSync({ ...parts, random, logger })
  devices.onDevicesDeleted((tx: AnyTransaction, userId, deviceIds) => slidingSync.deleteForDevices(tx, userId, deviceIds))
  return {
    routes: [
      ...syncClientRoutes({ sync, presence }),
      ...slidingSyncClientRoutes({ slidingSync }),
      ...presenceClientRoutes({ presence, clock }),
    ],
    /** Answers all waiting requests. */
    endLongPolls() {
      sync.stop()
      slidingSync.endLongPolls()
    },
    running: slidingSync,
  }
}
