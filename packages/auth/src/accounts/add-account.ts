import { AuthAdminError, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { makeUserId, type ServerName } from '@glia/protocol'
import type { HomeserverLink, LinkedUserTables } from '../homeserver-link.ts'
import type { SessionTables } from '../sessions/index.ts'
import type { Accounts } from './accounts.ts'
import type { AccountTables } from './tables.ts'
import { findAccountByLocalpart } from './user-pages.ts'

const MAX_DISPLAY_NAME_LENGTH = 256
const MAX_AVATAR_URL_LENGTH = 1000
const USERNAME = /^(?!_)[a-z0-9=_\-./+]{1,255}$/

export interface NewAccount {
  readonly username: string
  /** Also if the homeserver keeps the name for others. A user who is there already gets the account. */
  readonly skipHomeserverCheck: boolean
  readonly displayName: string | undefined
  readonly avatarUrl: string | undefined
}

/**
 * Makes an account and its user, without a password. Rules of registration do not count.
 * Source: MAS Admin API, addUser.
 * @returns the account's id
 * @throws AuthAdminError 409 (the name is taken or reserved), 400 (it is none)
 */
export async function addAccount(
  deps: { database: Database<AccountTables & SessionTables & LinkedUserTables>; accounts: Accounts; homeserver: HomeserverLink },
  { username, skipHomeserverCheck, displayName, avatarUrl }: NewAccount,
): Promise<string> {
  const { database, accounts, homeserver } = deps
  const userId = makeUserId(username, homeserver.serverName as ServerName)
  if (!username.includes('\0') && (await findAccountByLocalpart(database.read, username, userId))) throw taken()
  if (!USERNAME.test(username) || userId.length > 255) throw new AuthAdminError(400, 'Username is not valid')
  checkText(displayName, MAX_DISPLAY_NAME_LENGTH, 'displayname')
  checkText(avatarUrl, MAX_AVATAR_URL_LENGTH, 'avatar_url')
  const refusal = await homeserver.checkLocalpartAvailable(username).catch((error: unknown) => error)
  if (refusal !== undefined && !(refusal instanceof MatrixError)) throw refusal
  if (refusal && !skipHomeserverCheck) throw new AuthAdminError(409, `Username is reserved by the homeserver: ${refusal.message}`)
  const isThere = (await homeserver.findUser(userId)) !== undefined
  try {
    return await database.transaction(async (tx) => {
      if (isThere) return (await accounts.ensure(tx, userId)).id
      await homeserver.createUser(tx, {
        localpart: username,
        ...(displayName === undefined ? {} : { displayName }),
        ...(avatarUrl === undefined ? {} : { avatarUrl }),
      })
      return (await accounts.create(tx, { userId, passwordHash: undefined })).id
    })
  } catch (error) {
    if (error instanceof MatrixError && error.errcode === 'M_USER_IN_USE') throw taken()
    throw error
  }
}

function taken(): AuthAdminError {
  return new AuthAdminError(409, 'User already exists')
}

function checkText(text: string | undefined, maxLength: number, name: string): void {
  if (text === undefined || (text.length <= maxLength && !text.includes('\0'))) return
  throw new AuthAdminError(400, `${name} has at most ${maxLength} characters, none of them NUL`)
}
