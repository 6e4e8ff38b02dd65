import { ANY, type Deviation, otherError, refusal } from './deviation.ts'
import { BAD_TYPES, NOT_FOUND, OWN_WORDS } from './reasons.ts'

const RULES = ['world_readable', 'shared', 'invited', 'joined', 'unknown']
/** An unknown rule is taken for `shared`. */
const SHARED = ['shared', 'unknown']
const CLOSED = ['shared', 'invited', 'joined', 'unknown']
const of = (rules: readonly string[], ...labels: string[]) => rules.flatMap((rule) => labels.map((label) => `${rule}: ${label}`))

const AS_OF_LEAVING = 'Who left sees a room as of then, by every way of reading; Synapse bounds some of them only.'
const SHARED_STAYS_SHARED =
  'Who was in a room after an event of shared history sees it, as the specification says; Synapse forgets it when they leave.'
const READABLE = 'Those who left read what they could read before, by every endpoint.'

const visibilityDeviations: readonly Deviation[] = [
  {
    areas: ['visibility'],
    labels: [
      ...of(['world_readable', ...SHARED], 'left: messages forwards'),
      ...of(['world_readable'], 'left: context before', 'left: context invited', 'left: context joined', 'left: context after'),
      ...of(['world_readable'], 'left: relations'),
    ],
    glia: { body: ANY },
    reason: AS_OF_LEAVING,
  },
  {
    areas: ['visibility'],
    labels: of(SHARED, 'left: event before', 'left: event invited', 'left: context before', 'left: context invited', 'left: relations'),
    glia: { status: 200, body: ANY },
    reason: SHARED_STAYS_SHARED,
  },
  {
    areas: ['visibility'],
    labels: of(SHARED, 'left: context joined'),
    glia: { body: ['before', 'invited', 'joined', 'related'] },
    reason: SHARED_STAYS_SHARED,
  },
  {
    areas: ['visibility'],
    labels: of(CLOSED, 'left: by time'),
    glia: { status: 200, body: ['event_id', 'origin_server_ts'] },
    reason: READABLE,
  },
  { areas: ['visibility'], labels: of(RULES, 'left: search'), glia: { body: ANY }, reason: READABLE },
  {
    areas: ['visibility'],
    labels: of(CLOSED, 'stranger: context before', 'stranger: context invited', 'stranger: context joined', 'stranger: context after'),
    glia: { 'body.error': ANY },
    reason: OWN_WORDS,
  },
  {
    areas: ['visibility'],
    labels: [...of(CLOSED, 'stranger: relations'), ...of(['invited', 'joined'], 'left: relations')],
    glia: refusal(404, 'M_NOT_FOUND', 'Event not found.'),
    reason: NOT_FOUND,
  },
  {
    areas: ['visibility'],
    labels: of(CLOSED, 'forgotten: /event'),
    glia: refusal(404, 'M_NOT_FOUND', 'Event not found.'),
    reason: 'A room that was forgotten is closed by every way of reading it.',
  },
]

const searchDeviations: readonly Deviation[] = [
  {
    areas: ['reading'],
    labels: ['search: of a sender', 'search: not of a sender', 'search: types'],
    glia: { 'body.count': 1 },
    reason: 'What is counted is what the filter lets through.',
  },
  {
    areas: ['reading'],
    labels: ['search: in other rooms'],
    glia: { status: 200, body: ANY },
    reason: 'In rooms that one is not in nothing is found, whether there are such or not.',
  },
  {
    areas: ['reading'],
    labels: ['search: not here', 'search: by a stranger'],
    glia: { 'body.highlights': ANY },
    reason: 'Words to highlight are those of the question, also when nothing is found.',
  },
  {
    areas: ['reading'],
    labels: ['search: groups'],
    glia: { 'body.groups.sender': { '@ann:SERVER': ['fruit 2'], '@ben:SERVER': ['fruit 3'] } },
    reason: 'All groups that were asked for are made, in either order.',
  },
  {
    areas: ['reading'],
    labels: ['search: next page'],
    glia: { 'body.next': false },
    reason: 'After the last page comes no other.',
  },
  {
    areas: ['reading'],
    labels: ['search: term number'],
    glia: refusal(400, 'M_BAD_JSON', 'search_term must be a string'),
    reason: BAD_TYPES,
  },
]

const relationDeviations: readonly Deviation[] = [
  {
    areas: ['reading'],
    labels: ['relations: limit 0'],
    glia: { status: 200, body: ANY },
    reason: 'A page has one event at least; Synapse breaks.',
  },
  {
    areas: ['reading'],
    labels: ['relations: stranger'],
    glia: refusal(404, 'M_NOT_FOUND', 'Event not found.'),
    reason: NOT_FOUND,
  },
  { areas: ['reading'], labels: ['threads: bad token'], glia: otherError({ error: "'from' parameter is invalid" }), reason: OWN_WORDS },
  {
    areas: ['reading'],
    labels: ['by time: after everything'],
    glia: otherError({ error: 'Unable to find event from 99999999999999 in direction forward' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['reading'],
    labels: ['summary: unknown'],
    glia: refusal(404, 'M_NOT_FOUND', 'Room not found or is not accessible'),
    reason: NOT_FOUND,
  },
]

const filterDeviations: readonly Deviation[] = [
  {
    areas: ['sync-filters'],
    labels: ['room data: rooms: not this'],
    glia: { 'body.!room.account_data': [] },
    reason: 'A filter of account data may leave out rooms.',
  },
  {
    areas: ['sync-filters'],
    labels: ['rooms: both lists'],
    glia: { 'body.!room.account_data': ['org.example.a', 'org.example.b'] },
    reason: 'Account data of a room that a filter names is told; Synapse loses it.',
  },
  {
    areas: ['sync-filters'],
    labels: ['news: nothing of the room'],
    glia: { 'body.!room': ANY },
    reason: 'State that the filter keeps out of the timeline comes as state.',
  },
  {
    areas: ['sync-filters'],
    labels: ['news: state that is no timeline'],
    glia: { 'body.!room.state': ['org.example.state key'] },
    reason: 'State that the filter keeps out of the timeline comes as state.',
  },
]

const deviceListDeviations: readonly Deviation[] = [
  {
    areas: ['device-lists'],
    labels: ['left and back'],
    glia: { 'body.changed': [] },
    reason: 'Who is there as before between two answers, with the same devices, is no news.',
  },
  {
    areas: ['device-lists'],
    labels: ['came and went', 'changes: all'],
    glia: { 'body.left': ANY },
    reason: 'Who came and went between two answers was never known.',
  },
]

const memberDeviations: readonly Deviation[] = [
  {
    areas: ['sync-members'],
    labels: ['one more', 'cy left'],
    glia: { 'body.members': [] },
    reason: 'Members whom the timeline itself tells are not repeated in the state.',
  },
  {
    areas: ['sync-members'],
    labels: ['first: alone again', 'first: one invited'],
    glia: { 'body.members': ANY },
    reason: 'State is that at the start of the timeline, also of members whom the timeline then changes.',
  },
]

export const readingDeviations: readonly Deviation[] = [
  ...visibilityDeviations,
  ...searchDeviations,
  ...relationDeviations,
  ...filterDeviations,
  ...deviceListDeviations,
  ...memberDeviations,
]
