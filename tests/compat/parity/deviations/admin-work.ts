import { type Deviation, otherError, refusal } from './deviation.ts'
import { BAD_TYPES, NOT_FOUND, OWN_WORDS } from './reasons.ts'

/** Long work (purging history, redacting users), and what admins see and set of single users. */
export const adminWorkDeviations: readonly Deviation[] = [
  {
    areas: ['purge-history'],
    labels: ['local messages stay: one'],
    glia: { status: 200, body: { content: { body: 'one', msgtype: 'm.text' } } },
    reason: 'Messages that a purge keeps can still be read; Synapse keeps them where nobody finds them.',
  },
  {
    areas: ['purge-history'],
    labels: ['refused: {"purge_up_to_event_id":5}'],
    glia: refusal(400, 'M_BAD_JSON', 'purge_up_to_event_id must be string'),
    reason: BAD_TYPES,
  },
  {
    areas: ['user-redaction'],
    labels: ['unknown rooms: status', 'zeros and nulls: status'],
    glia: { 'body.status': 'complete', 'body.failed_redactions': 0, 'body.has_error': false },
    reason: 'In a room that is not there, there is nothing to redact; Synapse gives up, and leaves the other rooms undone.',
  },
  {
    areas: ['user-redaction'],
    labels: ['refused: {"limit":"x"}'],
    glia: { 'body.errcode': 'M_MISSING_PARAM' },
    reason: 'What is missing is told before what is wrong.',
  },
  {
    areas: ['maintenance'],
    labels: ['largest rooms'],
    glia: { status: 200, body: { rooms: [] } },
    reason: 'Told with both databases; Synapse needs PostgreSQL for it.',
  },
  {
    areas: ['maintenance'],
    labels: ['features: {"features":{"msc4222":"x"}}'],
    glia: refusal(400, 'M_BAD_JSON', 'features.msc4222 must be a boolean'),
    reason: BAD_TYPES,
  },
  {
    areas: ['maintenance'],
    labels: ['features: {"features":[]}'],
    glia: otherError({ errcode: 'M_BAD_JSON', error: 'features must be object' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['maintenance'],
    labels: ['features: unknown user: set'],
    glia: refusal(404, 'M_NOT_FOUND', 'User not found'),
    reason: NOT_FOUND,
  },
  {
    areas: ['user-limits'],
    labels: ['"x"', '-1', '1.5', 'true', 'null'].map((value) => `limit: {"messages_per_second":${value}}`),
    glia: otherError({ error: 'messages_per_second parameter must be a positive int' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['user-limits'],
    labels: ['"x"', '[1]', '1e+30'].map((value) => `limit: {"burst_count":${value}}`),
    glia: otherError({ error: 'burst_count parameter must be a positive int' }),
    reason: OWN_WORDS,
  },
  {
    areas: ['user-limits'],
    labels: ['account data: with a tag'],
    glia: { 'body.account_data.rooms.!yard': { 'm.tag': { tags: { 'u.work': { order: 0.5 } } } } },
    reason: 'Tags are account data of rooms and shown with it.',
  },
  {
    areas: ['user-limits'],
    labels: ['cross-signing: replaced'],
    glia: { status: 200, body: {} },
    reason: 'What the admin allowed is allowed; Synapse still asks users who sign in with a password.',
  },
]
