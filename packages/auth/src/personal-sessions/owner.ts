import type { UserId } from '@glia/protocol'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { AdminCheck } from '../policy/index.ts'

/**
 * Whether a personal access token may still be used, as far as its owner goes: an account that can sign in and, if the token acts as
 * somebody else, administers the server (MAS does not ask for the latter). Clients that own tokens always may.
 */
export async function isPersonalOwnerValid(
  { homeserver, mayAdminister }: { homeserver: HomeserverLink; mayAdminister: AdminCheck },
  ownerId: UserId | null,
  actorId: UserId,
): Promise<boolean> {
  if (ownerId === null) return true
  const owner = await homeserver.findUser(ownerId)
  return owner !== undefined && !owner.isDeactivated && !owner.isLocked && (ownerId === actorId || mayAdminister(owner))
}
