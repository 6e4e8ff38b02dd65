import { AuthAdminError, adminRoleScopes, contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type AuthAdminRequester, type Route, route } from '@glia/http'
import type { Clock } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import { findAccountById } from '../accounts/index.ts'
import {
  found,
  pageDocument,
  readFilterInstant,
  readScopeTokens,
  readUlid,
  requireJson,
  singleDocument,
  toInstant,
  toInstantOrNull,
} from '../admin-api/index.ts'
import type { HomeserverLink, LinkedUser } from '../homeserver-link.ts'
import { type AdminCheck, authAdminScope, deviceIdOf, deviceIdsOf, parseScope, rolesOf, serverAdminScope } from '../policy/index.ts'
import { endSessionWithDevice } from '../revocation/index.ts'
import type { AuthSchema } from '../schema.ts'
import { readClientFilter, readUserFilter } from '../session-admin/index.ts'
import type { PersonalSessionOwner, Sessions } from '../sessions/index.ts'
import { countPersonalSessions, findPersonalSession, listPersonalSessionPage, type PersonalSessionRow } from './personal-session-pages.ts'

const TYPE = 'personal-session'
const PATH = '/api/admin/v1/personal-sessions'
const WHAT = 'Personal session'
const MAX_NAME_LENGTH = 255

export interface PersonalSessionAuthAdminDeps {
  readonly database: Database<AuthSchema>
  readonly sessions: Sessions
  readonly homeserver: HomeserverLink
  readonly mayAdminister: AdminCheck
  readonly clock: Clock
}

/** Personal access tokens in MAS's Admin API. The token itself is shown once; its hash is kept. */
export function personalSessionAuthAdminRoutes(deps: PersonalSessionAuthAdminDeps): Route[] {
  const { database, sessions, homeserver, mayAdminister, clock } = deps
  const endpoints = contract.authAdmin.personalSessions
  const get = async (id: string) => found(await findPersonalSession(database.read, id), WHAT, id)
  const endIn = (seconds: number | null | undefined) => (seconds == null ? undefined : clock.nowMs() + seconds * 1000)

  return [
    route(endpoints.listPersonalSessions, async ({ query }) => {
      const status = query['filter[status]']
      const filter = {
        ownerId: await readUserFilter(database.read, query['filter[owner_user]']),
        ownerClientId: (await readClientFilter(database.read, asList(query['filter[owner_client]'])))?.[0],
        actorId: await readUserFilter(database.read, query['filter[actor_user]']),
        scopes: readScopeTokens(query['filter[scope]']),
        isRevoked: status === undefined ? undefined : status === 'revoked',
        expiresBeforeMs: readFilterInstant(query['filter[expires_before]']),
        expiresAfterMs: readFilterInstant(query['filter[expires_after]']),
        expires: query['filter[expires]'],
      }
      return pageDocument(TYPE, PATH, query, {
        list: async (page) => (await listPersonalSessionPage(database.read, filter, page)).map((row) => resource(row)),
        count: () => countPersonalSessions(database.read, filter),
      })
    }),
    route(endpoints.createPersonalSession, async ({ body, requester, request }) => {
      requireJson(request)
      const actor = found(await findAccountById(database.read, readUlid(body.actor_user_id, 422)), 'User', body.actor_user_id)
      const user = await homeserver.findUser(actor.userId)
      if (!user || user.isDeactivated) throw new AuthAdminError(410, 'User is not active')
      if (body.human_name.length > MAX_NAME_LENGTH || body.human_name.includes('\0')) {
        throw new AuthAdminError(400, `human_name has at most ${MAX_NAME_LENGTH} characters, none of them NUL`)
      }
      const scopes = parseScope(body.scope)
      if (deviceIdsOf(scopes).length > 1) throw new AuthAdminError(400, 'Invalid scope: it names more than one device')
      // MAS hands such tokens out; here they would be worth nothing, because the account is asked for at each use
      const tooPowerful = scopes.find((scope) => !mayHave(scope, user, mayAdminister))
      if (tooPowerful !== undefined) throw new AuthAdminError(403, `This user may not have a token with the scope ${tooPowerful}`)
      const deviceId = deviceIdOf(scopes) as DeviceId | undefined
      const tokens = await database.transaction(async (tx) => {
        if (deviceId !== undefined) await homeserver.upsertDevice(tx, { userId: actor.userId, deviceId, displayName: body.human_name })
        return sessions.createPersonalSession(tx, {
          userId: actor.userId,
          deviceId,
          owner: ownerFor(requester),
          scope: scopes.join(' '),
          humanName: body.human_name,
          expiresAtMs: endIn(body.expires_in),
        })
      })
      return singleDocument(TYPE, PATH, resource(await get(tokens.sessionId), tokens.accessToken))
    }),
    route(endpoints.getPersonalSession, async ({ params }) => singleDocument(TYPE, PATH, resource(await get(readUlid(params.id))))),
    route(endpoints.revokePersonalSession, async ({ params }) => {
      const id = readUlid(params.id)
      await get(id)
      const ended = await database.transaction((tx) => endSessionWithDevice(tx, deps, id))
      if (!ended) throw new AuthAdminError(409, `${WHAT} with ID ${id} is already revoked`)
      return singleDocument(TYPE, PATH, resource(await get(id)))
    }),
    route(endpoints.regeneratePersonalSession, async ({ params, body, requester, request }) => {
      requireJson(request)
      const id = readUlid(params.id)
      await get(id)
      const tokens = await database.transaction(async (tx) => {
        await tx.lock(`session:${id}`)
        const session = (await sessions.find(tx.db, id))!
        if (session.finishedAtMs !== undefined) throw new AuthAdminError(422, 'Session is not valid')
        const owner = ownerFor(requester)
        const isOwner = 'userId' in owner ? session.ownerUserId === owner.userId : session.clientId === owner.clientId
        if (!isOwner) throw new AuthAdminError(403, 'Session is not owned by whoever asks')
        return sessions.renewPersonalToken(tx, session, endIn(body.expires_in))
      })
      return singleDocument(TYPE, PATH, resource(await get(id), tokens.accessToken))
    }),
  ]
}

function mayHave(scope: string, user: LinkedUser, mayAdminister: AdminCheck): boolean {
  if (scope === serverAdminScope || scope === authAdminScope) return mayAdminister(user)
  return !adminRoleScopes.has(scope) || rolesOf(new Set([scope]), user, mayAdminister).length > 0
}

function asList(id: string | undefined): string[] | undefined {
  return id === undefined ? undefined : [id]
}

/** What somebody makes with a personal token belongs to the user as whom it acts, as in MAS. */
function ownerFor({ userId, clientId }: AuthAdminRequester): PersonalSessionOwner {
  return userId === undefined ? { clientId: clientId! } : { userId: userId as UserId }
}

function resource(row: PersonalSessionRow, accessToken?: string) {
  return {
    id: row.id,
    attributes: {
      created_at: toInstant(row.created_at_ms),
      revoked_at: toInstantOrNull(row.finished_at_ms),
      owner_user_id: row.owner_id,
      owner_client_id: row.owner_user_id === null ? row.client_id : null,
      actor_user_id: row.actor_id,
      human_name: row.human_name ?? '',
      scope: row.scope,
      last_active_at: toInstantOrNull(row.last_active_at_ms),
      last_active_ip: row.last_active_ip,
      expires_at: row.finished_at_ms === null ? toInstantOrNull(row.expires_at_ms) : null,
      ...(accessToken === undefined ? {} : { access_token: accessToken }),
    },
  }
}
