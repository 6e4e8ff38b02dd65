import { MatrixError } from '@glia/contract'
import type { LinkedUser } from '../homeserver-link.ts'

/**
 * Only for whoever has shown already who they are: nobody else is told what became of an account.
 * @throws MatrixError M_FORBIDDEN (there is no such user), M_USER_DEACTIVATED, M_USER_LOCKED
 */
export function refuseUnusable(user: LinkedUser | undefined): void {
  if (!user) throw new MatrixError('M_FORBIDDEN', 'Invalid username or password')
  if (user.isDeactivated) throw new MatrixError('M_USER_DEACTIVATED', 'This account has been deactivated')
  if (user.isLocked) throw new MatrixError('M_USER_LOCKED', 'User account has been locked', { extra: { soft_logout: true } })
}
