import { MatrixError } from '@glia/contract'

/** How far a client has been told everything. On the wire `s<position>_<typing>`, with `_<toDevice>` when that lags behind. */
export interface SyncToken {
  /** Change position: events, receipts, account data, device lists … */
  readonly position: number
  /** Of who is typing, which is kept in memory and has numbers of its own. */
  readonly typing: number
  /** Change position of the newest to-device message that was told; behind `position` when there were too many for one answer. */
  readonly toDevice: number
}

export function formatSyncToken({ position, typing, toDevice }: SyncToken): string {
  return `s${position}_${typing}${toDevice === position ? '' : `_${toDevice}`}`
}

/** @throws MatrixError 400 M_UNKNOWN, as Synapse does */
export function parseSyncToken(token: string): SyncToken {
  const parts = /^s(\d{1,16})(?:_(\d{1,16}))?(?:_(\d{1,16}))?$/.exec(token)
  if (!parts) throw new MatrixError('M_UNKNOWN', 'Invalid stream token')
  const position = Number(parts[1])
  return { position, typing: Number(parts[2] ?? 0), toDevice: Number(parts[3] ?? position) }
}
