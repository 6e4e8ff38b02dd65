import { openAdministration } from '@glia/server'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { grantedToken } from '../support/granted-token.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const LOG = '/_glia/admin/v1/audit_log'

onBothDatabases('the audit log', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let bob: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
    bob = await server.register('bob')
  })
  afterAll(() => server.remove())

  const call = (method: string, path: string, body?: unknown, token = admin.accessToken) =>
    server.api(method, path, { token, headers: { 'user-agent': 'audit test' }, ...(body === undefined ? {} : { body }) })
  const records = async (query: Record<string, string> = {}) => (await call('GET', `${LOG}?${new URLSearchParams(query)}`)).body.records

  test('tells who did what to whom, from where, and what changed', async () => {
    await call('PUT', `/_synapse/admin/v1/suspend/${bob.userId}`, { suspend: true })
    const [record] = await records({ operation: 'admin.users.suspend' })
    expect(record).toEqual({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      at: expect.any(Number),
      operation: 'admin.users.suspend',
      actor: {
        user_id: admin.userId,
        client_id: null,
        session_id: expect.any(String),
        token: 'legacy',
        ip: '127.0.0.1',
        user_agent: 'audit test',
      },
      target: { kind: 'user', id: bob.userId },
      request: { path: { target_user_id: bob.userId }, body: { suspend: true } },
      before: { suspended: false },
      after: { suspended: true },
      outcome: 'done',
      status: 200,
      errcode: null,
    })
  })

  test('has no password and no other secret', async () => {
    await call('POST', `/_synapse/admin/v1/reset_password/${bob.userId}`, { new_password: 'hunter2-hunter2', logout_devices: false })
    await call('PUT', `/_synapse/admin/v2/users/@carol:glia.test`, { password: 'hunter2-hunter2', displayname: 'Carol' })
    const [created, reset] = await records()
    expect(reset).toMatchObject({ operation: 'admin.users.reset_password', request: { body: { logout_devices: false } } })
    expect(created).toMatchObject({
      operation: 'admin.users.put_v2',
      request: { body: { displayname: 'Carol' } },
      before: {},
      after: { displayname: 'Carol', admin: false },
    })
    const [registered] = await records({ operation: 'admin.register.create' })
    expect(registered).toMatchObject({ actor: { user_id: null, token: 'none' }, request: { body: { username: 'bob' } } })
    expect(JSON.stringify(await records())).not.toMatch(/hunter2|"mac"|"nonce"|"password"/)
  })

  test('has refused attempts of admins, and nothing of those who are none', async () => {
    await call('PUT', `/_synapse/admin/v1/suspend/@nobody:glia.test`, { suspend: true })
    await call('PUT', `/_synapse/admin/v1/suspend/${admin.userId}`, { suspend: true }, bob.accessToken)
    const [record, ...others] = await records({ outcome: 'refused' })
    expect(record).toMatchObject({ target: { id: '@nobody:glia.test' }, status: 404, errcode: 'M_NOT_FOUND', before: null, after: null })
    expect(others).toEqual([])
  })

  test('names the admin behind a log-in-as token', async () => {
    const other = await server.register('otheradmin', { admin: true })
    const { body } = await call('POST', `/_synapse/admin/v1/users/${other.userId}/login`, {})
    await call('POST', `/_synapse/admin/v1/users/${bob.userId}/shadow_ban`, undefined, body.access_token)
    const [record] = await records({ operation: 'admin.users.shadow_ban_set' })
    expect(record.actor).toMatchObject({ user_id: admin.userId, token: 'puppet' })
  })

  test('has what came through the API of the auth service', async () => {
    const token = await grantedToken(server, admin, 'urn:mas:admin urn:matrix:client:api:*')
    await call('POST', '/api/admin/v1/user-registration-tokens', { usage_limit: 1 }, token)
    const [record] = await records({ operation: 'auth_admin.' })
    const { data } = (await call('GET', '/api/admin/v1/users/by-username/bob', undefined, token)).body
    await call('POST', `/api/admin/v1/users/${data.id}/lock`, undefined, token)
    await call('POST', `/api/admin/v1/users/${data.id}/unlock`, undefined, token)
    expect(record).toMatchObject({
      operation: 'auth_admin.user_registration_tokens.add',
      actor: { user_id: admin.userId, token: 'oauth' },
      request: { body: { usage_limit: 1 } },
      status: 201,
    })
    expect(await records({ operation: 'auth_admin.users.', target: bob.userId })).toMatchObject([
      { operation: 'auth_admin.users.unlock', before: { locked: true }, after: { locked: false } },
      { operation: 'auth_admin.users.lock', before: { locked: false }, after: { locked: true } },
    ])
  })

  test('has what was done beside the server’s files', async () => {
    const files = await openAdministration({}, server.env)
    await files.setAdmin('bob', true)
    await files.setAdmin('bob', false)
    await files.close()
    expect(await records({ operation: 'local.', target: bob.userId })).toMatchObject([
      { operation: 'local.users.set_admin', actor: { user_id: null, ip: null }, request: { admin: false }, outcome: 'done' },
      { operation: 'local.users.set_admin', request: { admin: true } },
    ])
  })

  test('tells that a room was blocked', async () => {
    const roomId = '!somewhere:else.test'
    await call('PUT', `/_synapse/admin/v1/rooms/${encodeURIComponent(roomId)}/block`, { block: true })
    expect(await records({ target: roomId })).toMatchObject([{ before: {}, after: { blocked_by: admin.userId } }])
  })

  test('comes page by page, by filters, and as a file', async () => {
    for (const displayname of ['A', 'B', 'C', 'D', 'E']) await call('PUT', `/_synapse/admin/v2/users/${bob.userId}`, { displayname })
    const query = { actor: admin.userId, operation: 'admin.users.put_v2', target: bob.userId, limit: '2' }
    const seen: string[] = []
    for (let from: string | undefined; ; ) {
      const { body } = await call('GET', `${LOG}?${new URLSearchParams({ ...query, ...(from ? { from } : {}) })}`)
      seen.push(...body.records.map(({ after }: { after: { displayname: string } }) => after.displayname))
      from = body.next_token
      if (from === undefined) break
    }
    expect(seen).toEqual(['E', 'D', 'C', 'B', 'A'])

    const { body, headers } = await call('GET', `${LOG}/export?operation=admin.users.put_v2&target=${bob.userId}`)
    expect(headers.get('content-type')).toBe('application/x-ndjson')
    const lines = String(body).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).after.displayname)).toEqual(['A', 'B', 'C', 'D', 'E'])

    const { at } = JSON.parse(lines[2]!)
    const until = await records({ target: bob.userId, operation: 'admin.users.put_v2', until: String(at) })
    const since = await records({ target: bob.userId, operation: 'admin.users.put_v2', since: String(at) })
    expect(until.every((record: { at: number }) => record.at < at)).toBe(true)
    expect(since.every((record: { at: number }) => record.at >= at)).toBe(true)
    expect(until.length + since.length).toBe(5)
  })

  test.each([
    ['from=nonsense', 'M_INVALID_PARAM'],
    ['limit=0', 'M_INVALID_PARAM'],
    ['limit=1001', 'M_INVALID_PARAM'],
    ['outcome=perhaps', 'M_INVALID_PARAM'],
    ['target=%00', 'M_INVALID_PARAM'],
  ])('refuses %s', async (query, errcode) => {
    expect(await call('GET', `${LOG}?${query}`)).toMatchObject({ status: 400, body: { errcode } })
  })

  test('outlives a restart, and is for admins alone', async () => {
    const before = await records()
    await server.restart()
    expect(await records()).toEqual(before)
    expect((await call('GET', LOG, undefined, bob.accessToken)).body.errcode).toBe('M_FORBIDDEN')
  })
})
