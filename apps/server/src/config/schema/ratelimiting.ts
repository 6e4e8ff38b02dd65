import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { integer, optional, positiveNumber } from '../types.ts'

/** A token bucket: `burstCount` actions at once, filled again by `perSecond`. */
export interface RateLimit {
  readonly perSecond: number
  readonly burstCount: number
}

function limitFields(perSecond: number, burstCount: number) {
  return section({
    per_second: setting(positiveNumber, { default: perSecond, doc: 'Actions a second, on average.' }),
    burst_count: setting(integer({ min: 1 }), { default: burstCount, doc: 'Actions at once before the limit bites.' }),
  })
}

function limit(perSecond: number, burstCount: number, doc: string) {
  return setting(limitFields(perSecond, burstCount), { default: {}, doc })
}

export const ratelimitingFields = {
  rc_message: limit(0.2, 10, 'Events that a user may send.'),
  rc_registration: limit(0.17, 3, 'Registrations from one address.'),
  rc_registration_token_validity: limit(0.1, 5, 'Questions whether a registration token is valid, from one address.'),
  rc_3pid_validation: limit(0.003, 5, 'E-mails that confirm an address, from one network address and to one e-mail address.'),
  rc_login: setting(
    section({
      address: limit(0.003, 5, 'Logins from one address.'),
      account: limit(0.003, 5, 'Logins to one account.'),
      failed_attempts: limit(0.17, 3, 'Failed logins to one account.'),
    }),
    { default: {}, doc: 'Logins.' },
  ),
  rc_admin_redaction: setting(optional(limitFields(0.17, 3)), { doc: 'Redactions by admins of a room. Not set: `rc_message` counts.' }),
  rc_joins: setting(
    section({
      local: limit(0.1, 10, 'Joins of a user to rooms that this server is in.'),
      remote: limit(0.01, 10, 'Joins of a user to rooms that this server is not in yet.'),
    }),
    { default: {}, doc: 'Joins of a user.' },
  ),
  rc_joins_per_room: limit(1, 10, 'Joins to one room, of all users.'),
  rc_invites: setting(
    section({
      per_room: limit(0.3, 10, 'Invites to one room.'),
      per_user: limit(0.003, 5, 'Invites that one user gets.'),
      per_issuer: limit(0.3, 10, 'Invites that one user sends.'),
    }),
    { default: {}, doc: 'Invites.' },
  ),
  rc_room_creation: limit(0.016, 10, 'Rooms that a user creates.'),
  rc_presence: setting(section({ per_user: limit(0.1, 1, 'Changes of one user; what comes by /sync beyond it is passed over.') }), {
    default: {},
    doc: 'Changes of who is online.',
  }),
  rc_delayed_event_mgmt: limit(1, 5, 'Restarts, cancellations and lists of delayed events, of a user, or from one address.'),
  rc_reports: limit(1, 5, 'Reports of events, rooms and users that a user sends.'),
  rc_media_create: limit(10, 50, 'Media ids that a user reserves (`POST /_matrix/media/v1/create`).'),
} satisfies Record<string, Setting<unknown>>

export interface RatelimitingConfig {
  readonly message: RateLimit
  readonly registration: RateLimit
  readonly registrationTokenValidity: RateLimit
  readonly emailValidation: RateLimit
  readonly login: { readonly address: RateLimit; readonly account: RateLimit; readonly failedAttempts: RateLimit }
  /** Null: redactions of room admins count as messages. */
  readonly adminRedaction: RateLimit | null
  readonly joins: { readonly local: RateLimit; readonly remote: RateLimit }
  readonly joinsPerRoom: RateLimit
  readonly invites: { readonly perRoom: RateLimit; readonly perUser: RateLimit; readonly perIssuer: RateLimit }
  readonly roomCreation: RateLimit
  readonly presence: RateLimit
  readonly delayedEventManagement: RateLimit
  readonly reports: RateLimit
  readonly mediaCreate: RateLimit
}

const toLimit = (value: { per_second: number; burst_count: number }): RateLimit => ({
  perSecond: value.per_second,
  burstCount: value.burst_count,
})

export function ratelimitingConfig(values: ValuesOf<typeof ratelimitingFields>): RatelimitingConfig {
  return {
    message: toLimit(values.rc_message),
    registration: toLimit(values.rc_registration),
    registrationTokenValidity: toLimit(values.rc_registration_token_validity),
    emailValidation: toLimit(values.rc_3pid_validation),
    login: {
      address: toLimit(values.rc_login.address),
      account: toLimit(values.rc_login.account),
      failedAttempts: toLimit(values.rc_login.failed_attempts),
    },
    adminRedaction: values.rc_admin_redaction && toLimit(values.rc_admin_redaction),
    joins: { local: toLimit(values.rc_joins.local), remote: toLimit(values.rc_joins.remote) },
    joinsPerRoom: toLimit(values.rc_joins_per_room),
    invites: {
      perRoom: toLimit(values.rc_invites.per_room),
      perUser: toLimit(values.rc_invites.per_user),
      perIssuer: toLimit(values.rc_invites.per_issuer),
    },
    roomCreation: toLimit(values.rc_room_creation),
    presence: toLimit(values.rc_presence.per_user),
    delayedEventManagement: toLimit(values.rc_delayed_event_mgmt),
    reports: toLimit(values.rc_reports),
    mediaCreate: toLimit(values.rc_media_create),
  }
}
