import { optional, text } from '../fields.ts'

/** How a client says who it is, in the body (RFC 6749 section 2.3.1, RFC 7523 section 2.2). The other way is HTTP Basic. */
export const clientFields = {
  client_id: optional(text()),
  client_secret: optional(text({ writeOnly: true })),
  client_assertion_type: optional(text({ description: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' })),
  client_assertion: optional(text({ writeOnly: true, description: 'a JWT that the client has signed' })),
}
