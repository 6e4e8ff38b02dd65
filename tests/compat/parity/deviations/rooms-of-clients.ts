import { ANY, type Deviation, otherError, refusal } from './deviation.ts'
import { BAD_TYPES, NO_COPIES, NOT_FOUND, OWN_WORDS, STAYS_KNOWN } from './reasons.ts'

const SAME_EVENT = 'An event has the same `unsigned` wherever it is read; in Synapse it depends on the endpoint and its caches.'
const NO_STATE_OF_NO_ONE = 'Refused by the rules of rooms; Synapse breaks.'
const INITIAL_STATE = 'each entry of initial_state needs a type, an object content, and a text as state_key'

/** Events as clients read them. */
const eventDeviations: readonly Deviation[] = [
  { areas: ['rooms-create'], glia: { 'body[].user_id': undefined, 'body[].age': undefined }, reason: NO_COPIES },
  { areas: ['rooms-create'], labels: ['state: initial'], glia: { 'body[].replaces_state': undefined }, reason: NO_COPIES },
  {
    areas: ['room-snapshot'],
    glia: { '**.user_id': undefined, '**].age': undefined, '**].prev_content': undefined, '**].replaces_state': undefined },
    reason: NO_COPIES,
  },
  {
    areas: ['room-snapshot'],
    glia: { 'body.state[].unsigned.prev_content': ANY, 'body.state[].unsigned.prev_sender': ANY },
    reason: SAME_EVENT,
  },
  {
    areas: ['messages'],
    glia: {
      '**.user_id': undefined,
      '**].age': undefined,
      '**].prev_content': undefined,
      '**].replaces_state': undefined,
      '**].redacted_because': undefined,
      '**.redacted_because.age': undefined,
      '**.m.replace.age': undefined,
      '**.latest_event.age': undefined,
    },
    reason: NO_COPIES,
  },
  { areas: ['messages'], labels: ['event'], glia: { 'body.age': undefined }, reason: NO_COPIES },
  {
    areas: ['messages'],
    labels: ['event: redacted'],
    glia: { 'body.age': undefined, 'body.redacted_because': undefined },
    reason: NO_COPIES,
  },
  { areas: ['messages'], labels: ['context', 'context: limit 0'], glia: { 'body.event.age': undefined }, reason: NO_COPIES },
  {
    areas: ['messages'],
    labels: ['page: newest', 'page: whole, forwards'],
    glia: { '**.m.replace.unsigned.membership': 'join', '**.latest_event.unsigned.membership': 'join' },
    reason: SAME_EVENT,
  },
  {
    areas: ['messages'],
    labels: ['page: newest', 'page: whole, forwards', 'event: redacted'],
    glia: { '**.redacted_because.unsigned.transaction_id': undefined },
    reason: 'The redaction within an event is the same for everybody, also for the device that sent it.',
  },
  {
    areas: ['messages'],
    labels: ['threads'],
    glia: { '**.unsigned.transaction_id': ANY },
    reason: SAME_EVENT,
  },
  {
    areas: ['messages'],
    labels: ['state: read as event'],
    glia: { 'body.unsigned.prev_content': { topic: 'first' }, 'body.unsigned.prev_sender': '@ann:SERVER' },
    reason: SAME_EVENT,
  },
  {
    areas: ['rooms-create'],
    labels: ['state: initial'],
    glia: { 'body[].unsigned.prev_content': { name: 'Initial' }, 'body[].unsigned.prev_sender': '@ann:SERVER' },
    reason: SAME_EVENT,
  },
]

const messageDeviations: readonly Deviation[] = [
  {
    areas: ['messages'],
    labels: ['redact: unknown: is shown'],
    glia: { body: true },
    reason: 'A redaction of nothing is an event as any other; Synapse accepts it and shows it to nobody.',
  },
  {
    areas: ['messages'],
    labels: ['send: refused: fraction'],
    glia: otherError({ error: 'Number 1.5 is not an integer between -(2^53-1) and 2^53-1' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['messages'],
    labels: ['send: refused: too large a number'],
    glia: otherError({ error: 'Number 9007199254740992 is not an integer between -(2^53-1) and 2^53-1' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['messages'],
    labels: ['state: levels: text'],
    glia: otherError({ error: '"100" is not a valid power level for "@ann:SERVER" in users.' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['messages'],
    labels: ['state: levels: above oneself'],
    glia: otherError({ error: "You don't have permission to add ops level greater than your own (@ann:SERVER)" }),
    reason: OWN_WORDS,
  },
  {
    areas: ['messages'],
    labels: ['by time: before everything'],
    glia: otherError({ error: 'Unable to find event from 1 in direction backward' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['messages'],
    labels: ['send: refused: create', 'state: create'],
    glia: refusal(403, 'M_FORBIDDEN', 'A create event must be the first event of its room.'),
    reason: NO_STATE_OF_NO_ONE,
  },
  {
    areas: ['messages'],
    labels: ['send: refused: member'],
    glia: refusal(403, 'M_FORBIDDEN', 'A member event must have a state key.'),
    reason: NO_STATE_OF_NO_ONE,
  },
  {
    areas: ['messages'],
    labels: ['page: filter: bad types'],
    glia: refusal(400, 'M_INVALID_PARAM', 'filter.types must be a list of strings'),
    reason: BAD_TYPES,
  },
  {
    areas: ['messages'],
    labels: ['relations: unknown'],
    glia: otherError({ errcode: 'M_NOT_FOUND', error: 'Event not found.' }),
    reason: NOT_FOUND,
  },
]

const roomDeviations: readonly Deviation[] = [
  {
    areas: ['rooms-create'],
    labels: ['refused: version 1'],
    glia: refusal(400, 'M_UNSUPPORTED_ROOM_VERSION', 'Your homeserver does not support this room version'),
    reason: 'Room versions of old are not supported; which are is in /capabilities.',
  },
  {
    areas: ['rooms-create'],
    labels: ['refused: alias number'],
    glia: refusal(400, 'M_BAD_JSON', 'room_alias_name must be a string'),
    reason: BAD_TYPES,
  },
  {
    areas: ['rooms-create'],
    labels: ['refused: invite text'],
    glia: otherError({ errcode: 'M_BAD_JSON', error: 'invite must be a list' }),
    reason: BAD_TYPES,
  },
  {
    areas: ['rooms-create'],
    labels: ['refused: creation_content text'],
    glia: refusal(400, 'M_BAD_JSON', 'creation_content must be an object'),
    reason: BAD_TYPES,
  },
  {
    areas: ['rooms-create'],
    labels: ['refused: initial_state text'],
    glia: refusal(400, 'M_BAD_JSON', 'initial_state must be a list'),
    reason: BAD_TYPES,
  },
  {
    areas: ['rooms-create'],
    labels: ['refused: initial_state without type', 'refused: initial_state without content', 'refused: initial_state number'],
    glia: refusal(400, 'M_BAD_JSON', INITIAL_STATE),
    reason: BAD_TYPES,
  },
  {
    areas: ['rooms-create'],
    labels: ['refused: levels text'],
    glia: refusal(400, 'M_BAD_JSON', 'power_level_content_override must be an object'),
    reason: BAD_TYPES,
  },
  {
    areas: ['rooms-create'],
    labels: ['refused: levels as text'],
    glia: otherError({ error: '"x" is not a valid power level for users_default.' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['rooms-create'],
    labels: ['refused: invite by email'],
    glia: refusal(403, 'M_THREEPID_DENIED', 'Invites by email address or telephone number are not supported'),
    reason: 'There is no identity server to ask; Synapse breaks when it cannot reach one.',
  },
  {
    areas: ['rooms-create'],
    labels: ['alias: delete by others'],
    glia: otherError({ error: "You don't have permission to delete the alias." }),
    reason: OWN_WORDS,
  },
  {
    areas: ['rooms-create'],
    labels: ['public rooms: bad filter'],
    glia: refusal(400, 'M_BAD_JSON', 'filter must be object'),
    reason: BAD_TYPES,
  },
  { areas: ['rooms-create'], labels: ['public rooms: bad since'], glia: { status: 400 }, reason: BAD_TYPES },
  {
    areas: ['membership'],
    labels: ['invite: number'],
    glia: refusal(400, 'M_BAD_JSON', 'user_id must be string'),
    reason: BAD_TYPES,
  },
  {
    areas: ['membership'],
    labels: ['members: unknown membership'],
    glia: refusal(400, 'M_INVALID_PARAM', 'Query parameter membership must be a membership'),
    reason: 'A membership that there is not is refused; in Synapse nobody has it.',
  },
]

const joinRuleDeviations: readonly Deviation[] = [
  {
    areas: ['join-rules'],
    labels: ['knock', 'restricted', 'knock_restricted', 'private', 'odd'].map((rule) => `6: ${rule}: knock of a stranger`),
    glia: refusal(403, 'M_FORBIDDEN', 'This room version has no knocking.'),
    reason: NO_STATE_OF_NO_ONE,
  },
  {
    areas: ['join-rules'],
    labels: ['restricted: nobody may invite'],
    glia: refusal(403, 'M_UNABLE_TO_GRANT_JOIN', 'No user of this server in the room may invite.'),
    reason: STAYS_KNOWN,
  },
  {
    areas: ['join-rules'],
    labels: ['levels: lower an equal', 'levels: lower somebody above', 'levels: ban above one’s own', 'creators: in the levels'],
    glia: { 'body.error': ANY },
    reason: OWN_WORDS,
  },
  {
    areas: ['join-rules'],
    labels: ['third party: join with a wrong signature', 'third party: join with nonsense'],
    glia: refusal(403, 'M_FORBIDDEN', 'You are not invited to this room.'),
    reason: NO_STATE_OF_NO_ONE,
  },
  {
    areas: ['join-rules'],
    labels: ['third party: invite with a wrong signature'],
    glia: refusal(403, 'M_FORBIDDEN', 'The third-party invite is not signed with a key of the room.'),
    reason: NO_STATE_OF_NO_ONE,
  },
]

export const clientRoomDeviations: readonly Deviation[] = [
  ...eventDeviations,
  ...messageDeviations,
  ...roomDeviations,
  ...joinRuleDeviations,
]
