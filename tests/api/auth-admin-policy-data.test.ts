import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthAdminCall, authAdminCall, expectRefusals, UNKNOWN_ULID } from '../support/auth-admin-lists.ts'
import { grantedToken } from '../support/granted-token.ts'
import { startTestServer, type TestServer } from '../support/start-server.ts'

const PATH = '/api/admin/v1/policy-data'

onBothDatabases('policy data of the MAS Admin API', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let call: AuthAdminCall

  beforeAll(async () => {
    server = await startTestServer({ dialect, clock, config: { glia: { auth: { policy: { admin_users: ['listed'] } } } } })
    call = authAdminCall(server, await grantedToken(server, await server.register('root', { admin: true }), 'urn:mas:admin'))
  })
  afterAll(() => server.remove())

  const set = (data: unknown) => {
    clock.advance(1000)
    return call('POST', '/policy-data', { data })
  }

  test('the newest counts, on top of the configuration', async () => {
    await expectRefusals(call, 404, ['GET', '/policy-data/latest'])
    const mod = await server.register('mod')
    const listed = await server.register('listed')
    const isAdmin = async (user: typeof mod) =>
      grantedToken(server, user, 'urn:mas:admin').then(
        () => true,
        () => false,
      )
    expect([await isAdmin(mod), await isAdmin(listed)]).toEqual([false, true])
    const first = await set({ admin_users: ['mod'], registration: { banned: [] } })
    const { id } = first.body.data
    expect(first.status).toBe(201)
    expect(first.body).toEqual({
      data: {
        type: 'policy-data',
        id,
        attributes: { created_at: new Date(clock.nowMs()).toISOString(), data: { admin_users: ['mod'], registration: { banned: [] } } },
        links: { self: `${PATH}/${id}` },
      },
      links: { self: `${PATH}/${id}` },
    })
    expect((await call('GET', `/policy-data/${id}`)).body).toEqual(first.body)
    expect((await call('GET', '/policy-data/latest')).body).toEqual({ data: first.body.data, links: { self: `${PATH}/latest` } })
    expect([await isAdmin(mod), await isAdmin(listed)]).toEqual([true, true])
    const token = await grantedToken(server, mod, 'urn:mas:admin')
    await set({ admin_users: null })
    expect([await isAdmin(mod), await isAdmin(listed)]).toEqual([false, false])
    expect((await authAdminCall(server, token)('GET', '/version')).status).toBe(401)
    await set({ admin_users: ['mod'] })
    await server.restart()
    expect((await authAdminCall(server, token)('GET', '/version')).status).toBe(200)
  })

  test('refuses what does not fit, cannot be read or found', async () => {
    const before = (await call('GET', '/policy-data/latest')).body
    await expectRefusals(
      call,
      400,
      ...[null, 'x', 1, [], { admin_users: 'mod' }, { admin_users: [1] }, { admin_clients: {} }].map(
        (data) => ['POST', '/policy-data', { data }] as [string, string, unknown],
      ),
      ['GET', '/policy-data/x'],
    )
    await expectRefusals(call, 422, ['POST', '/policy-data', {}])
    await expectRefusals(call, 404, ['GET', `/policy-data/${UNKNOWN_ULID}`])
    expect((await call('GET', '/policy-data/latest')).body).toEqual(before)
  })
})
