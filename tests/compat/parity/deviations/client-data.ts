import { type Deviation, otherError, refusal } from './deviation.ts'
import { BAD_TYPES, OWN_WORDS } from './reasons.ts'

const LISTS_OF_STRINGS = "'device_keys' must be a JSON object whose values are lists of strings"

export const clientDataDeviations: readonly Deviation[] = [
  {
    areas: ['client-data'],
    labels: ['filter: malformed id'],
    glia: refusal(404, 'M_NOT_FOUND', 'No such filter'),
    reason: 'Ids of filters are texts, not numbers.',
  },
  { areas: ['client-data'], labels: ['filter: bad'], glia: { status: 400, body: { errcode: 'M_BAD_JSON' } }, reason: BAD_TYPES },
  {
    areas: ['client-data'],
    labels: ['read markers: unknown room'],
    glia: refusal(403, 'M_FORBIDDEN', "You don't have permission to access that event."),
    reason: 'A receipt that is not kept is refused, as by /receipt; Synapse drops it.',
  },
  {
    areas: ['client-data'],
    labels: ['typing: missing'],
    glia: refusal(400, 'M_MISSING_PARAM', "Missing params: ['typing']"),
    reason: BAD_TYPES,
  },
  {
    areas: ['client-data'],
    labels: ['pushers: incomplete'],
    glia: otherError({ error: "Missing params: ['app_id', 'pushkey']" }),
    reason: 'The two keys that name a pusher are asked for first.',
  },
  {
    areas: ['client-data'],
    labels: ['to device: number'],
    glia: refusal(400, 'M_BAD_JSON', 'messages must be object'),
    reason: BAD_TYPES,
  },
  {
    areas: ['keys'],
    labels: ['upload: other one-time key'],
    glia: otherError({ error: 'One time key signed_curve25519:A already exists with another content' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['keys'],
    labels: ['query: nothing'],
    glia: otherError({ errcode: 'M_MISSING_PARAM', error: "Missing params: ['device_keys']" }),
    reason: 'A key that is missing is named, as by other endpoints.',
  },
  {
    areas: ['keys'],
    labels: ['query: list', 'query: devices as text', 'query: number'],
    glia: otherError({ error: LISTS_OF_STRINGS }),
    reason: OWN_WORDS,
  },
  {
    areas: ['keys'],
    labels: ['claim: nothing'],
    glia: refusal(400, 'M_MISSING_PARAM', "Missing params: ['one_time_keys']"),
    reason: 'The specification requires the key.',
  },
  {
    areas: ['keys'],
    labels: ['cross-signing: self'],
    glia: otherError({ errcode: 'M_INVALID_PARAM', error: 'Invalid self-signing key' }),
    reason: 'The form of keys is looked at before what they belong to.',
  },
  {
    areas: ['keys'],
    labels: ['signatures: unknown device'],
    glia: { 'body.failures.@ann:SERVER.NONE.error': 'No such key', 'body.failures.@ann:SERVER.NONE.message': undefined },
    reason: 'Failures have the form of errors, as the specification says.',
  },
  {
    areas: ['keys'],
    labels: ['changes: bad tokens'],
    glia: otherError({ error: "'from' parameter is invalid" }),
    reason: OWN_WORDS,
  },
  {
    areas: ['keys'],
    labels: ['backup: make: missing'],
    glia: refusal(400, 'M_MISSING_PARAM', "Missing params: ['algorithm', 'auth_data']"),
    reason: BAD_TYPES,
  },
]
