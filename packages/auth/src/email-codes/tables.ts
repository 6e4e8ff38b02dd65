export interface EmailCodeTables {
  /** Codes that were sent by e-mail, to be typed into a page. The code itself is derived from the id. */
  auth_email_codes: {
    id: string
    /** What happens when it is right. */
    purpose: string
    /** Who may type it in: a user id, or the mark of a browser. */
    owner: string
    /** Lower case. */
    address: string
    /** JSON: what is needed then. Never a password. */
    payload: string
    /** How many codes were sent; only the last one is right. */
    sends: number
    /** Wrong codes since the last one was sent. */
    attempts: number
    code_expires_at_ms: number
    /** Until then another code may be sent. */
    expires_at_ms: number
  }
}
