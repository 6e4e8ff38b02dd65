export interface MailTables {
  /** The outbox: messages that wait for being sent. A message that was sent, or is of no use any more, is deleted. */
  auth_mails: {
    /** ULID; also in the message's `Message-ID`, so that one sent twice is recognised. */
    id: string
    kind: string
    address: string
    subject: string
    body_text: string
    body_html: string
    created_at_ms: number
    /** Not sent after this: what it leads to is over. */
    expires_at_ms: number
    /** Nobody touches it before this: while it is being sent, and between two attempts. */
    due_at_ms: number
    attempts: number
  }
}
