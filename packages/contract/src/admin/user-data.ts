import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, pathText, record, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

const source = 'Synapse Admin API, "User Admin API"'
const params = { user_id: pathText() }

export const listAccountData = endpoint({
  id: 'admin.users.account_data',
  method: 'GET',
  path: '/_synapse/admin/v1/users/{user_id}/accountdata',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'What a user’s clients keep with the account, in general and for rooms',
  source,
  params,
  response: Type.Object({
    account_data: Type.Object({
      global: record(anyObject(), { description: 'type → content' }),
      rooms: record(record(anyObject()), { description: 'room id → type → content' }),
    }),
  }),
  errors: ['M_UNKNOWN', 'M_NOT_FOUND'],
})

export const allowCrossSigningReplacement = endpoint({
  id: 'admin.users.allow_cross_signing_replacement',
  method: 'POST',
  path: '/_synapse/admin/v1/users/{user_id}/_allow_cross_signing_replacement_without_uia',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Let a user replace the cross-signing keys without proof of identity, for ten minutes',
  source,
  params,
  response: Type.Object({ updatable_without_uia_before_ms: timestampMs() }),
  errors: ['M_NOT_FOUND'],
})
