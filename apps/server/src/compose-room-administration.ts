import type { Database } from '@glia/database'
import {
  adminMembershipRoutes,
  createReplacementRoom,
  DELETE_ROOM_ACTION,
  type HomeserverSchema,
  historyPurgeRoutes,
  historyPurgeRunner,
  type MemberUpkeep,
  maintenanceAdminRoutes,
  type ProfileLookup,
  PURGE_HISTORY_ACTION,
  type PurgeRoom,
  purgeReceipts,
  purgeRoom,
  purgeWordIndex,
  REDACT_USER_ACTION,
  roomAdminRoutes,
  roomDeletionRoutes,
  roomDeletionRunner,
  type SignalBus,
  type Tasks,
  type Timeline,
  userRedactionRoutes,
  userRedactionRunner,
} from '@glia/homeserver'
import type { Route } from '@glia/http'
import type { Clock, Random } from '@glia/platform'
import { roomVersion, type ServerName } from '@glia/protocol'
import type { Config } from './config/index.ts'

/**
 * Everything that slices keep about a room, the room itself last. Left alone, as in Synapse: account data of users (tags, notes of
 * clients), keys in backups, media, the block.
 */
const PURGES: readonly PurgeRoom[] = [purgeReceipts, purgeWordIndex, purgeRoom]

/** Rooms as admins see them: looking, blocking, deleting, purging, redacting, changing members. */
export function composeRoomAdministration(deps: {
  config: Config
  database: Database<HomeserverSchema>
  signals: SignalBus
  clock: Clock
  random: Random
  serverName: ServerName
  tasks: Tasks
  timeline: Timeline
  upkeep: MemberUpkeep
  profileOf: ProfileLookup
}): readonly Route[] {
  const { config, database, signals, clock, random, serverName, tasks, timeline, profileOf } = deps
  const replacement = { timeline, random, serverName, version: roomVersion(config.rooms.defaultVersion)! }
  tasks.register(
    DELETE_ROOM_ACTION,
    roomDeletionRunner({
      database,
      timeline,
      signals,
      clock,
      createReplacement: (tx, room, nowMs) => createReplacementRoom(replacement, tx, room, nowMs),
      profileOf,
      purges: PURGES,
    }),
  )
  tasks.register(PURGE_HISTORY_ACTION, historyPurgeRunner({ database, timeline, serverName }))
  tasks.register(REDACT_USER_ACTION, userRedactionRunner({ database, timeline, serverName }))
  return [
    ...roomAdminRoutes({ database, timeline, clock }),
    ...roomDeletionRoutes({ database, tasks, clock, serverName }),
    ...maintenanceAdminRoutes({ database, random }),
    ...historyPurgeRoutes({ database, tasks, serverName }),
    ...userRedactionRoutes({ database, tasks }),
    ...adminMembershipRoutes(deps),
  ]
}
