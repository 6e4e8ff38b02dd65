import { MatrixError } from '@glia/contract'
import { fitsIdLimit, isValidNewLocalpart } from '@glia/protocol'

/**
 * Checks the form of a name for a new account; codes and texts are Synapse's. Upper case is refused here: registration folds it before.
 * Source: Matrix specification, Appendices, "User Identifiers"; names that begin with `_` are kept for application services.
 * @throws MatrixError M_INVALID_USERNAME
 */
export function checkNewLocalpart(localpart: string, serverName: string): void {
  if (localpart !== '' && !isValidNewLocalpart(localpart)) {
    throw invalidUsername("User ID can only contain characters a-z, 0-9, or '=_-./+'")
  }
  if (localpart === '') throw invalidUsername('User ID cannot be empty')
  if (localpart.startsWith('_')) throw invalidUsername('User ID may not begin with _')
  if (!fitsIdLimit(`@${localpart}:${serverName}`)) throw invalidUsername('User ID may not be longer than 255 characters')
}

/**
 * The last of Synapse's checks: it comes after the one for a taken name.
 * @throws MatrixError M_INVALID_USERNAME
 */
export function refuseNumericLocalpart(localpart: string): void {
  if (/^\d+$/.test(localpart)) throw invalidUsername('Numeric user IDs are reserved for guest users.')
}

function invalidUsername(message: string): MatrixError {
  return new MatrixError('M_INVALID_USERNAME', message)
}
