import type { StreamType } from '@glia/contract'
import type { AnyTransaction } from '@glia/database'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import type { SignalBus } from '../signals.ts'
import { addNews } from './news-store.ts'

/** Notes, together with the change itself, that something is new or changed. @param subject its id */
export type TellAdmins = (tx: AnyTransaction, kind: StreamType, subject: string) => Promise<void>

export function createTellAdmins(deps: { clock: Clock; random: Random; signals: SignalBus }): TellAdmins {
  const { clock, random, signals } = deps
  return async (tx, kind, subject) => {
    await addNews(tx, { id: makeUlid(clock, random), kind, subject })
    tx.afterCommit(() => signals.tell('admin.news', {}))
  }
}
