import type { Database, Transaction } from '@glia/database'
import { type Clock, type Logger, makeUlid, type Random } from '@glia/platform'
import { type DeliverMail, type Mail, MailRefused, type OutgoingMail } from './mail.ts'
import { claimMail, deleteMail, findDueMail, insertMail, postponeMail } from './mail-store.ts'
import type { MailTables } from './tables.ts'

/** While a message is being sent, no other process touches it; should this one die, it is sent again after this time. */
const CLAIM_MS = 5 * 60_000
/** How often to look for what other processes left, and for what is due again. */
const LOOK_EVERY_MS = 30_000
const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 15 * 60_000

/**
 * Messages on their way. A message is kept in the transaction that causes it and sent after it, again and again with growing pauses until
 * the mail server has it, refuses it for good, or it is of no use any more. Any number of processes may send; each message is sent by one.
 */
export interface Outbox {
  /** It is on its way as soon as the transaction is committed. */
  add(tx: Transaction<MailTables>, mail: Mail): Promise<void>
  /** Sends what is due, and goes on doing so. */
  start(): void
  /** Sends what is due now; resolves when nothing is. */
  flush(): Promise<void>
  /** Waits for the message that is being sent. */
  stop(): Promise<void>
}

export function createOutbox(deps: {
  database: Database<MailTables>
  clock: Clock
  random: Random
  logger: Logger
  deliver: DeliverMail
}): Outbox {
  const { database, clock, random, logger, deliver } = deps
  let cancel: (() => void) | undefined
  let sending: Promise<void> | undefined
  let isWokenAgain = false
  let isRunning = false
  let isStopped = false

  async function send(mail: OutgoingMail): Promise<void> {
    const about = { mail: mail.id, kind: mail.kind, attempt: mail.attempts + 1 }
    if (mail.expiresAtMs <= clock.nowMs()) {
      logger.warn(about, 'an e-mail could not be sent in time and was given up')
      return database.transaction((tx) => deleteMail(tx, mail.id))
    }
    try {
      await deliver(mail)
    } catch (error) {
      if (error instanceof MailRefused) {
        logger.warn({ ...about, code: error.code }, 'the mail server refused an e-mail for good')
      } else {
        // not the message of the error: it may name the address
        const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
        logger.warn({ ...about, code, responseCode }, 'an e-mail could not be sent; it will be tried again')
        const pauseMs = Math.min(FIRST_PAUSE_MS * 3 ** mail.attempts, LONGEST_PAUSE_MS)
        return database.transaction((tx) => postponeMail(tx, mail.id, clock.nowMs() + pauseMs))
      }
    }
    await database.transaction((tx) => deleteMail(tx, mail.id))
  }

  async function sendAll(): Promise<void> {
    for (;;) {
      isWokenAgain = false
      const nowMs = clock.nowMs()
      const found = await findDueMail(database.read, nowMs)
      if (!found) {
        if (isWokenAgain) continue
        return
      }
      const { mail, dueAtMs } = found
      if (isStopped) return
      const isOurs = await database.transaction((tx) => claimMail(tx, { id: mail.id, dueAtMs, untilMs: nowMs + CLAIM_MS }))
      if (isOurs) await send(mail)
    }
  }

  function wake(): Promise<void> {
    isWokenAgain = true
    sending ??= sendAll()
      .catch((error) => logger.warn({ err: error }, 'the outbox could not be read'))
      .finally(() => {
        sending = undefined
        if (isWokenAgain && !isStopped) void wake()
      })
    return sending
  }

  function lookLater(): void {
    cancel = clock.after(LOOK_EVERY_MS, () => {
      void wake()
      lookLater()
    })
  }

  return {
    async add(tx, mail) {
      const nowMs = clock.nowMs()
      await insertMail(tx, { ...mail, id: makeUlid(clock, random), createdAtMs: nowMs, attempts: 0 })
      tx.afterCommit(() => {
        if (isRunning) void wake()
      })
    },
    start() {
      isRunning = true
      void wake()
      lookLater()
    },
    flush: wake,
    async stop() {
      isRunning = false
      isStopped = true
      cancel?.()
      await sending
    },
  }
}
