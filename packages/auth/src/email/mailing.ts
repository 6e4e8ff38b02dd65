import type { AnyTransaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import { createMailTexts, type MailSender, type MailTexts } from './mail-texts.ts'
import type { Outbox } from './outbox.ts'

/** Writes to people. Where the server has no mail server, there is none of it. */
export interface Mailing {
  /**
   * Writes in the transaction that is the reason; sent after it.
   * @param request.usefulForMs how long the message is worth sending
   */
  write<K extends keyof MailTexts>(
    tx: AnyTransaction,
    request: { kind: K; address: string; about: Parameters<MailTexts[K]>; usefulForMs: number },
  ): Promise<void>
}

export function createMailing(deps: { outbox: Outbox; clock: Clock; sender: MailSender }): Mailing {
  const { outbox, clock, sender } = deps
  const texts = createMailTexts(sender)
  return {
    async write(tx, { kind, address, about, usefulForMs }) {
      const written = (texts[kind] as (...values: string[]) => ReturnType<MailTexts['code']>)(...about)
      await outbox.add(tx, { ...written, kind, address, expiresAtMs: clock.nowMs() + usefulForMs })
    },
  }
}
