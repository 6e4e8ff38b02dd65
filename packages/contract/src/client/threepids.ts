import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { list, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

export const listThreepids = endpoint({
  id: 'client.account.threepids',
  method: 'GET',
  path: '/_matrix/client/v3/account/3pid',
  surface: 'client',
  access: access.user,
  summary: 'The e-mail addresses and phone numbers of the account',
  source: 'Client-Server API, "Adding Account Administrative Contact Information"',
  response: Type.Object({
    threepids: list(Type.Object({ medium: text(), address: text(), added_at: timestampMs(), validated_at: timestampMs() })),
  }),
})
