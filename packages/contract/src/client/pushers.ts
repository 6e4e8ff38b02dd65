import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, emptyObject, flag, integer, list, nullable, optional, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

export const getPushers = endpoint({
  id: 'client.pushers.list',
  method: 'GET',
  path: '/_matrix/client/v3/pushers',
  surface: 'client',
  access: access.user,
  summary: "The user's pushers",
  source: 'Client-Server API, "Push Notifications"',
  response: Type.Object({ pushers: list(anyObject()) }),
})

export const setPusher = endpoint({
  id: 'client.pushers.set',
  method: 'POST',
  path: '/_matrix/client/v3/pushers/set',
  surface: 'client',
  access: access.user,
  summary: 'Adds, changes or (with kind null) removes a pusher',
  source: 'Client-Server API, "Push Notifications"',
  body: {
    kind: nullable(text({ maxLength: 64 })),
    app_id: text({ maxLength: 64, errcode: 'M_INVALID_PARAM', error: 'app_id must have at most 64 characters' }),
    pushkey: text({ maxLength: 512, errcode: 'M_INVALID_PARAM', error: 'pushkey must have at most 512 characters' }),
    app_display_name: optional(text({ maxLength: 1024 })),
    device_display_name: optional(text({ maxLength: 1024 })),
    lang: optional(text({ maxLength: 64 })),
    data: optional(anyObject()),
    profile_tag: optional(nullable(text({ maxLength: 64 }))),
    append: optional(flag()),
    'org.matrix.msc3881.enabled': optional(flag()),
  },
  maxBodyBytes: 64 * 1024,
  response: emptyObject,
  errors: ['M_MISSING_PARAM', 'M_INVALID_PARAM', 'M_THREEPID_NOT_FOUND'],
})

export const getNotifications = endpoint({
  id: 'client.notifications.list',
  method: 'GET',
  path: '/_matrix/client/v3/notifications',
  surface: 'client',
  access: access.user,
  summary: 'Events that notify the user, newest first',
  source: 'Client-Server API, "Listing notifications"',
  query: {
    from: optional(text({ description: 'next_token of an earlier answer' })),
    limit: optional(
      integer({
        minimum: 0,
        description: 'at most 500, default 50',
        errcode: 'M_INVALID_PARAM',
        error: 'Query parameter limit must be a positive integer.',
      }),
    ),
    only: optional(text({ description: 'highlight: only events that highlight' })),
  },
  response: Type.Object({
    notifications: list(
      Type.Object({
        room_id: text(),
        profile_tag: nullable(text()),
        actions: list(Type.Unknown()),
        ts: timestampMs(),
        event: anyObject(),
        read: flag(),
      }),
    ),
    next_token: optional(text()),
  }),
  errors: ['M_INVALID_PARAM', 'M_UNKNOWN'],
})
