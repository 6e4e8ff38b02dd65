import type { Database } from '@glia/database'
import {
  createReports,
  type HomeserverSchema,
  historyAdminRoutes,
  historyClientRoutes,
  reportAdminRoutes,
  reportClientRoutes,
  type StateViews,
  searchClientRoutes,
  spaceRoutes,
} from '@glia/homeserver'
import { isRateLimited, RateLimiter, type Requester, type Route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { Config } from './config/index.ts'

/** As in Synapse, where it cannot be configured either. */
const HIERARCHY_LIMIT = { perSecond: 5, burstCount: 10 }

/** Reading rooms, and telling admins about what was read. */
export function composeReading(deps: {
  config: Config
  database: Database<HomeserverSchema>
  views: StateViews
  clock: Clock
}): readonly Route[] {
  const { config, database, views, clock } = deps
  const history = { database, views, clock }
  const limiter = new RateLimiter(clock)
  const limitHierarchy = async (requester: Requester) => {
    if (isRateLimited(requester)) limiter.take(`hierarchy:${requester.userId}`, HIERARCHY_LIMIT)
  }
  const reports = createReports({
    ...history,
    limitReports: async (userId) => limiter.take(`reports:${userId}`, config.ratelimiting.reports),
  })
  return [
    ...historyClientRoutes(history),
    ...historyAdminRoutes(history),
    ...searchClientRoutes({ ...history, isEnabled: config.rooms.searchEnabled }),
    ...spaceRoutes({ database, limitHierarchy }),
    ...reportClientRoutes({ reports }),
    ...reportAdminRoutes({ database }),
  ]
}
