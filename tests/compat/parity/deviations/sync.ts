import { ANY, type Deviation, otherError } from './deviation.ts'

const BOTH_LISTS = '`device_lists` has both of its lists, also an empty one.'

export const syncDeviations: readonly Deviation[] = [
  {
    areas: ['sync'],
    labels: [
      'joined',
      'more than the limit',
      'state in the gap',
      'back',
      'first: all of a member',
      'first: timeline of 3',
      'first: only messages',
      'first: some fields',
      'full state',
      'stored filter',
    ],
    glia: { '**.summary.m.joined_member_count': ANY, '**.summary.m.invited_member_count': ANY },
    reason: 'The summary of a room comes whenever its members changed; in Synapse only to clients that load members lazily.',
  },
  { areas: ['sync'], labels: ['joined', 'back'], glia: { 'body.device_lists.left': [] }, reason: BOTH_LISTS },
  { areas: ['sync'], labels: ['kicked', 'banned'], glia: { 'body.device_lists.changed': [] }, reason: BOTH_LISTS },
  {
    areas: ['sync'],
    labels: ['invited'],
    glia: { 'body.rooms.invite.!room.invite_state.events[].unsigned': undefined },
    reason: 'An invitation has stripped state only, which knows no `unsigned`.',
  },
  {
    areas: ['sync'],
    labels: ['state in the gap'],
    glia: {
      'body.rooms.join.!room.state.events[].unsigned.prev_content': { name: 'Room' },
      'body.rooms.join.!room.state.events[].unsigned.prev_sender': '@ann:SERVER',
    },
    reason: 'An event has the same `unsigned` wherever it is read; in Synapse it depends on the endpoint and its caches.',
  },
  {
    areas: ['sync'],
    labels: ['an invitation turned down'],
    glia: { 'body.rooms.leave.!other.timeline.events': ANY },
    reason: 'Whoever was never in a room gets of it their own invitation and leaving only; Synapse tells its history until then.',
  },
  {
    areas: ['sync'],
    labels: ['back'],
    glia: { 'body.rooms.join.!room.account_data.events': ANY, 'body.rooms.join.!room.ephemeral.events': ANY },
    reason: 'Who comes back to a room gets all of it, receipts and own data included.',
  },
  {
    areas: ['sync'],
    labels: ['first: rooms of a banned user'],
    glia: { body: [] },
    reason: 'Rooms that one is out of are in a first answer only when the filter asks for them.',
  },
  {
    areas: ['sync'],
    labels: ['first: rooms of a banned user, with rooms left'],
    glia: { body: ['!room'] },
    reason: 'A room that one never was in, but for an invitation turned down, is no room left.',
  },
  {
    areas: ['sync'],
    labels: ['full state'],
    glia: { 'body.timeline.prev_batch': '<prev_batch>' },
    reason: 'An empty timeline begins where its room ends, which is as good a token as the one of the request.',
  },
  {
    areas: ['sync'],
    labels: ['refused: filter=%5B%5D'],
    glia: otherError({ error: 'No such filter' }),
    reason: 'Ids of filters are texts, not numbers.',
  },
  {
    areas: ['sync'],
    labels: ['refused: filter with bad types', 'refused: filter with bad limit'],
    glia: otherError({ errcode: 'M_INVALID_PARAM' }),
    reason: 'A wrong query parameter has the code of wrong query parameters.',
  },
]
