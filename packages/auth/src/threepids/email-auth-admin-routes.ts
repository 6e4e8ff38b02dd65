import { AuthAdminError, contract, MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import { Reply, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { findAccountById } from '../accounts/index.ts'
import { found, pageDocument, readUlid, requireJson, singleDocument, toInstant } from '../admin-api/index.ts'
import { canonicalEmail } from '../email/index.ts'
import type { HomeserverLink, LinkedUserTables } from '../homeserver-link.ts'
import type { AuthSchema } from '../schema.ts'
import { readUserFilter } from '../session-admin/index.ts'
import { countEmails, type EmailRow, findEmail, getEmailOfAddress, listEmailPage } from './email-pages.ts'

const TYPE = 'user-email'
const PATH = '/api/admin/v1/user-emails'

/** E-mail addresses of accounts in MAS's Admin API: those that Synapse's Admin API and the accounts themselves have. */
export function emailAuthAdminRoutes(deps: {
  database: Database<AuthSchema & LinkedUserTables>
  homeserver: HomeserverLink
  clock: Clock
}): Route[] {
  const { database, homeserver, clock } = deps
  const endpoints = contract.authAdmin.userEmails
  const get = async (id: string) => found(await findEmail(database.read, id), 'User email', id)

  return [
    route(endpoints.listUserEmails, async ({ query }) => {
      const email = query['filter[email]']
      const filter = {
        userId: await readUserFilter(database.read, query['filter[user]']),
        address: email === undefined ? undefined : email.trim().toLowerCase(),
      }
      return pageDocument(TYPE, PATH, query, {
        list: async (page) => (await listEmailPage(database.read, filter, page)).map(resource),
        count: () => countEmails(database.read, filter),
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
          return getEmailOfAddress(tx.db, address)
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

function inUse(address: string): AuthAdminError {
  return new AuthAdminError(409, `User email "${address}" already in use`)
}

function resource(row: EmailRow) {
  return { id: row.id, attributes: { created_at: toInstant(row.added_at_ms), user_id: row.account_id, email: row.address } }
}
