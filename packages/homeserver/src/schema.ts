import type { RoomTables } from './rooms/tables.ts'
import type { TimelineTables } from './timeline/tables.ts'
import type { UserTables } from './users/tables.ts'

/** All tables of the homeserver. Each slice declares its own in its `tables.ts`. */
export interface HomeserverSchema extends UserTables, RoomTables, TimelineTables {}
