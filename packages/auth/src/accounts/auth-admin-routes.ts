import { AuthAdminError, contract } from '@glia/contract'
import type { AnyTransaction, Database } from '@glia/database'
import { Reply, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import { makeUserId, type ServerName, type UserId } from '@glia/protocol'
import { found, pageDocument, readUlid, requireJson, singleDocument, toInstant } from '../admin-api/index.ts'
import { findClient } from '../client-registration/index.ts'
import type { HomeserverLink, LinkedUserTables } from '../homeserver-link.ts'
import type { PasswordHasher } from '../passwords/index.ts'
import type { AuthSchema } from '../schema.ts'
import type { Accounts } from './accounts.ts'
import { addAccount } from './add-account.ts'
import { type AccountWithUser, countAccounts, findAccountByLocalpart, findAccountWithUser, listAccountPage } from './user-pages.ts'

const TYPE = 'user'
const PATH = '/api/admin/v1/users'
const WHAT = 'User'
const MAX_PASSWORD_LENGTH = 512

export interface UserAuthAdminDeps {
  readonly database: Database<AuthSchema & LinkedUserTables>
  readonly accounts: Accounts
  readonly homeserver: HomeserverLink
  readonly passwords: PasswordHasher
  readonly passwordsEnabled: boolean
  readonly clock: Clock
}

/** Accounts in MAS's Admin API. What is done here is what Synapse's Admin API does to the same users. */
export function userAuthAdminRoutes(deps: UserAuthAdminDeps): Route[] {
  const { database, accounts, homeserver, passwords, clock } = deps
  const endpoints = contract.authAdmin.users

  const get = async (rawId: string): Promise<AccountWithUser> => {
    const id = readUlid(rawId)
    return found(await findAccountWithUser(database.read, id), WHAT, id)
  }
  const one = (row: AccountWithUser, action?: string) =>
    singleDocument(TYPE, PATH, resource(row), action === undefined ? undefined : `${PATH}/${action}`)
  /** Does something to the user, in a transaction, and answers with the account as it is then. */
  const change = async (rawId: string, action: string, act: (tx: AnyTransaction, userId: UserId) => Promise<void>) => {
    const { id, user_id } = await get(rawId)
    await database.transaction((tx) => act(tx, user_id as UserId))
    return one(await get(id), `${id}/${action}`)
  }

  return [
    route(endpoints.listUsers, async ({ query }) => {
      const clientIds = query['filter[active-oauth2-client]']?.map((id) => readUlid(id))
      for (const id of clientIds ?? []) found(await findClient(database.read, id), 'Client', id)
      const filter = {
        isAdmin: query['filter[admin]'],
        isGuest: query['filter[legacy-guest]'],
        search: query['filter[search]'],
        status: query['filter[status]'],
        clientIds,
        hasOAuthSession: query['filter[has-active-oauth2-session]'],
        hasLegacySession: query['filter[has-active-compat-session]'],
      }
      return pageDocument(TYPE, PATH, query, {
        list: async (page) => (await listAccountPage(database.read, filter, page, clock.nowMs())).map(resource),
        count: () => countAccounts(database.read, filter, clock.nowMs()),
      })
    }),
    route(endpoints.addUser, async ({ body, request }) => {
      requireJson(request)
      const id = await addAccount(deps, {
        username: body.username,
        skipHomeserverCheck: body.skip_homeserver_check ?? false,
        displayName: body.displayname ?? undefined,
        avatarUrl: body.avatar_url ?? undefined,
      })
      return one(await get(id))
    }),
    route(endpoints.getUser, async ({ params }) => one(await get(params.id))),
    route(endpoints.getUserByUsername, async ({ params: { username } }) => {
      const userId = makeUserId(username, homeserver.serverName as ServerName)
      const row = await findAccountByLocalpart(database.read, username, userId)
      if (!row) throw new AuthAdminError(404, `User with username "${username}" not found`)
      return one(row, `by-username/${encodeURIComponent(username)}`)
    }),
    route(endpoints.setUserPassword, async ({ params, body, request }) => {
      requireJson(request)
      const id = readUlid(params.id)
      if (!deps.passwordsEnabled) throw new AuthAdminError(403, 'Password auth is disabled')
      const { user_id } = await get(id)
      if (body.password === '' && !body.skip_password_check) throw new AuthAdminError(400, 'Password is too weak')
      if (body.password.length > MAX_PASSWORD_LENGTH || body.password.includes('\0')) {
        throw new AuthAdminError(400, `A password has at most ${MAX_PASSWORD_LENGTH} characters, none of them NUL`)
      }
      const passwordHash = await passwords.hash(body.password)
      await database.transaction((tx) => accounts.setPasswordHash(tx, user_id as UserId, passwordHash))
      return Reply.empty()
    }),
    route(endpoints.setUserAdmin, async ({ params, body, request }) => {
      requireJson(request)
      return change(params.id, 'set-admin', (tx, userId) => homeserver.setAdmin(tx, userId, body.admin))
    }),
    route(endpoints.deactivateUser, async ({ params, body, request }) => {
      requireJson(request, true)
      const { id, user_id } = await get(params.id)
      await homeserver.deactivateUser(user_id as UserId, { erase: body.skip_erase !== true })
      return one(await get(id), `${id}/deactivate`)
    }),
    route(endpoints.reactivateUser, ({ params }) => change(params.id, 'reactivate', homeserver.reactivateUser)),
    route(endpoints.lockUser, ({ params }) => change(params.id, 'lock', (tx, userId) => homeserver.setLocked(tx, userId, true))),
    route(endpoints.unlockUser, ({ params }) => change(params.id, 'unlock', (tx, userId) => homeserver.setLocked(tx, userId, false))),
  ]
}

function resource(row: AccountWithUser) {
  const since = (flag: number, ms: number | null) => (flag === 1 ? toInstant(ms ?? row.created_at_ms) : null)
  return {
    id: row.id,
    attributes: {
      username: row.localpart,
      created_at: toInstant(row.created_at_ms),
      locked_at: since(row.locked, row.locked_at_ms),
      deactivated_at: since(row.deactivated, row.deactivated_at_ms),
      admin: row.admin === 1,
      legacy_guest: row.is_guest === 1,
    },
  }
}
