import { MatrixError } from '@glia/contract'
import type { Requester } from '@glia/http'
import { type Appservice, isExclusiveAlias, isOwnAlias, type RoomAlias } from '@glia/protocol'

/** @throws MatrixError M_EXCLUSIVE: the alias is not the requester's to give or take away */
export type CheckAliasOwner = (requester: Requester, alias: RoomAlias) => void

/** Application services make aliases of their namespaces only; others none that a service has for itself, admins neither. Texts are Synapse's. */
export function createAliasOwnerCheck(services: readonly Appservice[]): CheckAliasOwner {
  return ({ appservice }, alias) => {
    if (appservice) {
      if (!isOwnAlias(appservice, alias)) {
        throw new MatrixError('M_EXCLUSIVE', 'This application service has not reserved this kind of alias.')
      }
    } else if (services.some((service) => isExclusiveAlias(service, alias))) {
      throw new MatrixError('M_EXCLUSIVE', 'This alias is reserved by an application service.')
    }
  }
}
