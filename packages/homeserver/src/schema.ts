import type { AccountDataTables } from './account-data/tables.ts'
import type { AdminStreamTables } from './admin-stream/tables.ts'
import type { AppserviceTables } from './appservices/tables.ts'
import type { AuditTables } from './audit/tables.ts'
import type { BulkTables } from './bulk/tables.ts'
import type { DehydratedDeviceTables } from './dehydrated-devices/tables.ts'
import type { DelayedEventTables } from './delayed-events/tables.ts'
import type { FilterTables } from './filters/tables.ts'
import type { KeyBackupTables } from './key-backup/tables.ts'
import type { KeyTables } from './keys/tables.ts'
import type { ListTables } from './lists/tables.ts'
import type { MediaTables } from './media/tables.ts'
import type { OpenIdTables } from './openid/tables.ts'
import type { PresenceTables } from './presence/tables.ts'
import type { PushRuleTables } from './push-rules/tables.ts'
import type { PusherTables } from './pushers/tables.ts'
import type { ReceiptTables } from './receipts/tables.ts'
import type { ReportTables } from './reports/tables.ts'
import type { RoomTables } from './rooms/tables.ts'
import type { SearchTables } from './search/tables.ts'
import type { ServerNoticeTables } from './server-notices/tables.ts'
import type { SlidingSyncTables } from './sliding-sync/tables.ts'
import type { SystemTables } from './system/tables.ts'
import type { TaskTables } from './tasks/tables.ts'
import type { TimeSeriesTables } from './time-series/tables.ts'
import type { TimelineTables } from './timeline/tables.ts'
import type { ToDeviceTables } from './to-device/tables.ts'
import type { UrlPreviewTables } from './url-previews/tables.ts'
import type { UserTables } from './users/tables.ts'

/** All tables of the homeserver. Each slice declares its own in its `tables.ts`. */
export interface HomeserverSchema
  extends SystemTables,
    UserTables,
    RoomTables,
    TimelineTables,
    AccountDataTables,
    AdminStreamTables,
    AppserviceTables,
    AuditTables,
    BulkTables,
    DehydratedDeviceTables,
    DelayedEventTables,
    FilterTables,
    KeyBackupTables,
    KeyTables,
    ListTables,
    MediaTables,
    OpenIdTables,
    PresenceTables,
    PusherTables,
    UrlPreviewTables,
    PushRuleTables,
    ReceiptTables,
    ReportTables,
    SearchTables,
    ServerNoticeTables,
    SlidingSyncTables,
    TaskTables,
    TimeSeriesTables,
    ToDeviceTables {}
