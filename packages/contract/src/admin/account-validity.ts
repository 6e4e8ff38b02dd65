import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, nullable, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

export const setAccountValidity = endpoint({
  id: 'admin.account_validity.set',
  method: 'POST',
  path: '/_synapse/admin/v1/account_validity/validity',
  surface: 'admin',
  access: access.serverAdmin,
  summary: 'Sets until when an account can be used, where `account_validity` is enabled',
  source: 'Synapse Admin API, "Account validity API"',
  body: {
    user_id: optional(text()),
    expiration_ts: optional(
      nullable(integer({ minimum: 0, description: 'ms since 1970-01-01 UTC; default: the configured period from now' })),
    ),
    enable_renewal_emails: optional(flag({ description: 'taken and without effect: no such e-mails are sent' })),
  },
  response: Type.Object({ expiration_ts: integer() }),
  errors: ['M_UNKNOWN', 'M_NOT_FOUND', 'M_MISSING_PARAM'],
})
