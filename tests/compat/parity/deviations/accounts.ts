import { type Deviation, otherError, refusal } from './deviation.ts'
import { BAD_TYPES, NOT_FOUND } from './reasons.ts'

const NAMES_WHAT_IS_MISSING = 'A key that is missing is named, as by other endpoints.'
const REFRESH = 'As in MAS: an access token ends when its successor is given out, not when that is used.'
const EXPIRED = { errcode: 'M_UNKNOWN_TOKEN', error: 'Access token has expired', soft_logout: true }

export const accountDeviations: readonly Deviation[] = [
  {
    areas: ['login'],
    labels: ['number as user'],
    glia: refusal(400, 'M_UNKNOWN', "User identifier is missing 'user' key"),
    reason: BAD_TYPES,
  },
  {
    areas: ['login'],
    labels: ['device id: number'],
    glia: refusal(400, 'M_INVALID_PARAM', 'device_id must be a string'),
    reason: BAD_TYPES,
  },
  {
    areas: ['login'],
    labels: ['by phone'],
    glia: refusal(403, 'M_FORBIDDEN', 'Invalid username or password'),
    reason: 'A number that nobody has is like a name that nobody has; Synapse misses keys that are there.',
  },
  {
    areas: ['login'],
    labels: ['without type'],
    glia: otherError({ errcode: 'M_MISSING_PARAM', error: "Missing params: ['type']" }),
    reason: NAMES_WHAT_IS_MISSING,
  },
  {
    areas: ['login'],
    labels: ['refresh: old token still works', 'refresh: old token ended by the new one'],
    glia: { status: 401, body: EXPIRED },
    reason: REFRESH,
  },
  {
    areas: ['login'],
    labels: ['refresh: new token'],
    glia: otherError({ error: 'Access token has expired', soft_logout: true }),
    reason: REFRESH,
  },
  {
    areas: ['login'],
    labels: ['refresh: unknown'],
    glia: { 'body.soft_logout': false },
    reason: 'As with every M_UNKNOWN_TOKEN, clients are told whether to keep their data.',
  },
  {
    areas: ['register'],
    labels: ['in the session: again'],
    glia: refusal(400, 'M_UNKNOWN', 'Unknown session ID: <session>'),
    reason: 'A session registers one user once; the name is taken then.',
  },
  {
    areas: ['register'],
    labels: ['guest'],
    glia: otherError({ errcode: 'M_FORBIDDEN' }),
    reason: 'The code of the specification for guests that are not let in.',
  },
  {
    areas: ['register'],
    labels: ['auth: without type'],
    glia: { 'body.completed': [] },
    reason: 'Every 401 of a session says what is completed.',
  },
  { areas: ['register'], labels: ['auth: text'], glia: refusal(400, 'M_BAD_JSON', 'auth must be object'), reason: BAD_TYPES },
  {
    areas: ['account'],
    labels: ['password: without token'],
    glia: {
      'body.errcode': 'M_MISSING_TOKEN',
      'body.error': 'Missing access token',
      'body.flows': undefined,
      'body.params': undefined,
      'body.session': undefined,
    },
    reason: 'Without a mail server a password cannot be reset by email, so a token is needed.',
  },
  {
    areas: ['account'],
    labels: ['password: missing'],
    glia: refusal(400, 'M_MISSING_PARAM', "Missing params: ['new_password']"),
    reason: BAD_TYPES,
  },
  {
    areas: ['account'],
    labels: ['user directory: without term'],
    glia: otherError({ errcode: 'M_MISSING_PARAM', error: "Missing params: ['search_term']" }),
    reason: NAMES_WHAT_IS_MISSING,
  },
  {
    areas: ['account'],
    labels: ['user directory: number'],
    glia: refusal(400, 'M_BAD_JSON', 'search_term must be string'),
    reason: BAD_TYPES,
  },
  {
    areas: ['account'],
    labels: ['user directory: bad limit'],
    glia: refusal(400, 'M_INVALID_PARAM', 'limit must be integer'),
    reason: BAD_TYPES,
  },
  {
    areas: ['profile'],
    labels: ['of somebody else'],
    glia: refusal(403, 'M_FORBIDDEN', "Cannot set another user's profile"),
    reason: 'M_FORBIDDEN comes with 403, as the specification says.',
  },
  {
    areas: ['profile'],
    labels: ['unknown user'],
    glia: otherError({ errcode: 'M_NOT_FOUND', error: 'Profile was not found' }),
    reason: NOT_FOUND,
  },
]
