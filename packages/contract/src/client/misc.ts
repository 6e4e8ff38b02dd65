import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, integer, list, nullable, optional, text } from '../fields.ts'
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
