import { MatrixError } from '@glia/contract'
import type { Requester } from '@glia/http'

/**
 * The time that an application service gives an event that it brings over (`?ts=`); nobody else has a say in it.
 * Source: Application Service API, "Timestamp massaging".
 * @throws MatrixError M_INVALID_PARAM for what is no number of milliseconds
 */
export function massagedTimestamp(requester: Requester, ts: string | undefined): { originServerTs?: number } {
  if (ts === undefined || !requester.appservice) return {}
  if (!/^\d{1,15}$/.test(ts)) throw new MatrixError('M_INVALID_PARAM', 'Query parameter ts must be an integer')
  return { originServerTs: Number(ts) }
}
