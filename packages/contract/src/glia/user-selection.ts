import { adminRoles } from '../admin-roles.ts'
import { flag, list, oneOf, optional, text, timestampMs } from '../fields.ts'

/** What users are chosen by, in lists and for bulk work; all that is given must hold. */
export const userSelection = {
  search: optional(text({ description: 'part of localpart or display name' })),
  admin: optional(flag()),
  role: optional(oneOf(adminRoles)),
  guest: optional(flag()),
  locked: optional(flag()),
  suspended: optional(flag()),
  shadow_banned: optional(flag()),
  deactivated: optional(flag()),
  erased: optional(flag()),
  user_type: optional(text({ description: '`none`: users without a type' })),
  appservice: optional(flag({ description: 'whether an application service has the user' })),
  has_device: optional(flag()),
  last_seen_before: optional(timestampMs({ description: 'ms since 1970-01-01 UTC; also those who were never seen and made before that' })),
  last_seen_after: optional(timestampMs()),
  created_before: optional(timestampMs()),
  created_after: optional(timestampMs()),
  ip: optional(text({ description: 'an address that the user came from, exactly' })),
}

/** Users by name, instead of or beside the other conditions. */
export const userIds = optional(list(text(), { maxItems: 10_000, description: 'only these' }))
