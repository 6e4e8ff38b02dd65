import type { Migration } from '@glia/database'
import { users } from './20260101T0000-users.ts'
import { rooms } from './20260101T0010-rooms.ts'
import { events } from './20260101T0020-events.ts'

/** All steps of the homeserver's schema. */
export const homeserverMigrations: readonly Migration[] = [users, rooms, events]
