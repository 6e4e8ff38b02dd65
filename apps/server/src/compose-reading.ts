import type { Database } from '@glia/database'
import {
  createReports,
  type HomeserverSchema,
  historyAdminRoutes,
  historyClientRoutes,
  REPORT_ALERT_ACTION,
  REPORT_NOTICE_ACTION,
  reportAdminRoutes,
  reportAlertRunner,
  reportCaseRoutes,
  reportClientRoutes,
  reportNoticeRunner,
  type ServerNotices,
  type StateViews,
  scheduleAlert,
  scheduleNotices,
  searchClientRoutes,
  spaceRoutes,
  type Tasks,
  type TellAdmins,
} from '@glia/homeserver'
import { isRateLimited, type RateLimit, RateLimiter, type Requester, type Route } from '@glia/http'
import type { Clock, Logger, Outbound, Random } from '@glia/platform'
import type { Config } from './config/index.ts'

/** As in Synapse, where it cannot be configured either. */
const HIERARCHY_LIMIT = { perSecond: 5, burstCount: 10 }

/** Reading rooms, and telling admins about what was read. */
export function composeReading(deps: {
  config: Config
  database: Database<HomeserverSchema>
  views: StateViews
  clock: Clock
  random: Random
  logger: Logger
  tasks: Tasks
  tellAdmins: TellAdmins
  serverNotices: ServerNotices
  /** To addresses that the configuration names. */
  outbound: Outbound
}): readonly Route[] {
  const { config, database, views, clock, random, logger, tasks, tellAdmins, serverNotices, outbound } = deps
  const history = { database, views, clock }
  const limiter = new RateLimiter(clock)
  const limit = (requester: Requester, what: string, by: RateLimit) => {
    if (isRateLimited(requester)) limiter.take(`${what}:${requester.userId}`, by)
  }
  const limitHierarchy = async (requester: Requester) => limit(requester, 'hierarchy', HIERARCHY_LIMIT)
  const { webhook, noticeRecipients: recipients } = config.reports
  if (webhook) {
    const webhookSecret = webhook.secret?.reveal()
    tasks.register(
      REPORT_ALERT_ACTION,
      reportAlertRunner({ database, tasks, clock, logger, outbound, webhookUrl: webhook.url, webhookSecret }),
    )
  }
  tasks.register(REPORT_NOTICE_ACTION, reportNoticeRunner({ database, logger, serverNotices, recipients }))
  const reports = createReports({
    ...history,
    tellAdmins,
    alert: async (tx, reportId) => {
      if (webhook) await scheduleAlert(tx, tasks, reportId)
      if (recipients.length > 0) await scheduleNotices(tx, tasks, reportId)
    },
  })
  return [
    ...historyClientRoutes(history),
    ...historyAdminRoutes(history),
    ...searchClientRoutes({ ...history, isEnabled: config.rooms.searchEnabled }),
    ...spaceRoutes({ database, limitHierarchy }),
    ...reportClientRoutes({ reports, limitReports: (requester) => limit(requester, 'reports', config.ratelimiting.reports) }),
    ...reportAdminRoutes({ database, tellAdmins }),
    ...reportCaseRoutes({ database, clock, random, tellAdmins }),
  ]
}
