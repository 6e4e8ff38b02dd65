import { contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { JsonObject } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { Notifications } from './notifications.ts'
import { listPushers, type Pusher, type Pushers } from './pushers.ts'

/** Synapse's numbers. */
const DEFAULT_LIMIT = 50
const MAX_LIMIT = 500

export function pusherClientRoutes(deps: {
  database: Database<HomeserverSchema>
  pushers: Pushers
  notifications: Notifications
}): Route[] {
  const endpoints = contract.client.pushers
  return [
    route(endpoints.getPushers, async ({ requester }) => ({
      pushers: (await listPushers(deps.database.read, requester.userId)).map((pusher) => ({
        ...pusherToWire(pusher),
        'org.matrix.msc3881.enabled': pusher.enabled,
        'org.matrix.msc3881.device_id': pusher.deviceId ?? null,
      })),
    })),
    route(endpoints.setPusher, async ({ body, requester }) => {
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
        enabled: body['org.matrix.msc3881.enabled'] ?? true,
      }
      await deps.pushers.set(requester, pusher, body.append ?? false)
      return {}
    }),
    route(endpoints.getNotifications, async ({ query, requester }) => {
      const { from, limit = DEFAULT_LIMIT, only } = query
      if (from !== undefined && !/^\d{1,15}$/.test(from)) {
        throw new MatrixError('M_UNKNOWN', 'Query parameter "from" contains unrecognised token')
      }
      const page = await deps.notifications.list(requester.userId, {
        before: from === undefined ? undefined : Number(from),
        limit: Math.min(limit, MAX_LIMIT),
        onlyHighlights: only === 'highlight',
      })
      const notifications = page.notifications.map(({ roomId, actions, receivedAtMs, event, isRead }) => {
        return { room_id: roomId, profile_tag: null, actions, ts: receivedAtMs, event, read: isRead }
      })
      return { notifications, ...(page.nextBefore === undefined ? {} : { next_token: String(page.nextBefore) }) }
    }),
  ]
}

/** Parts that both answers about pushers have. */
export function pusherToWire(pusher: Pusher) {
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
