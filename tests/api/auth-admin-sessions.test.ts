import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthAdminCall, expectPages, expectRefusals, idsOf, startAuthAdminScene, UNKNOWN_ULID } from '../support/auth-admin-lists.ts'
import { grantedToken } from '../support/granted-token.ts'
import type { TestServer, TestUser } from '../support/start-server.ts'

const API = 'urn:matrix:client:api:*'
const DEVICE = 'urn:matrix:client:device:ABCDEFGHIJ'
const V1 = '/api/admin/v1'

onBothDatabases('sessions and clients of the MAS Admin API', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let root: TestUser
  let alice: TestUser
  let call: AuthAdminCall
  let rootId: string
  let aliceId: string

  const now = () => new Date(clock.nowMs()).toISOString()
  const whoami = async (token: string) => (await server.api('GET', '/_matrix/client/v3/account/whoami', { token })).status
  const devices = async () =>
    (await server.api('GET', `/_synapse/admin/v2/users/${alice.userId}/devices`, { token: root.accessToken })).body.devices.map(
      ({ device_id }: { device_id: string }) => device_id,
    )
  const list = async (path: string) => idsOf(await call('GET', path))

  beforeAll(async () => {
    ;({ server, root, alice, call, rootId, aliceId } = await startAuthAdminScene({ dialect, clock }))
  })
  afterAll(() => server.remove())

  test('a session of the legacy login ends with its token and device', async () => {
    clock.advance(1000)
    const login = await server.api('POST', '/_matrix/client/v3/login', {
      body: {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: 'alice' },
        password: alice.password,
        device_id: 'PHONE',
        initial_device_display_name: 'My phone',
      },
      headers: { 'user-agent': 'tests' },
    })
    const created = now()
    const [, id] = await list(`/compat-sessions?filter[user]=${aliceId}`)
    const session = await call('GET', `/compat-sessions/${id}`)
    expect(session.body).toEqual({
      data: {
        type: 'compat-session',
        id,
        attributes: {
          user_id: aliceId,
          device_id: 'PHONE',
          user_session_id: null,
          redirect_uri: null,
          created_at: created,
          user_agent: 'tests',
          last_active_at: null,
          last_active_ip: '127.0.0.1',
          finished_at: null,
          human_name: 'My phone',
        },
        links: { self: `${V1}/compat-sessions/${id}` },
      },
      links: { self: `${V1}/compat-sessions/${id}` },
    })
    expect(await whoami(login.body.access_token)).toBe(200)
    clock.advance(1000)
    const ended = await call('POST', `/compat-sessions/${id}/finish`)
    expect(ended).toMatchObject({
      status: 200,
      body: { data: { attributes: { finished_at: now() } }, links: { self: `${V1}/compat-sessions/${id}/finish` } },
    })
    expect(await whoami(login.body.access_token)).toBe(401)
    expect(await devices()).toEqual([alice.deviceId])
    await expectRefusals(call, 400, ['POST', `/compat-sessions/${id}/finish`])
    expect(await list(`/compat-sessions?filter[user]=${aliceId}&filter[status]=finished`)).toEqual([id])
    expect(await list(`/compat-sessions?filter[user]=${aliceId}&filter[status]=active`)).toHaveLength(1)
    expect(await list(`/compat-sessions?filter[created-after]=${encodeURIComponent(created)}`)).toEqual([])
    expect(await list(`/compat-sessions?filter[created-before]=${encodeURIComponent(created)}`)).not.toContain(id)
    expect(await list('/compat-sessions?filter[last-active-after]=2000-01-01T00:00:00Z')).toEqual([])
  })

  test('an OAuth session ends with its token and device, the browser that it came from stays', async () => {
    clock.advance(1000)
    const token = await grantedToken(server, alice, `openid ${API} ${DEVICE}`)
    expect(await devices()).toContain('ABCDEFGHIJ')
    const [id] = await list(`/oauth2-sessions?filter[user]=${aliceId}`)
    const [browser] = await list(`/user-sessions?filter[user]=${aliceId}`)
    const session = (await call('GET', `/oauth2-sessions/${id}`)).body.data
    expect(session).toEqual({
      type: 'oauth2-session',
      id,
      attributes: {
        created_at: now(),
        finished_at: null,
        user_id: aliceId,
        user_session_id: browser,
        client_id: expect.any(String),
        scope: `openid ${API} ${DEVICE}`,
        user_agent: expect.any(String),
        last_active_at: null,
        last_active_ip: '127.0.0.1',
        human_name: null,
      },
      links: { self: `${V1}/oauth2-sessions/${id}` },
    })
    const client = session.attributes.client_id
    const has = async (filter: string) => (await list(`/oauth2-sessions?${filter}`)).includes(id!)
    expect(await has(`filter[user-session]=${browser}`)).toBe(true)
    expect(await has(`filter[client]=${client}`)).toBe(true)
    expect(await has('filter[client-kind]=dynamic')).toBe(true)
    expect(await has('filter[client-kind]=static')).toBe(false)
    expect(await has(`filter[scope]=openid&filter[scope]=${DEVICE}`)).toBe(true)
    expect(await has('filter[scope]=openid&filter[scope]=urn:mas:admin')).toBe(false)
    expect(await has('filter[scope]=OPENID')).toBe(false)
    expect(await has('filter[scope]=open')).toBe(false)
    expect(await list('/users?filter[active-oauth2-client]='.concat(client))).toEqual([rootId, aliceId].sort())

    const ended = await call('POST', `/oauth2-sessions/${id}/finish`)
    expect(ended.body.data.attributes.finished_at).toBe(now())
    expect(await whoami(token)).toBe(401)
    expect(await devices()).not.toContain('ABCDEFGHIJ')
    expect((await call('GET', `/user-sessions/${browser}`)).body.data.attributes.finished_at).toBeNull()
    await expectRefusals(call, 400, ['POST', `/oauth2-sessions/${id}/finish`])
  })

  test('a browser is signed out, what was started from it stays', async () => {
    clock.advance(1000)
    const token = await grantedToken(server, alice, API)
    const browsers = await list(`/user-sessions?filter[user]=${aliceId}&filter[status]=active`)
    const id = browsers.at(-1)!
    const before = await call('GET', `/user-sessions/${id}`)
    expect(before.body.data).toEqual({
      type: 'user-session',
      id,
      attributes: {
        created_at: now(),
        finished_at: null,
        user_id: aliceId,
        user_agent: expect.any(String),
        last_active_at: now(),
        last_active_ip: '127.0.0.1',
      },
      links: { self: `${V1}/user-sessions/${id}` },
    })
    const ended = await call('POST', `/user-sessions/${id}/finish`)
    expect(ended.body).toMatchObject({
      data: { attributes: { finished_at: now() } },
      links: { self: `${V1}/user-sessions/${id}/finish` },
    })
    expect(await whoami(token)).toBe(200)
    expect(await list(`/user-sessions?filter[status]=finished`)).toEqual([id])
    await expectRefusals(call, 400, ['POST', `/user-sessions/${id}/finish`])
  })

  test('clients are listed by what they said about themselves', async () => {
    const [registered] = await list('/oauth2-clients?filter[client-name]=ADMIN%20tool')
    clock.advance(1000)
    const secret = await server.api('POST', '/oauth2/registration', {
      body: {
        client_name: 'Other',
        client_uri: 'https://other.example/',
        logo_uri: 'https://other.example/logo.png',
        redirect_uris: ['https://other.example/back'],
        grant_types: ['authorization_code'],
      },
    })
    const other = secret.body.client_id
    expect((await call('GET', `/oauth2-clients/${other}`)).body).toEqual({
      data: {
        type: 'oauth2-client',
        id: other,
        attributes: {
          client_id: other,
          client_name: 'Other',
          client_uri: 'https://other.example/',
          logo_uri: 'https://other.example/logo.png',
          redirect_uris: ['https://other.example/back'],
          grant_types: ['authorization_code'],
          is_static: false,
        },
        links: { self: `${V1}/oauth2-clients/${other}` },
      },
      links: { self: `${V1}/oauth2-clients/${other}` },
    })
    await expectPages(call, '/oauth2-clients', [registered!, other])
    expect(await list('/oauth2-clients?filter[client-uri]=OTHER.example')).toEqual([other])
    expect(await list('/oauth2-clients?filter[grant-type]=authorization_code')).toEqual([other])
    expect(await list('/oauth2-clients?filter[grant-type]=authorization')).toEqual([])
    expect(await list('/oauth2-clients?filter[has-active-sessions]=true')).toEqual([registered])
    expect(await list('/oauth2-clients?filter[has-active-sessions]=false')).toEqual([other])
    expect(await list('/oauth2-clients?filter[client-kind]=static')).toEqual([])
  })

  test('pages', async () => {
    for (let i = 0; i < 3; i++) {
      clock.advance(1000)
      await grantedToken(server, root, API)
      await server.register(`user${i}`)
    }
    for (const path of ['/oauth2-sessions', '/compat-sessions', '/user-sessions']) {
      const all = await list(`${path}?page[first]=1000`)
      expect(all.length).toBeGreaterThan(4)
      await expectPages(call, path, all)
      const active = await list(`${path}?filter[status]=active&page[first]=1000`)
      const finished = await list(`${path}?filter[status]=finished&page[first]=1000`)
      expect([...active, ...finished].sort()).toEqual(all)
      await expectPages(call, `${path}?filter[status]=active`, active)
    }
    const two = await call('GET', '/oauth2-sessions?filter[scope]=urn:mas:admin&filter[scope]=urn:mas:admin')
    expect(two.body.links.first).toBe(
      `${V1}/oauth2-sessions?filter[scope]=urn%3Amas%3Aadmin&filter[scope]=urn%3Amas%3Aadmin&page[first]=10`,
    )
  })

  test('refuses what it cannot read or find', async () => {
    for (const path of ['/oauth2-sessions', '/compat-sessions', '/user-sessions']) {
      await expectRefusals(
        call,
        400,
        ['GET', `${path}/x`],
        ['POST', `${path}/x/finish`],
        ['GET', `${path}?filter[user]=x`],
        ['GET', `${path}?filter[status]=revoked`],
        ['GET', `${path}?filter[created-before]=yesterday`],
        ['GET', `${path}?filter[last-active-after]=1`],
      )
      await expectRefusals(
        call,
        404,
        ['GET', `${path}/${UNKNOWN_ULID}`],
        ['POST', `${path}/${UNKNOWN_ULID}/finish`],
        ['GET', `${path}?filter[user]=${UNKNOWN_ULID}`],
      )
    }
    const [legacy] = await list('/compat-sessions')
    await expectRefusals(
      call,
      404,
      ['GET', `/oauth2-sessions/${legacy}`],
      ['POST', `/oauth2-sessions/${legacy}/finish`],
      ['GET', `/oauth2-sessions?filter[client]=${UNKNOWN_ULID}`],
      ['GET', `/oauth2-sessions?filter[user-session]=${UNKNOWN_ULID}`],
      ['GET', `/compat-sessions?filter[user-session]=${UNKNOWN_ULID}`],
      ['GET', `/oauth2-clients/${UNKNOWN_ULID}`],
    )
    await expectRefusals(
      call,
      400,
      ['GET', '/oauth2-sessions?filter[scope]=a%20b'],
      ['GET', '/oauth2-sessions?filter[client]=x'],
      ['GET', '/oauth2-clients/x'],
      ['GET', '/oauth2-clients?filter[client-kind]=x'],
    )
  })
})
