import { MatrixError } from '@glia/contract'
import type { UserRequest } from './put-user.ts'

interface PutUserBody {
  password?: string | null
  logout_devices: boolean
  displayname?: unknown
  avatar_url?: unknown
  threepids?: Record<string, unknown>[] | null
  external_ids?: Record<string, unknown>[] | null
  admin?: boolean
  deactivated?: boolean
  locked?: boolean
  user_type?: string | null
}

const MEDIA = ['email', 'msisdn']
const MAX_LENGTH = 500

/** From the body of `PUT /v2/users/{user_id}`. @throws MatrixError M_MISSING_PARAM, M_INVALID_PARAM, M_UNKNOWN */
export function readUserRequest(body: PutUserBody): UserRequest {
  return {
    password: body.password ?? undefined,
    logoutDevices: body.logout_devices,
    displayName: body.displayname,
    avatarUrl: body.avatar_url,
    threepids: body.threepids?.map(readThreepid),
    externalIds: body.external_ids?.map((item) => {
      const [authProvider, externalId] = texts(item, 'auth_provider', 'external_id')
      return { authProvider, externalId }
    }),
    isAdmin: body.admin,
    isDeactivated: body.deactivated,
    isLocked: body.locked,
    userType: body.user_type,
  }
}

function readThreepid(item: Record<string, unknown>): { medium: string; address: string } {
  const [medium, address] = texts(item, 'medium', 'address')
  if (!MEDIA.includes(medium)) throw new MatrixError('M_INVALID_PARAM', `'${medium}' is not a valid value for 'medium'`)
  if (medium === 'msisdn') return { medium, address }
  const parts = address.split('@')
  if (parts.length !== 2 || parts[0] === '' || parts[1] === '') throw new MatrixError('M_UNKNOWN', 'Unable to parse email address')
  return { medium, address: address.toLowerCase() }
}

function texts(item: Record<string, unknown>, first: string, second: string): [string, string] {
  const missing = [first, second].filter((name) => !(name in item))
  if (missing.length > 0) throw new MatrixError('M_MISSING_PARAM', `Missing params: [${missing.map((name) => `'${name}'`).join(', ')}]`)
  return [text(item, first), text(item, second)]
}

function text(item: Record<string, unknown>, name: string): string {
  const value = item[name]
  if (typeof value !== 'string' || value.length > MAX_LENGTH || value.includes('\0')) {
    throw new MatrixError('M_INVALID_PARAM', `'${name}' must be a string of at most ${MAX_LENGTH} characters`)
  }
  return value
}
