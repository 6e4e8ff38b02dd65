import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { JsonObject } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { listPushers, type Pusher, type Pushers } from './pushers.ts'

export function pusherClientRoutes(deps: { database: Database<HomeserverSchema>; pushers: Pushers }): Route[] {
  const { misc } = contract.client
  return [
    route(misc.getPushers, async ({ requester }) => ({
      pushers: (await listPushers(deps.database.read, requester.userId)).map(pusherToWire),
    })),
    route(misc.setPusher, async ({ body, requester }) => {
      const { kind, app_id, pushkey, app_display_name, device_display_name, lang, data } = body
      if (kind === null) {
        await deps.pushers.remove(requester.userId, app_id, pushkey)
        return {}
      }
      if (app_display_name === undefined || device_display_name === undefined || lang === undefined || data === undefined) {
        const missing = Object.entries({ app_display_name, device_display_name, lang, data }).filter(([, value]) => value === undefined)
        throw new MatrixError('M_MISSING_PARAM', `Missing params: [${missing.map(([name]) => `'${name}'`).join(', ')}]`)
      }
      const pusher: Pusher = {
        kind,
        appId: app_id,
        pushkey,
        appDisplayName: app_display_name,
        deviceDisplayName: device_display_name,
        lang,
        profileTag: body.profile_tag ?? '',
        data: data as JsonObject,
      }
      await deps.pushers.set(requester, pusher, body.append ?? false)
      return {}
    }),
  ]
}

function pusherToWire(pusher: Pusher) {
  return {
    app_display_name: pusher.appDisplayName,
    app_id: pusher.appId,
    data: pusher.data,
    device_display_name: pusher.deviceDisplayName,
    kind: pusher.kind,
    lang: pusher.lang,
    profile_tag: pusher.profileTag,
    pushkey: pusher.pushkey,
  }
}
