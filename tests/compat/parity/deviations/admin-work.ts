import { type Deviation, refusal } from './deviation.ts'
import { BAD_TYPES } from './reasons.ts'

/** Long work: purging history, redacting users. */
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
]
