import { AuthAdminError, contract, MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import { Reply, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { findAccountById } from '../accounts/index.ts'
import { countRows, found, pageDocument, pageRows, readUlid, requireJson, singleDocument, toInstant } from '../admin-api/index.ts'
import { canonicalEmail } from '../email/index.ts'
import type { HomeserverLink, LinkedUserTables } from '../homeserver-link.ts'
import type { AuthSchema } from '../schema.ts'
import { readUserFilter } from '../session-admin/index.ts'

const TYPE = 'user-email'
const PATH = '/api/admin/v1/user-emails'

type Schema = AuthSchema & LinkedUserTables

interface Filter {
  readonly userId: UserId | undefined
  readonly address: string | undefined
}

/** E-mail addresses of accounts in MAS's Admin API: those that Synapse's Admin API and the accounts themselves have. */
export function emailAuthAdminRoutes(deps: { database: Database<Schema>; homeserver: HomeserverLink; clock: Clock }): Route[] {
  const { database, homeserver, clock } = deps
  const endpoints = contract.authAdmin.userEmails
  const get = async (id: string) =>
    found(await columns(emails(database.read, ANY).where('email.id', '=', id)).executeTakeFirst(), 'User email', id)

  return [
    route(endpoints.listUserEmails, async ({ query }) => {
      const email = query['filter[email]']
      const filter = {
        userId: await readUserFilter(database.read, query['filter[user]']),
        address: email === undefined ? undefined : email.trim().toLowerCase(),
      }
      return pageDocument(TYPE, PATH, query, {
        list: async (page) => (await pageRows(columns(emails(database.read, filter)), 'email.id', page)).map(resource),
        count: () => countRows(emails(database.read, filter)),
      })
    }),
    route(endpoints.addUserEmail, async ({ body, request }) => {
      requireJson(request)
      const account = found(await findAccountById(database.read, readUlid(body.user_id, 422)), 'User', body.user_id)
      const address = canonicalEmail(body.email)
      if (address === undefined) throw new AuthAdminError(400, `Email "${body.email}" is not valid`)
      if ((await homeserver.findUserByThreepid('email', address)) !== undefined) throw inUse(address)
      const row = await database
        .transaction(async (tx) => {
          await homeserver.addThreepid(tx, account.userId, { medium: 'email', address, validatedAtMs: clock.nowMs() })
          return columns(emails(tx.db, { ...ANY, address })).executeTakeFirstOrThrow()
        })
        .catch((error: unknown) => {
          throw error instanceof MatrixError && error.errcode === 'M_THREEPID_IN_USE' ? inUse(address) : error
        })
      return singleDocument(TYPE, PATH, resource(row))
    }),
    route(endpoints.getUserEmail, async ({ params }) => singleDocument(TYPE, PATH, resource(await get(readUlid(params.id))))),
    route(endpoints.deleteUserEmail, async ({ params }) => {
      const { user_id, address } = await get(readUlid(params.id))
      await database.transaction((tx) => homeserver.removeThreepid(tx, user_id as UserId, { medium: 'email', address }))
      return Reply.empty()
    }),
  ]
}

const ANY: Filter = { userId: undefined, address: undefined }

function emails(db: Reads<Schema>, { userId, address }: Filter) {
  let query = db
    .selectFrom('user_threepids as email')
    .innerJoin('auth_accounts as account', 'account.user_id', 'email.user_id')
    .where('email.medium', '=', 'email')
  if (userId !== undefined) query = query.where('email.user_id', '=', userId)
  if (address !== undefined) query = query.where('email.address', '=', address)
  return query
}

function columns(query: ReturnType<typeof emails>) {
  return query.select(['email.id', 'email.user_id', 'email.address', 'email.added_at_ms', 'account.id as account_id'])
}

function inUse(address: string): AuthAdminError {
  return new AuthAdminError(409, `User email "${address}" already in use`)
}

function resource(row: { id: string; account_id: string; address: string; added_at_ms: number }) {
  return { id: row.id, attributes: { created_at: toInstant(row.added_at_ms), user_id: row.account_id, email: row.address } }
}
