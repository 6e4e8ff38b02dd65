import { contract } from '@glia/contract'
import type { Database } from '@glia/database'
import {
  type AdminStream,
  adminStreamRoutes,
  auditRecordsById,
  bulkJobsById,
  createAdminStream,
  type HomeserverSchema,
  type NewsSources,
  reportsById,
  type SignalBus,
  tasksById,
  usersById,
} from '@glia/homeserver'
import type { Route } from '@glia/http'
import type { Clock, Logger } from '@glia/platform'

const sources: NewsSources = {
  audit: { endpoint: contract.glia.audit.listAuditLog, load: auditRecordsById },
  report: { endpoint: contract.glia.reports.listReports, load: reportsById },
  registration: { endpoint: contract.glia.users.findUsers, load: usersById },
  task: { endpoint: contract.admin.scheduledTasks.listScheduledTasks, load: tasksById },
  bulk_job: { endpoint: contract.glia.bulk.listBulkJobs, load: bulkJobsById },
}

/** The stream of what happens, for admins. */
export function composeAdminStream(deps: {
  readonly database: Database<HomeserverSchema>
  readonly signals: SignalBus
  readonly clock: Clock
  readonly logger: Logger
}): { stream: AdminStream; routes: Route[] } {
  const stream = createAdminStream({ ...deps, sources })
  return { stream, routes: adminStreamRoutes({ stream, sources }) }
}
