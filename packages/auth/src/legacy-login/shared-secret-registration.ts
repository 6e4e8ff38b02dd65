import { createHmac } from 'node:crypto'
import { MatrixError } from '@glia/contract'
import type { Origin } from '@glia/http'
import type { Secret } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { PasswordHasher } from '../passwords/index.ts'
import { isSameText } from '../tokens/index.ts'
import { type CreateAccountDeps, createAccount } from './create-account.ts'
import type { OpenedSession } from './open-session.ts'
import type { RegistrationNonces } from './registration-nonces.ts'

export interface SharedSecretRegistrationDeps extends CreateAccountDeps {
  readonly passwords: PasswordHasher
  readonly nonces: RegistrationNonces
  /** Undefined: switched off. */
  readonly sharedSecret: Secret | undefined
}

const MAX_LENGTH = 512
export const USER_TYPES: readonly string[] = ['bot', 'support']

/**
 * Makes an account for somebody who knows the shared secret, whatever the settings of registration say. `body` is the unchecked JSON
 * object of the request: checks come in Synapse's order, with its texts. The nonce is spent as soon as it is recognised.
 * Source: Synapse Admin API, "Shared-Secret Registration".
 * @throws MatrixError
 */
export async function registerBySharedSecret(
  deps: SharedSecretRegistrationDeps,
  body: Readonly<Record<string, unknown>>,
  origin: Origin,
): Promise<{ userId: UserId; session: OpenedSession | undefined }> {
  if (!deps.sharedSecret) throw new MatrixError('M_UNKNOWN', 'Shared secret registration is not enabled')
  const nonce = present(body, 'nonce')
  if (typeof nonce !== 'string' || !deps.nonces.use(nonce)) throw new MatrixError('M_UNKNOWN', 'unrecognised nonce')
  const username = shortText(body, 'username')
  const password = shortText(body, 'password')
  const userType = body.user_type ?? undefined
  if (userType !== undefined && !USER_TYPES.includes(userType as string)) throw new MatrixError('M_UNKNOWN', 'Invalid user type')
  const isAdmin = Boolean(body.admin)
  const mac = present(body, 'mac')
  const parts = [nonce, username, password, isAdmin ? 'admin' : 'notadmin', ...(userType === undefined ? [] : [userType as string])]
  if (!isMacOf(deps.sharedSecret, parts.join('\0'), mac)) throw new MatrixError('M_UNKNOWN', 'HMAC incorrect', { status: 403 })
  if (body.refresh_token !== undefined && typeof body.refresh_token !== 'boolean') {
    throw new MatrixError('M_UNKNOWN', 'refresh_token must be a boolean')
  }
  const session = {
    deviceId: optionalText(body, 'device_id'),
    deviceName: optionalText(body, 'initial_device_display_name'),
    refreshable: body.refresh_token === true,
    origin,
  }
  const displayName = optionalText(body, 'displayname')
  const localpart = username.toLowerCase()
  await deps.homeserver.checkLocalpartAvailable(localpart, { evenReserved: true })
  const passwordHash = await deps.passwords.hash(password)
  return createAccount(deps, {
    localpart,
    passwordHash,
    displayName,
    isAdmin,
    userType: userType as string | undefined,
    session: body.inhibit_login ? undefined : session,
  })
}

function present(body: Readonly<Record<string, unknown>>, name: string): unknown {
  if (!(name in body)) throw new MatrixError('M_BAD_JSON', `${name} must be specified`)
  return body[name]
}

function shortText(body: Readonly<Record<string, unknown>>, name: 'username' | 'password'): string {
  const value = present(body, name)
  if (typeof value !== 'string' || value.length > MAX_LENGTH || value.includes('\0')) throw new MatrixError('M_UNKNOWN', `Invalid ${name}`)
  return value
}

function optionalText(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value.includes('\0')) throw new MatrixError('M_INVALID_PARAM', `${name} must be a string`)
  return value
}

function isMacOf(secret: Secret, message: string, mac: unknown): boolean {
  return typeof mac === 'string' && isSameText(mac, createHmac('sha1', secret.reveal()).update(message).digest('hex'))
}
