import { optional, text } from '../fields.ts'

/** How a client says who it is, in the body (RFC 6749 section 2.3.1). The other way is HTTP Basic. */
export const clientFields = { client_id: optional(text()), client_secret: optional(text()) }
