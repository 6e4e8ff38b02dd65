import { ANY, type Deviation, otherError, refusal } from './deviation.ts'
import { BAD_TYPES, NO_COPIES, NOT_FOUND, OWN_WORDS, STAYS_KNOWN } from './reasons.ts'

const FILTERS_NARROW = 'A search is narrowed by the other filters; in Synapse they apply to some of what is searched only.'
const SANDBOX =
  "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; media-src 'self'; object-src 'self';"

export const roomAndMediaDeviations: readonly Deviation[] = [
  {
    areas: ['rooms-list'],
    labels: ['row of empty'],
    glia: { 'body.name': 'Empty', 'body.join_rules': 'public', 'body.history_visibility': 'shared' },
    reason: STAYS_KNOWN,
  },
  {
    areas: ['room-details'],
    labels: ['details: empty'],
    glia: {
      'body.name': 'Gone',
      'body.join_rules': 'invite',
      'body.history_visibility': 'shared',
      'body.guest_access': 'can_join',
    },
    reason: STAYS_KNOWN,
  },
  { areas: ['room-details'], labels: ['state: empty'], glia: { 'body.state': ANY }, reason: STAYS_KNOWN },
  {
    areas: ['rooms-list'],
    labels: ['search among public rooms'],
    glia: { 'body.rooms': ['Beta MARK'], 'body.total_rooms': 1 },
    reason: FILTERS_NARROW,
  },
  {
    areas: ['rooms-list'],
    labels: ['search_term=mark&public_rooms=false'],
    glia: { 'body.rooms': [null, 'Gamma MARK', 'Space MARK', 'alpha MARK', 'Äther MARK'], 'body.total_rooms': 5 },
    reason: FILTERS_NARROW,
  },
  {
    areas: ['rooms-list'],
    labels: ['search Äther mark'],
    glia: { 'body.rooms': ['Äther MARK'], 'body.total_rooms': 1 },
    reason: 'Letters of every alphabet are found in either case; Synapse on SQLite finds small ones only.',
  },
  {
    areas: ['room-delete'],
    labels: ['tasks'],
    glia: { 'body.scheduled_tasks[].result.step': 'done' },
    reason: 'The list of tasks tells how far a deletion is, too.',
  },
  {
    areas: ['room-delete'],
    labels: ['v1: {"new_room_user_id":"@x:other.example"}'],
    glia: refusal(400, 'M_UNKNOWN', 'User must be our own: @x:other.example'),
    reason: 'The owner of the new room is looked at in v1 as in v2, whether the room is there or not.',
  },
  {
    areas: ['room-delete'],
    labels: ['v1: {"new_room_user_id":"x"}'],
    glia: refusal(400, 'M_UNKNOWN', 'User must be our own: x'),
    reason: 'The owner of the new room is looked at in v1 as in v2, whether the room is there or not.',
  },
  {
    areas: ['room-delete'],
    labels: ['v1: {"new_room_user_id":""}'],
    glia: refusal(400, 'M_UNKNOWN', 'User must be our own: '),
    reason: 'The owner of the new room is looked at in v1 as in v2, whether the room is there or not.',
  },
  {
    areas: ['room-delete'],
    labels: ['v1: {"new_room_user_id":5}', 'v2: {"new_room_user_id":5}'],
    glia: refusal(400, 'M_BAD_JSON', 'new_room_user_id must be string'),
    reason: BAD_TYPES,
  },
  {
    areas: ['admin-membership'],
    labels: ['join: number'],
    glia: refusal(400, 'M_BAD_JSON', 'user_id must be string'),
    reason: BAD_TYPES,
  },
  {
    areas: ['media'],
    labels: ['info', 'info: without file name', 'info: picture'],
    glia: { 'body.media_info.authenticated': true, 'body.media_info.safe_from_quarantine': false },
    reason: 'Flags are booleans in every answer, as documented; Synapse on SQLite gives 0 and 1.',
  },
  {
    areas: ['media'],
    glia: { 'body.media[].authenticated': true },
    reason: 'Flags are booleans in every answer, as documented; Synapse on SQLite gives 0 and 1.',
  },
  {
    areas: ['media'],
    labels: ['download: unknown', 'download: old path', 'delete: download', 'thumbnail: unknown'],
    glia: { 'body.json.error': 'Media not found' },
    reason: OWN_WORDS,
  },
  {
    areas: ['media'],
    labels: ['thumbnail: of a text'],
    glia: { 'body.json.error': 'Cannot make a thumbnail of this media' },
    reason: OWN_WORDS,
  },
  { areas: ['quarantine'], labels: ['one: download'], glia: otherError({ error: 'Media not found' }), reason: OWN_WORDS },
  {
    areas: ['media'],
    labels: [
      'thumbnail: width=96&height=96&method=crop',
      'thumbnail: width=32&height=32&method=crop',
      'thumbnail: width=300&height=200',
      'thumbnail: width=640&height=480&method=scale',
    ],
    glia: { 'body.headers.content-security-policy': SANDBOX },
    reason: 'Thumbnails have the same sandbox as downloads.',
  },
  {
    areas: ['media'],
    labels: ['thumbnail: width=0&height=1'],
    glia: { status: 400, body: { json: { errcode: 'M_INVALID_PARAM', error: 'Query parameter width must be at least 1' } } },
    reason: 'There is no picture without width.',
  },
  {
    areas: ['quarantine'],
    labels: ['protect: unknown', 'unprotect: unknown'],
    glia: otherError({ errcode: 'M_NOT_FOUND', error: 'Unknown media' }),
    reason: NOT_FOUND,
  },
  {
    areas: ['quarantine'],
    labels: ['protect: method'],
    glia: refusal(404, 'M_NOT_FOUND', 'Unknown media'),
    reason: 'Read as a question about media of a server called protect, which the path is, too.',
  },
  {
    areas: ['admin-errors'],
    labels: ['path: bad escape', 'path: not UTF-8'],
    glia: otherError({ errcode: 'M_UNKNOWN', error: 'Malformed request' }),
    reason: 'A path that cannot be decoded is refused before it is read.',
  },
  {
    areas: ['reports'],
    labels: ['event_reports: one'],
    glia: { 'body.event_json': ANY },
    reason: 'The event as it was signed; Synapse adds what it keeps beside it.',
  },
  {
    areas: ['admin-room-history'],
    labels: ['messages: newest'],
    glia: {
      '**].redacted_because.age': undefined,
      '**].redacted_because.user_id': undefined,
      '**.unsigned.redacted_because.age': undefined,
      '**.unsigned.redacted_because.user_id': undefined,
    },
    reason: NO_COPIES,
  },
  {
    areas: ['admin-room-history'],
    labels: ['by time: backwards'],
    glia: otherError({ error: 'Unable to find event from 1 in direction backward' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['admin-room-history'],
    labels: ['by time: unknown room'],
    glia: otherError({ error: 'Unable to find event from 1 in direction forward' }),
    reason: OWN_WORDS,
  },
]
