import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { listPushers } from './pushers.ts'
import { pusherToWire } from './routes.ts'

export function pusherAdminRoutes(deps: { database: Database<HomeserverSchema>; findUser: (userId: UserId) => Promise<unknown> }): Route[] {
  return [
    route(contract.admin.pushers.listUserPushers, async ({ params }) => {
      const userId = params.user_id as UserId
      if (!(await deps.findUser(userId))) throw new MatrixError('M_NOT_FOUND', 'User not found')
      const pushers = (await listPushers(deps.database.read, userId)).map((pusher) => ({
        ...pusherToWire(pusher),
        enabled: pusher.enabled,
        device_id: pusher.deviceId ?? null,
      }))
      return { pushers, total: pushers.length }
    }),
  ]
}
