import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, emptyObject, flag, integer, list, nullable, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

export const getTurnServer = endpoint({
  id: 'client.voip.turn_server',
  method: 'GET',
  path: '/_matrix/client/v3/voip/turnServer',
  surface: 'client',
  access: access.userOrGuest,
  summary: 'TURN servers for calls; empty where there is none',
  source: 'Client-Server API, "Voice over IP"',
  response: anyObject(),
})

export const getRtcTransports = endpoint({
  id: 'client.rtc.transports',
  method: 'GET',
  path: '/_matrix/client/unstable/org.matrix.msc4143/rtc/transports',
  surface: 'client',
  access: access.user,
  summary: 'Ways for group calls; M_UNRECOGNIZED where there are none',
  source: 'MSC4143',
  response: Type.Object({ rtc_transports: list(anyObject()) }),
  errors: ['M_UNRECOGNIZED'],
})

export const searchUserDirectory = endpoint({
  id: 'client.user_directory.search',
  method: 'POST',
  path: '/_matrix/client/v3/user_directory/search',
  surface: 'client',
  access: access.user,
  summary: 'Finds users who share a room with the caller or are in a public room',
  source: 'Client-Server API, "User Directory"',
  body: { search_term: text(), limit: optional(integer({ minimum: 1, errcode: 'M_INVALID_PARAM' })) },
  response: Type.Object({
    limited: flag(),
    results: list(Type.Object({ user_id: text(), display_name: optional(nullable(text())), avatar_url: optional(nullable(text())) })),
  }),
})

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
  },
  maxBodyBytes: 64 * 1024,
  response: emptyObject,
  errors: ['M_MISSING_PARAM', 'M_INVALID_PARAM'],
})
