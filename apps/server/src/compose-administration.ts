import type { Accounts, AuthSchema, HomeserverLink, KeyKind, PasswordHasher, Sessions, SigningKeys } from '@glia/auth'
import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import type { Random } from '@glia/platform'
import { type DeviceId, makeUserId, type ServerName, type UserId } from '@glia/protocol'
import type { RecordChange } from './compose-audit.ts'

const MAX_PASSWORD_LENGTH = 512
const DEVICE_NAME = 'Made on the command line'

/** What whoever owns the server's files may do to accounts without a token. Names are localparts or full user ids of this server. */
export interface Administration {
  readonly serverName: string
  /** @returns the user id @throws MatrixError M_INVALID_USERNAME, M_USER_IN_USE, M_INVALID_PARAM */
  createUser(user: { name: string; password: string; displayName?: string | undefined; isAdmin: boolean }): Promise<string>
  /**
   * Sets a password. Sessions and devices of the user end unless they are to stay.
   * @throws MatrixError M_NOT_FOUND, M_USER_DEACTIVATED, M_INVALID_PARAM
   */
  setPassword(name: string, password: string, options: { keepSessions: boolean }): Promise<string>
  /** @throws MatrixError M_NOT_FOUND, M_USER_DEACTIVATED */
  setAdmin(name: string, isAdmin: boolean): Promise<string>
  /**
   * Signs the user in on a device, as the legacy login does, for programs that can do nothing else: the token lasts until the session ends.
   * Older sessions of the device end. @param deviceId undefined: a new one @throws MatrixError M_NOT_FOUND, M_USER_DEACTIVATED, M_INVALID_PARAM
   */
  issueToken(name: string, deviceId: string | undefined): Promise<{ userId: string; deviceId: string; accessToken: string }>
  /** A link with which the first admin account can be made, once; undefined when there is an admin. */
  createSetupLink(): Promise<string | undefined>
  /** The keys of ID tokens: RSA first, of each kind the newest. */
  listSigningKeys(): ReturnType<SigningKeys['list']>
  /** New keys sign from now on, in all processes. @returns their ids */
  rotateSigningKeys(kinds: readonly KeyKind[]): Promise<string[]>
}

export interface AdministrationDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly accounts: Accounts
  readonly passwords: PasswordHasher
  readonly sessions: Sessions
  readonly random: Random
  readonly createSetupLink: () => Promise<string | undefined>
  readonly signingKeys: SigningKeys
  readonly recordChange: RecordChange
}

export function composeAdministration(deps: AdministrationDeps): Administration {
  const { database, homeserver, accounts, passwords, sessions, random, signingKeys, recordChange } = deps
  const { serverName } = homeserver

  const localpartIn = (name: string): string => {
    if (!name.startsWith('@')) return name
    const colon = name.indexOf(':')
    if (name.slice(colon + 1) !== serverName) throw new MatrixError('M_INVALID_PARAM', `${name} is not a user of ${serverName}`)
    return name.slice(1, colon)
  }
  const usable = async (name: string): Promise<UserId> => {
    const userId = makeUserId(localpartIn(name), serverName as ServerName)
    const user = await homeserver.findUser(userId)
    if (!user) throw new MatrixError('M_NOT_FOUND', `There is no ${userId}`)
    if (user.isDeactivated) throw new MatrixError('M_USER_DEACTIVATED', `${userId} is deactivated`)
    return userId
  }

  return {
    serverName,
    async createUser({ name, password, displayName, isAdmin }) {
      const localpart = localpartIn(name)
      checkPassword(password)
      await homeserver.checkLocalpartAvailable(localpart, { evenReserved: true })
      const passwordHash = await passwords.hash(password)
      return database.transaction(async (tx) => {
        const userId = await homeserver.createUser(tx, { localpart, isAdmin, ...(displayName === undefined ? {} : { displayName }) })
        await accounts.create(tx, { userId, passwordHash })
        await recordChange(tx, { operation: 'local.users.create', userId, request: { admin: isAdmin } })
        return userId
      })
    },
    async setPassword(name, password, { keepSessions }) {
      checkPassword(password)
      const userId = await usable(name)
      const passwordHash = await passwords.hash(password)
      await database.transaction(async (tx) => {
        await accounts.setPasswordHash(tx, userId, passwordHash)
        await recordChange(tx, { operation: 'local.users.set_password', userId, request: { keep_sessions: keepSessions } })
        if (keepSessions) return
        await sessions.endAll(tx, userId, {})
        await homeserver.deleteAllDevices(tx, userId, {})
      })
      return userId
    },
    async setAdmin(name, isAdmin) {
      const userId = await usable(name)
      await database.transaction(async (tx) => {
        await homeserver.setAdmin(tx, userId, isAdmin)
        await recordChange(tx, { operation: 'local.users.set_admin', userId, request: { admin: isAdmin } })
      })
      return userId
    },
    async issueToken(name, wanted) {
      const userId = await usable(name)
      const deviceId = (wanted || random.text(10, 'upperAlphanumeric')) as DeviceId
      const { accessToken } = await database.transaction(async (tx) => {
        await homeserver.upsertDevice(tx, { userId, deviceId, displayName: DEVICE_NAME })
        await recordChange(tx, { operation: 'local.users.issue_token', userId, request: { device_id: deviceId } })
        return sessions.createLegacySession(tx, { userId, deviceId, refreshable: false, humanName: DEVICE_NAME })
      })
      return { userId, deviceId, accessToken }
    },
    createSetupLink: deps.createSetupLink,
    listSigningKeys: signingKeys.list,
    rotateSigningKeys: (kinds) =>
      signingKeys.rotate(kinds, (tx, kids) => recordChange(tx, { operation: 'local.keys.rotate', request: { kids } })),
  }
}

function checkPassword(password: string): void {
  if (password === '') throw new MatrixError('M_INVALID_PARAM', 'The password is empty')
  if (password.length > MAX_PASSWORD_LENGTH || password.includes('\0')) {
    throw new MatrixError('M_INVALID_PARAM', `A password has at most ${MAX_PASSWORD_LENGTH} characters, none of them NUL`)
  }
}
