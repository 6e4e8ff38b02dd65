import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import type { Requester } from '@glia/http'
import { type EventId, eventTypes } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { findEvent } from './event-store.ts'
import type { RoomWriter } from './room-writer.ts'

/**
 * What is asked of our own users' redactions beyond the rules of the room, which would let anyone redact events of the same server.
 * @throws MatrixError M_FORBIDDEN, M_NOT_FOUND (unknown target and no level to redact), M_UNKNOWN (of another room), M_USER_SUSPENDED
 */
export async function checkRedaction(
  db: Reads<HomeserverSchema>,
  room: RoomWriter,
  requester: Requester,
  targetId: EventId,
): Promise<{ isOwn: boolean }> {
  await room.flush()
  const target = targetId.includes('\0') ? undefined : await findEvent(db, targetId)
  const isOwn = target?.sender === requester.userId
  if (requester.isSuspended && !isOwn) {
    throw new MatrixError('M_USER_SUSPENDED', 'You can only redact your own events while account is suspended.')
  }
  const levels = await room.powerLevels()
  const mayRedact = levels.of(requester.userId) >= levels.redact
  if (!target) {
    if (!mayRedact) throw new MatrixError('M_NOT_FOUND', `Could not find event ${targetId}`)
    return { isOwn: false }
  }
  if (target.roomId !== room.roomId) throw new MatrixError('M_UNKNOWN', 'Cannot redact event from a different room')
  if (target.type === eventTypes.create) throw new MatrixError('M_FORBIDDEN', 'Redacting create events is not permitted')
  if (target.type === eventTypes.serverAcl) throw new MatrixError('M_FORBIDDEN', 'Redacting server ACL events is not permitted')
  if (!isOwn && !mayRedact) throw new MatrixError('M_FORBIDDEN', "You don't have permission to redact events")
  return { isOwn }
}
