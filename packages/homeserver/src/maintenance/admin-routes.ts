import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { Random } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import { largestRooms } from './largest-rooms.ts'

const ALWAYS_DONE = new Set(['populate_stats_process_rooms', 'regenerate_directory'])

/**
 * Synapse's endpoints for the upkeep of its database and for federation, as far as there is something of the kind: migrations are done
 * before a start, counters and directory change with what they count, and Glia does not federate.
 */
export function maintenanceAdminRoutes({ database, random }: { database: Database<HomeserverSchema>; random: Random }): Route[] {
  const { maintenance, federation } = contract.admin
  const unknownDestination = async (): Promise<never> => {
    throw new MatrixError('M_NOT_FOUND', 'Unknown destination')
  }
  return [
    route(maintenance.listLargestRooms, async () => ({
      rooms: (await largestRooms(database.read, random)).map(({ roomId, bytes }) => ({ room_id: roomId, estimated_size: bytes })),
    })),
    route(maintenance.getBackgroundUpdates, async () => ({ enabled: true, current_updates: {} })),
    route(maintenance.areBackgroundUpdatesEnabled, async () => ({ enabled: true })),
    route(maintenance.enableBackgroundUpdates, async ({ body }) => {
      if (!body.enabled) throw new MatrixError('M_UNKNOWN', 'There are no background updates that could be paused')
      return { enabled: true }
    }),
    route(maintenance.startBackgroundJob, async ({ body }) => {
      if (!ALWAYS_DONE.has(body.job_name)) throw new MatrixError('M_UNKNOWN', 'Invalid job_name')
      return {}
    }),
    route(federation.listDestinations, async () => ({ destinations: [], total: 0 })),
    route(federation.getDestination, unknownDestination),
    route(federation.listDestinationRooms, unknownDestination),
    route(federation.resetConnection, unknownDestination),
  ]
}
