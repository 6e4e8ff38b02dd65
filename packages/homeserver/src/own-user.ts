import { MatrixError } from '@glia/contract'
import type { Requester } from '@glia/http'
import type { UserId } from '@glia/protocol'

/**
 * For paths that name a user whom only that user may ask about.
 * @throws MatrixError M_FORBIDDEN with the given message
 */
export function requireOwn(requester: Requester, userId: string, message: string): UserId {
  if (userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', message)
  return requester.userId
}
