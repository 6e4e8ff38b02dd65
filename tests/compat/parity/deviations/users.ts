import { type Deviation, otherError, refusal } from './deviation.ts'

import { BAD_TYPES, NOT_FOUND, STAYS_KNOWN } from './reasons.ts'

export const userDeviations: readonly Deviation[] = [
  {
    areas: ['user-details'],
    labels: ['memberships'],
    glia: { 'body.memberships.!left': 'leave' },
    reason: STAYS_KNOWN,
  },
  {
    areas: ['account-states'],
    labels: ['suspended: kick'],
    glia: refusal(403, 'M_USER_SUSPENDED', 'Changing membership while account is suspended is not allowed.'),
    reason: 'A suspended user may leave, but not make others leave; Synapse takes a kick for leaving.',
  },
  {
    areas: ['user-details'],
    labels: ['make an unknown user admin'],
    glia: otherError({ errcode: 'M_NOT_FOUND', error: 'User not found' }),
    reason: NOT_FOUND,
  },
  {
    areas: ['account-states'],
    labels: ['shadow-ban: unknown', 'shadow-ban: no more: unknown'],
    glia: otherError({ errcode: 'M_NOT_FOUND', error: 'User not found' }),
    reason: NOT_FOUND,
  },
  {
    areas: ['deactivate'],
    labels: ['erased: profile'],
    glia: otherError({ errcode: 'M_NOT_FOUND', error: 'Profile was not found' }),
    reason: NOT_FOUND,
  },
  {
    areas: ['user-modify'],
    labels: ['threepids: object'],
    glia: refusal(400, 'M_BAD_JSON', 'threepids must be array'),
    reason: BAD_TYPES,
  },
  {
    areas: ['user-modify'],
    labels: ['threepids: text'],
    glia: otherError({ errcode: 'M_BAD_JSON', error: 'threepids.0 must be object' }),
    reason: BAD_TYPES,
  },
  {
    areas: ['reset-password'],
    labels: ['number', 'null'],
    glia: refusal(400, 'M_INVALID_PARAM', 'new_password must be a string'),
    reason: BAD_TYPES,
  },
  {
    areas: ['devices'],
    labels: ['rename: number'],
    glia: refusal(400, 'M_BAD_JSON', 'display_name must be string'),
    reason: BAD_TYPES,
  },
  {
    areas: ['devices'],
    labels: ['delete several: text'],
    glia: refusal(400, 'M_BAD_JSON', 'devices must be array'),
    reason: BAD_TYPES,
  },
  {
    areas: ['devices'],
    labels: ['delete several: numbers'],
    glia: refusal(400, 'M_BAD_JSON', 'devices.0 must be string'),
    reason: BAD_TYPES,
  },
  {
    areas: ['shared-secret-registration'],
    labels: ['mac: number'],
    glia: refusal(403, 'M_UNKNOWN', 'HMAC incorrect'),
    reason: BAD_TYPES,
  },
  {
    areas: ['whois'],
    labels: ['malformed id without token'],
    glia: refusal(401, 'M_MISSING_TOKEN', 'Missing access token'),
    reason: 'Who may call is looked at before anything else, here too.',
  },
  {
    areas: ['registration-tokens'],
    labels: ['make: bad letters'],
    glia: otherError({ error: 'token must consist only of characters matched by the regex [A-Za-z0-9._~-]' }),
    reason: 'The text names the letters that are allowed.',
  },
  {
    areas: ['registration-tokens'],
    labels: ['validity: no uses left'],
    glia: { 'body.valid': false },
    reason: 'No use allowed means none; Synapse takes the number 0 for no limit here.',
  },
]
