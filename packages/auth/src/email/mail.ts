/** A message to one person, as written. */
export interface Mail {
  /** What it is about, for the log: `reset_password`. */
  readonly kind: string
  readonly address: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Not sent after this: what it leads to is over. */
  readonly expiresAtMs: number
}

/** A message of the outbox on its way. */
export interface OutgoingMail extends Mail {
  readonly id: string
  readonly createdAtMs: number
  /** How often sending was begun before. */
  readonly attempts: number
}

/** Hands a message over to the mail server. @throws MailRefused when trying again is of no use; any other error otherwise */
export type DeliverMail = (mail: OutgoingMail) => Promise<void>

/** The mail server does not take this message, and will not later. */
export class MailRefused extends Error {
  /** Of SMTP, three digits. */
  readonly code: number

  constructor(code: number, options: { cause?: unknown } = {}) {
    super(`the mail server refused the message for good (${code})`, options)
    this.name = 'MailRefused'
    this.code = code
  }
}
