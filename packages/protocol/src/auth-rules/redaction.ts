import { serverNameOf, type UserId } from '../ids.ts'
import type { PowerLevelsView } from '../power-levels.ts'

/**
 * Whether an authorized `m.room.redaction` takes effect on its target: the sender has the `redact` level, or the target comes from the sender's server.
 * Source: room version 3, "Handling redactions". A server may ask more of its own users.
 */
export function redactionTakesEffect(redactionSender: UserId, targetSender: UserId, powerLevels: PowerLevelsView): boolean {
  return powerLevels.of(redactionSender) >= powerLevels.redact || serverNameOf(redactionSender) === serverNameOf(targetSender)
}
