import type { Migration } from '@glia/database'
import { users } from './20260101T0000-users.ts'
import { rooms } from './20260101T0010-rooms.ts'
import { events } from './20260101T0020-events.ts'
import { userDetails } from './20260101T0050-user-details.ts'
import { userDepartures } from './20260101T0055-user-departures.ts'
import { media } from './20260101T0110-media.ts'
import { scheduledTasks } from './20260101T0120-scheduled-tasks.ts'
import { roomDeletion } from './20260101T0130-room-deletion.ts'
import { accountData } from './20260101T0200-account-data.ts'
import { receipts } from './20260101T0210-receipts.ts'
import { toDevice } from './20260101T0220-to-device.ts'
import { keys } from './20260101T0230-keys.ts'
import { pushRules } from './20260101T0240-push-rules.ts'
import { filters } from './20260101T0250-filters.ts'
import { keyBackup } from './20260101T0260-key-backup.ts'
import { pushers } from './20260101T0270-pushers.ts'
import { threads } from './20260101T0270-threads.ts'
import { publicRooms } from './20260101T0280-public-rooms.ts'
import { serverName } from './20260101T0290-server-name.ts'
import { reports } from './20260101T0300-reports.ts'
import { slidingSync } from './20260101T0310-sliding-sync.ts'
import { search } from './20260101T0320-search.ts'
import { pushSending } from './20260101T0330-push-sending.ts'
import { urlPreviews } from './20260101T0330-url-previews.ts'
import { userStateTimes } from './20260101T0335-user-state-times.ts'
import { appservices } from './20260101T0340-appservices.ts'
import { openIdTokens } from './20260101T0350-openid-tokens.ts'
import { delayedEvents } from './20260101T0351-delayed-events.ts'
import { presence } from './20260101T0352-presence.ts'
import { userLimits } from './20260101T0360-user-limits.ts'
import { serverNotices } from './20260101T0361-server-notices.ts'
import { auditLog } from './20260101T0370-audit-log.ts'
import { threepidIds } from './20260101T0375-threepid-ids.ts'
import { reportCases } from './20260101T0380-report-cases.ts'
import { bulkJobs } from './20260101T0390-bulk-jobs.ts'
import { timeSeries } from './20260101T0400-time-series.ts'
import { dehydratedDevices } from './20260101T0410-dehydrated-devices.ts'
import { roomOrders } from './20260101T0480-room-orders.ts'
import { mediaTotals } from './20260101T0500-media-totals.ts'
import { userOrders } from './20260101T0510-user-orders.ts'
import { selections } from './20260101T0520-selections.ts'
import { bulkKinds } from './20260101T0530-bulk-kinds.ts'
import { adminNews } from './20260101T0600-admin-news.ts'
import { lists } from './20260101T0610-lists.ts'
import { mediaQuotas } from './20260101T0620-media-quotas.ts'
import { mediaAge } from './20260101T0630-media-age.ts'

/** All steps of the homeserver's schema. */
export const homeserverMigrations: readonly Migration[] = [
  users,
  rooms,
  events,
  userDetails,
  userDepartures,
  media,
  scheduledTasks,
  roomDeletion,
  accountData,
  receipts,
  toDevice,
  keys,
  pushRules,
  filters,
  keyBackup,
  pushers,
  threads,
  publicRooms,
  serverName,
  reports,
  slidingSync,
  search,
  userStateTimes,
  appservices,
  openIdTokens,
  auditLog,
  threepidIds,
  reportCases,
  bulkJobs,
  timeSeries,
  delayedEvents,
  userLimits,
  pushSending,
  presence,
  urlPreviews,
  serverNotices,
  dehydratedDevices,
  roomOrders,
  adminNews,
  mediaTotals,
  userOrders,
  lists,
  selections,
  mediaQuotas,
  bulkKinds,
  mediaAge,
]
