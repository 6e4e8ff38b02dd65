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
})
