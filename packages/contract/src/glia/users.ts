import { access } from '../access.ts'
import { adminRoles } from '../admin-roles.ts'
import { endpoint } from '../endpoint.ts'
import { flag, list, nullable, oneOf, optional, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'
import { selectionPage } from './selection-page.ts'
import { userSelection } from './user-selection.ts'

export const userSummary = Type.Object({
  user_id: text(),
  displayname: nullable(text()),
  avatar_url: nullable(text()),
  admin: flag(),
  role: nullable(oneOf(adminRoles)),
  guest: flag(),
  locked: flag(),
  suspended: flag(),
  shadow_banned: flag(),
  deactivated: flag(),
  erased: flag(),
  user_type: nullable(text()),
  appservice_id: nullable(text()),
  created_at: timestampMs(),
  last_seen: nullable(timestampMs()),
})

export const findUsers = endpoint({
  id: 'glia.users.list',
  method: 'GET',
  path: '/_glia/admin/v1/users',
  surface: 'glia',
  access: access.serverAdmin,
  summary: 'Users by everything that is known of them',
  source: 'Glia, docs/bulk.md',
  query: {
    ...userSelection,
    ...selectionPage(['user_id', 'last_seen', 'created']),
  },
  response: Type.Object({
    users: list(userSummary),
    next_token: optional(text()),
  }),
  errors: ['M_INVALID_PARAM'],
})
