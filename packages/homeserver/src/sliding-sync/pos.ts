import { MatrixError } from '@glia/contract'
import { formatSyncToken, parseSyncToken, type SyncToken } from '../sync/index.ts'

/** Where a client is: what it was sent (the memory after an answer), and up to where. On the wire `<answerId>/<sync token>`. */
export interface Pos {
  /** `NOTHING_SENT`, or the answer that changed the memory last. */
  readonly answerId: string
  readonly token: SyncToken
}

/** The memory is empty: there is nothing to be kept. */
export const NOTHING_SENT = '0'

export function formatPos({ answerId, token }: Pos): string {
  return `${answerId}/${formatSyncToken(token)}`
}

/** @throws MatrixError 400 M_UNKNOWN_POS, also for positions of another server: the client then starts afresh */
export function parsePos(text: string): Pos {
  const [, answerId, token] = /^([A-Za-z0-9]{1,32})\/(s\d{1,15}(?:_\d{1,15}){0,2})$/.exec(text) ?? []
  if (answerId === undefined || token === undefined) throw unknownPos()
  return { answerId, token: parseSyncToken(token) }
}

export function unknownPos(): MatrixError {
  return new MatrixError('M_UNKNOWN_POS', 'Unknown position')
}
