export interface EmailValidationTables {
  /** Addresses that are being confirmed, or were, for clients (`sid` and `client_secret` of the Client-Server API). */
  auth_email_validations: {
    sid: string
    /** `register`, `add` or `reset`: what was confirmed for one is worth nothing for another. */
    purpose: string
    /** Lower case. */
    address: string
    client_secret: string
    /** The highest for which a message was sent. */
    send_attempt: number
    next_link: string | null
    /** The link works until then; after it was opened: the client may use it until then. */
    expires_at_ms: number
    validated_at_ms: number | null
  }
}
