import { AuthAdminError, contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import { type Clock, makeUlid, type Random } from '@glia/platform'
import { found, pageDocument, readInstant, readUlid, requireJson, singleDocument, toInstant, toInstantOrNull } from '../admin-api/index.ts'
import { countTokens, findTokenById, listTokenPage, setRevoked, type TokenRow } from './registration-token-pages.ts'
import { insertRegistrationToken, isUsableNow, toToken, updateRegistrationToken } from './registration-token-store.ts'
import { checkToken } from './registration-tokens.ts'
import type { RegistrationTokenTables } from './tables.ts'

const TYPE = 'user-registration_token'
const PATH = '/api/admin/v1/user-registration-tokens'
const WHAT = 'Registration token'
const LENGTH = 12

/** Registration tokens in MAS's Admin API. They are those of Synapse's Admin API; there, revoked ones are tokens that cannot be used. */
export function registrationTokenAuthAdminRoutes(deps: {
  database: Database<RegistrationTokenTables>
  clock: Clock
  random: Random
}): Route[] {
  const { database, clock, random } = deps
  const endpoints = contract.authAdmin.userRegistrationTokens
  const resource = (row: TokenRow) => ({ id: row.id, attributes: attributesOf(row, clock.nowMs()) })
  const revocation = (rawId: string, revoked: boolean) => {
    const id = readUlid(rawId)
    return database.transaction(async (tx) => {
      found(await findTokenById(tx.db, id), WHAT, id)
      if (!(await setRevoked(tx, id, revoked ? clock.nowMs() : null))) {
        throw new AuthAdminError(400, `Registration token with ID ${id} is ${revoked ? 'already' : 'not'} revoked`)
      }
      return found(await findTokenById(tx.db, id), WHAT, id)
    })
  }

  return [
    route(endpoints.listUserRegistrationTokens, async ({ query }) => {
      const filter = {
        used: query['filter[used]'],
        revoked: query['filter[revoked]'],
        expired: query['filter[expired]'],
        valid: query['filter[valid]'],
      }
      return pageDocument(TYPE, PATH, query, {
        list: async (page) => (await listTokenPage(database.read, filter, page, clock.nowMs())).map(resource),
        count: () => countTokens(database.read, filter, clock.nowMs()),
      })
    }),
    route(endpoints.addUserRegistrationToken, async ({ body, request }) => {
      requireJson(request)
      const token = body.token ?? random.text(LENGTH)
      checkToken(token)
      const id = makeUlid(clock, random)
      const values = { token, id, usesAllowed: body.usage_limit ?? null, expiresAtMs: readExpiry(body.expires_at) ?? null }
      const row = await database.transaction(async (tx) => {
        if (!(await insertRegistrationToken(tx, { ...values, nowMs: clock.nowMs() }))) {
          throw new AuthAdminError(409, 'A registration token with the same token already exists')
        }
        return found(await findTokenById(tx.db, id), WHAT, id)
      })
      return singleDocument(TYPE, PATH, resource(row))
    }),
    route(endpoints.getUserRegistrationToken, async ({ params }) => {
      const id = readUlid(params.id)
      return singleDocument(TYPE, PATH, resource(found(await findTokenById(database.read, id), WHAT, id)))
    }),
    route(endpoints.updateUserRegistrationToken, async ({ params, body, request }) => {
      requireJson(request)
      const id = readUlid(params.id)
      const changes = { usesAllowed: body.usage_limit, expiresAtMs: readExpiry(body.expires_at) }
      const row = await database.transaction(async (tx) => {
        const { token } = found(await findTokenById(tx.db, id), WHAT, id)
        await updateRegistrationToken(tx, token, changes)
        return found(await findTokenById(tx.db, id), WHAT, id)
      })
      return singleDocument(TYPE, PATH, resource(row))
    }),
    route(endpoints.revokeUserRegistrationToken, async ({ params }) =>
      singleDocument(TYPE, PATH, resource(await revocation(params.id, true)), `${PATH}/${params.id}/revoke`),
    ),
    route(endpoints.unrevokeUserRegistrationToken, async ({ params }) =>
      singleDocument(TYPE, PATH, resource(await revocation(params.id, false)), `${PATH}/${params.id}/unrevoke`),
    ),
  ]
}

function readExpiry(text: string | null | undefined): number | null | undefined {
  return typeof text === 'string' ? readInstant(text) : text
}

function attributesOf(row: TokenRow, nowMs: number) {
  return {
    token: row.token,
    valid: isUsableNow(toToken(row), nowMs),
    usage_limit: row.uses_allowed,
    times_used: row.completed,
    created_at: toInstant(row.created_at_ms),
    last_used_at: toInstantOrNull(row.last_used_at_ms),
    expires_at: toInstantOrNull(row.expires_at_ms),
    revoked_at: toInstantOrNull(row.revoked_at_ms),
  }
}
