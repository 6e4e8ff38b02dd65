import { MatrixError } from '@glia/contract'
import { isUserId, makeUserId, type ServerName, type UserId } from '@glia/protocol'

/** Finds who is meant; every part of it may be missing. */
export interface IdentifierDeps {
  readonly serverName: string
  isUser(userId: UserId): Promise<boolean>
  /** Whose confirmed address this is. */
  findUserByThreepid(medium: string, address: string): Promise<UserId | undefined>
}

/**
 * Who wants to log in: `identifier`, or the older `user`, `medium` and `address`. Names are looked up as written and then in lower case.
 * Codes and texts are Synapse's. Source: Client-Server API, "Identifier types".
 * @returns undefined when there is no such user
 * @throws MatrixError when nobody is named
 */
export async function findIdentifiedUser(deps: IdentifierDeps, fields: Readonly<Record<string, unknown>>): Promise<UserId | undefined> {
  if (typeof fields.user === 'string') return findByName(deps, fields.user)
  if (typeof fields.medium === 'string' && typeof fields.address === 'string' && fields.identifier === undefined) {
    return findByThreepid(deps, fields.medium, fields.address)
  }
  if (fields.identifier === undefined || fields.identifier === null) throw new MatrixError('M_INVALID_PARAM', 'Invalid login submission')
  const identifier = (typeof fields.identifier === 'object' ? fields.identifier : {}) as Record<string, unknown>
  switch (identifier.type) {
    case undefined:
      throw new MatrixError('M_MISSING_PARAM', "'identifier' dict has no key 'type'")
    case 'm.id.user':
      if (typeof identifier.user !== 'string' || identifier.user === '')
        throw new MatrixError('M_UNKNOWN', "User identifier is missing 'user' key")
      return findByName(deps, identifier.user)
    case 'm.id.thirdparty':
      if (typeof identifier.medium !== 'string' || typeof identifier.address !== 'string') {
        throw new MatrixError('M_UNKNOWN', 'Invalid thirdparty identifier')
      }
      return findByThreepid(deps, identifier.medium, identifier.address)
    case 'm.id.phone': {
      const number = identifier.phone ?? identifier.number
      if (typeof identifier.country !== 'string' || typeof number !== 'string') {
        throw new MatrixError('M_UNKNOWN', 'Invalid phone-type identifier')
      }
      return findByThreepid(deps, 'msisdn', number.replace(/[^0-9]/g, ''))
    }
    default:
      throw new MatrixError('M_UNKNOWN', 'Unknown login identifier type')
  }
}

async function findByName(deps: IdentifierDeps, name: string): Promise<UserId | undefined> {
  if (name.includes('\0')) return undefined
  const userId = name.startsWith('@') ? name : makeUserId(name, deps.serverName as ServerName)
  if (!isUserId(userId)) return undefined
  if (await deps.isUser(userId)) return userId
  const colon = userId.indexOf(':')
  const folded = `${userId.slice(0, colon).toLowerCase()}${userId.slice(colon)}` as UserId
  return folded !== userId && (await deps.isUser(folded)) ? folded : undefined
}

async function findByThreepid(deps: IdentifierDeps, medium: string, address: string): Promise<UserId | undefined> {
  if (medium.includes('\0') || address.includes('\0')) return undefined
  return deps.findUserByThreepid(medium, medium === 'email' ? address.toLowerCase() : address)
}
