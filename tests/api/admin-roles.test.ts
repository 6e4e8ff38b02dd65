import { type AdminRole, allEndpoints, operationsOf } from '@glia/contract'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { grantedToken } from '../support/granted-token.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V1 = '/_synapse/admin/v1'
const GLIA = '/_glia/admin/v1'
const API = 'urn:matrix:client:api:*'

test('roles name endpoints that exist and are for admins', () => {
  const forAdmins = allEndpoints().filter(({ access }) => access.kind === 'serverAdmin' || access.kind === 'authAdmin')
  const ids = new Set(forAdmins.map(({ id }) => id))
  const named = (['read_only', 'moderator', 'support'] as const).flatMap(operationsOf)
  expect(named.filter((id) => !ids.has(id))).toEqual([])
})

test('a reader changes nothing', () => {
  const methods = new Map(allEndpoints().map(({ id, method }) => [id, method]))
  expect(operationsOf('read_only').filter((id) => methods.get(id) !== 'GET')).toEqual([])
})

onBothDatabases('roles of helpers', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let bob: TestUser
  const helpers = {} as Record<AdminRole, TestUser>
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
    bob = await server.register('bob')
    for (const role of ['read_only', 'moderator', 'support'] as const) {
      helpers[role] = await server.register(role)
      await call(admin.accessToken, 'PUT', `${GLIA}/users/${helpers[role].userId}/role`, { role })
    }
  })
  afterAll(() => server.remove())

  const call = (token: string, method: string, path: string, body?: unknown) =>
    server.api(method, path, { token, ...(body === undefined ? {} : { body }) })

  const listUsers = (token: string) => call(token, 'GET', '/_synapse/admin/v2/users')
  const suspend = (token: string) => call(token, 'PUT', `${V1}/suspend/${bob.userId}`, { suspend: false })
  const setPassword = (token: string, { userId, password } = bob) =>
    call(token, 'POST', `${V1}/reset_password/${userId}`, { new_password: password, logout_devices: false })
  const makeAdmin = (token: string) => call(token, 'PUT', `${V1}/users/${bob.userId}/admin`, { admin: true })
  const logInAs = (token: string) => call(token, 'POST', `${V1}/users/${bob.userId}/login`, {})

  test.each([
    ['read_only', { listUsers: 200, suspend: 403, setPassword: 403, makeAdmin: 403, logInAs: 403 }],
    ['moderator', { listUsers: 200, suspend: 200, setPassword: 403, makeAdmin: 403, logInAs: 403 }],
    ['support', { listUsers: 200, suspend: 403, setPassword: 200, makeAdmin: 403, logInAs: 403 }],
  ] as const)('%s may do what the role is for', async (role, expected) => {
    const token = helpers[role].accessToken
    const actions = { listUsers, suspend, setPassword, makeAdmin, logInAs }
    const statuses: Record<string, number> = {}
    for (const [name, act] of Object.entries(actions)) statuses[name] = (await act(token)).status
    expect(statuses).toEqual(expected)
  })

  test('nobody but an admin acts on admins and helpers, not even on themselves', async () => {
    for (const account of [admin, helpers.moderator, helpers.support]) {
      expect((await setPassword(helpers.support.accessToken, account)).body).toMatchObject({ errcode: 'M_FORBIDDEN' })
    }
    expect((await setPassword(admin.accessToken, helpers.moderator)).status).toBe(200)
  })

  test('a token tells what it may do', async () => {
    expect((await call(admin.accessToken, 'GET', `${GLIA}/whoami`)).body).toEqual({
      user_id: admin.userId,
      admin: true,
      role: null,
      operations: null,
    })
    const own = await call(helpers.support.accessToken, 'GET', `${GLIA}/whoami`)
    expect(own.body).toMatchObject({ admin: false, role: 'support' })
    expect(own.body.operations).toContain('admin.users.reset_password')
    expect((await call(bob.accessToken, 'GET', `${GLIA}/whoami`)).body.errcode).toBe('M_FORBIDDEN')
  })

  test('a role that is taken away is gone at once, and comes back after a restart if it was given', async () => {
    const path = `${GLIA}/users/${helpers.read_only.userId}/role`
    expect((await call(admin.accessToken, 'PUT', path, { role: null })).body).toEqual({ admin: false, role: null })
    expect((await listUsers(helpers.read_only.accessToken)).status).toBe(403)
    await call(admin.accessToken, 'PUT', path, { role: 'read_only' })
    await server.restart()
    expect((await listUsers(helpers.read_only.accessToken)).status).toBe(200)
    expect((await call(helpers.read_only.accessToken, 'GET', path)).body).toEqual({ admin: false, role: 'read_only' })
    expect((await call(helpers.read_only.accessToken, 'PUT', path, { role: 'moderator' })).status).toBe(403)
  })

  test.each([
    [{ role: 'king' }, 400],
    [{}, 400],
  ])('the body %o is refused', async (body, status) => {
    expect((await call(admin.accessToken, 'PUT', `${GLIA}/users/${bob.userId}/role`, body)).status).toBe(status)
  })

  test('there is no role for nobody', async () => {
    expect((await call(admin.accessToken, 'PUT', `${GLIA}/users/@nobody:glia.test/role`, { role: 'support' })).status).toBe(404)
  })

  describe('tokens of the auth service', () => {
    test('an admin narrows a token to a role', async () => {
      const token = await grantedToken(server, admin, `${API} urn:glia:admin:read_only`)
      expect((await listUsers(token)).status).toBe(200)
      expect((await suspend(token)).body.errcode).toBe('M_FORBIDDEN')
    })

    test('a helper gets the own role by its scope, and nothing without it', async () => {
      const token = await grantedToken(server, helpers.moderator, `${API} urn:glia:admin:moderator`)
      expect((await suspend(token)).status).toBe(200)
      const plain = await grantedToken(server, helpers.moderator, API)
      expect((await listUsers(plain)).body.errcode).toBe('M_FORBIDDEN')
    })

    test('a token loses its role with the account', async () => {
      const token = await grantedToken(server, helpers.support, `${API} urn:glia:admin:support`)
      const path = `${GLIA}/users/${helpers.support.userId}/role`
      await call(admin.accessToken, 'PUT', path, { role: null })
      expect((await listUsers(token)).status).toBe(403)
      await call(admin.accessToken, 'PUT', path, { role: 'support' })
      expect((await listUsers(token)).status).toBe(200)
    })
  })

  describe('in MAS’s Admin API', () => {
    const MAS = '/api/admin/v1'
    let asAdmin: string
    let support: string
    let moderator: string
    let reader: string
    const accountOf = async ({ localpart }: { localpart: string }): Promise<string> =>
      (await call(asAdmin, 'GET', `${MAS}/users/by-username/${localpart}`)).body.data.id
    const sessionsOf = async (kind: string, user: TestUser): Promise<string[]> =>
      (await call(asAdmin, 'GET', `${MAS}/${kind}?filter[user]=${await accountOf(user)}&filter[status]=active`)).body.data.map(
        ({ id }: { id: string }) => id,
      )
    const addEmail = async (token: string, user: TestUser, email: string) =>
      call(token, 'POST', `${MAS}/user-emails`, { user_id: await accountOf(user), email })

    beforeAll(async () => {
      asAdmin = await grantedToken(server, admin, `${API} urn:mas:admin`)
      support = await grantedToken(server, helpers.support, 'urn:glia:admin:support')
      moderator = await grantedToken(server, helpers.moderator, 'urn:glia:admin:moderator')
      reader = await grantedToken(server, helpers.read_only, 'urn:glia:admin:read_only')
    })

    test('each role may do what it is for', async () => {
      const id = await accountOf(bob)
      const statuses = async (token: string) => [
        (await call(token, 'POST', `${MAS}/users/${id}/lock`)).status,
        (await call(token, 'POST', `${MAS}/users/${id}/unlock`)).status,
        (await call(token, 'POST', `${MAS}/users/${id}/set-password`, { password: bob.password })).status,
        (await call(token, 'POST', `${MAS}/users/${id}/set-admin`, { admin: true })).status,
        (await call(token, 'POST', `${MAS}/users`, { username: 'made' })).status,
        (await call(token, 'POST', `${MAS}/policy-data`, { data: {} })).status,
        (await call(token, 'POST', `${MAS}/personal-sessions`, { actor_user_id: id, human_name: 'x', scope: API })).status,
      ]
      expect(await statuses(support)).toEqual([200, 200, 204, 403, 403, 403, 403])
      expect(await statuses(moderator)).toEqual([200, 200, 403, 403, 403, 403, 403])
      expect(await statuses(reader)).toEqual([403, 403, 403, 403, 403, 403, 403])
      expect((await call(reader, 'GET', `${MAS}/users/${id}`)).body.data.attributes).toMatchObject({ admin: false, locked_at: null })
    })

    test('support ends sessions and looks after addresses', async () => {
      const carl = await server.register('carl')
      await grantedToken(server, carl, API)
      for (const kind of ['compat-sessions', 'oauth2-sessions', 'user-sessions']) {
        const [id] = await sessionsOf(kind, carl)
        expect((await call(moderator, 'POST', `${MAS}/${kind}/${id}/finish`)).status).toBe(403)
        expect((await call(support, 'POST', `${MAS}/${kind}/${id}/finish`)).status).toBe(200)
        expect(await sessionsOf(kind, carl)).toEqual([])
      }
      const added = await addEmail(support, carl, 'carl@example.com')
      expect(added.status).toBe(201)
      const removed = `${MAS}/user-emails/${added.body.data.id}`
      expect([(await call(moderator, 'DELETE', removed)).status, (await call(support, 'DELETE', removed)).status]).toEqual([403, 204])
    })

    test('nobody but an admin acts on admins and helpers, by whatever id', async () => {
      for (const user of [admin, helpers.moderator, helpers.support]) {
        const id = await accountOf(user)
        const email = `${user.localpart}@example.com`
        const { id: emailId } = (await addEmail(asAdmin, user, email)).body.data
        const attempts: [string, string, unknown?][] = [
          ['POST', `${MAS}/users/${id}/lock`],
          ['POST', `${MAS}/users/${id}/unlock`],
          ['POST', `${MAS}/users/${id}/set-password`, { password: 'taken over' }],
          ['POST', `${MAS}/user-emails`, { user_id: id, email: 'taken@example.com' }],
          ['DELETE', `${MAS}/user-emails/${emailId}`],
        ]
        for (const kind of ['compat-sessions', 'oauth2-sessions', 'user-sessions']) {
          const [session] = await sessionsOf(kind, user)
          expect(session).toBeDefined()
          attempts.push(['POST', `${MAS}/${kind}/${session}/finish`])
        }
        for (const [method, path, body] of attempts) {
          const answer = await call(support, method, path, body)
          expect([path, answer.status, answer.body]).toEqual([path, 403, { errors: [{ title: expect.any(String) }] }])
        }
        expect((await call(asAdmin, 'GET', `${MAS}/user-emails/${emailId}`)).status).toBe(200)
      }
      expect((await setPassword(admin.accessToken, helpers.moderator)).status).toBe(200)
    })

    test('what is not there is not there, and what is wrong is wrong', async () => {
      const unknown = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
      const statusOf = async (path: string, method = 'POST', body?: unknown) => (await call(support, method, `${MAS}/${path}`, body)).status
      expect(await statusOf(`users/${unknown}/lock`)).toBe(404)
      expect(await statusOf('users/mine/lock')).toBe(400)
      expect(await statusOf(`compat-sessions/${unknown}/finish`)).toBe(404)
      expect(await statusOf(`user-emails/${unknown}`, 'DELETE')).toBe(404)
      expect(await statusOf('user-emails', 'POST', { user_id: unknown, email: 'x@example.com' })).toBe(404)
    })

    test('a session of a client without user is for admins', async () => {
      const { body } = await server.api('POST', '/oauth2/registration', {
        body: { client_uri: 'https://tool.example', grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_post' },
      })
      const form = { grant_type: 'client_credentials', client_id: body.client_id, client_secret: body.client_secret }
      expect((await server.api('POST', '/oauth2/token', { form })).status).toBe(200)
      const list = await call(asAdmin, 'GET', `${MAS}/oauth2-sessions?filter[client]=${body.client_id}`)
      const path = `${MAS}/oauth2-sessions/${list.body.data[0].id}/finish`
      expect([(await call(support, 'POST', path)).status, (await call(asAdmin, 'POST', path)).status]).toEqual([403, 200])
    })

    test('what helpers did, and tried, is in the audit log with the user’s name', async () => {
      const log = await call(admin.accessToken, 'GET', `${GLIA}/audit_log?target=${bob.userId}&operation=auth_admin.users.lock`)
      expect(log.body.records[0]).toMatchObject({ actor: { user_id: helpers.moderator.userId }, target: { kind: 'user', id: bob.userId } })
    })
  })
})
