import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'
import { clientFields } from './client-credentials-fields.ts'

export const authorizeDevice = endpoint({
  id: 'oauth.device_authorization.start',
  method: 'POST',
  path: '/oauth2/device',
  surface: 'oauth',
  access: access.oauthClient,
  summary: 'Starts the device grant: a code to confirm in any browser',
  source: 'RFC 8628 section 3.1; Client-Server API, "Device authorization flow"',
  form: { ...clientFields, scope: optional(text()) },
  response: Type.Object({
    device_code: text(),
    user_code: text(),
    verification_uri: text(),
    verification_uri_complete: optional(text()),
    expires_in: integer({ description: 'seconds' }),
    interval: integer({ description: 'seconds to wait between two polls' }),
  }),
})
