import type { AnyTransaction } from '@glia/database'
import type { Origin } from '@glia/http'

/** A stage was tried and did not succeed; the client may try again. */
export class StageFailed extends Error {
  readonly errcode: string

  constructor(errcode: string, message: string) {
    super(message)
    this.name = 'StageFailed'
    this.errcode = errcode
  }
}

/** One way to show something about oneself (Client-Server API, "Authentication types"). */
export interface Stage {
  readonly type: string
  /**
   * Looks at what the client sent; slow checks belong here.
   * @returns what was shown, kept with the session
   * @throws StageFailed, or MatrixError when the request makes no sense
   */
  check(auth: Readonly<Record<string, unknown>>, about: { origin: Origin; operation: string }): Promise<string>
  /** Runs in the transaction that notes the stage as completed. @throws StageFailed */
  reserve?(tx: AnyTransaction, shown: string): Promise<void>
  /** Runs in the transaction that ends the session: what was proved was used, or the session was left alone for too long. */
  settle?(tx: AnyTransaction, shown: string, outcome: 'spent' | 'freed'): Promise<void>
}

export const dummyStage: Stage = { type: 'm.login.dummy', check: async () => '' }
