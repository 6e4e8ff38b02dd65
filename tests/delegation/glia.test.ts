import { freePort, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { grantedToken } from '../support/granted-token.ts'
import { API_SCOPE } from '../support/oauth-client.ts'
import { startTestServer, type TestServer, type TestUser, testSettings } from '../support/start-server.ts'

const secret = 'shared between the two'
const deviceScope = (id: string) => `urn:matrix:org.matrix.msc2967.client:device:${id}`

onBothDatabases("Glia's homeserver and Glia's auth service as two programs", (dialect) => {
  let homeserver: TestServer
  let auth: TestServer
  let alice: TestUser
  let root: TestUser
  beforeAll(async () => {
    const port = await freePort()
    const [listener] = testSettings().listeners
    auth = await startTestServer({ dialect, config: { glia: { auth: { matrix: { endpoint: `http://127.0.0.1:${port}`, secret } } } } })
    homeserver = await startTestServer({
      dialect,
      config: { listeners: [{ ...listener, port }], matrix_authentication_service: { enabled: true, endpoint: auth.url, secret } },
    })
    alice = await auth.register('alice')
    root = await auth.register('root', { admin: true })
  })
  afterAll(async () => {
    await homeserver?.remove()
    await auth?.remove()
  })

  const v3 = (method: string, path: string, token: string, body?: unknown) =>
    homeserver.api(method, `/_matrix/client/v3${path}`, { token, ...(body === undefined ? {} : { body }) })
  const logIn = async (user: TestUser) =>
    (
      await auth.api('POST', '/_matrix/client/v3/login', {
        body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: user.localpart }, password: user.password },
      })
    ).body

  test('the homeserver says where the auth service is, and signs nobody in', async () => {
    const { body } = await auth.api('GET', '/.well-known/openid-configuration')
    expect((await homeserver.api('GET', '/_matrix/client/v1/auth_metadata')).body).toEqual(body)
    for (const path of ['/_matrix/client/v3/login', '/_matrix/client/v3/register', '/oauth2/token']) {
      expect([path, (await homeserver.api('POST', path, { body: {} })).status]).toEqual([path, 404])
    }
    expect((await homeserver.api('GET', '/login')).status).toBe(404)
  })

  test('a device signed in there sends and syncs here', async () => {
    const token = await grantedToken(auth, alice, `${API_SCOPE} ${deviceScope('ELSEWHERE1')}`)
    expect((await v3('GET', '/account/whoami', token)).body).toEqual({ user_id: alice.userId, device_id: 'ELSEWHERE1', is_guest: false })
    const { body: room } = await v3('POST', '/createRoom', token, { name: 'Tea' })
    const synced = await v3('GET', '/sync', token)
    expect(Object.keys(synced.body.rooms.join)).toEqual([room.room_id])
  })

  test('signing out there is known here at once, and takes the device away', async () => {
    const { access_token: token, device_id: deviceId } = await logIn(alice)
    expect((await v3('GET', '/account/whoami', token)).body.device_id).toBe(deviceId)
    await auth.api('POST', '/_matrix/client/v3/logout', { token })
    await expect.poll(async () => (await v3('GET', '/account/whoami', token)).status).toBe(401)
    const other = await grantedToken(auth, alice, API_SCOPE)
    expect(JSON.stringify((await v3('GET', '/devices', other)).body)).not.toContain(deviceId)
  })

  test('admins of there administer here; accounts are not made or changed here', async () => {
    const token = await grantedToken(auth, root, `${API_SCOPE} urn:synapse:admin:*`)
    expect((await homeserver.api('GET', `/_synapse/admin/v2/users/${alice.userId}`, { token })).status).toBe(200)
    for (const path of [`/_synapse/admin/v1/reset_password/${alice.userId}`, `/_synapse/admin/v1/users/${alice.userId}/login`]) {
      const refused = await homeserver.api('POST', path, { token, body: { new_password: 'x' } })
      expect([path, refused.status, refused.body.errcode]).toEqual([path, 404, 'M_UNRECOGNIZED'])
    }
    const plain = await grantedToken(auth, alice, API_SCOPE)
    expect((await homeserver.api('GET', '/_synapse/admin/v2/users', { token: plain })).status).toBe(403)
  })

  test('locks, ends and returns of accounts come here', async () => {
    const token = await grantedToken(auth, root, `${API_SCOPE} urn:synapse:admin:* urn:mas:admin`)
    const carol = await auth.register('carol')
    expect((await v3('GET', '/account/whoami', carol.accessToken)).status).toBe(200)
    const { body } = await auth.api('GET', '/api/admin/v1/users/by-username/carol', { token })
    const act = (action: string) => auth.api('POST', `/api/admin/v1/users/${body.data.id}/${action}`, { token, body: {} })
    const here = async () => (await homeserver.api('GET', `/_synapse/admin/v2/users/${carol.userId}`, { token })).body
    await act('lock')
    await expect.poll(here).toMatchObject({ locked: true })
    expect((await v3('GET', '/sync', carol.accessToken)).body.errcode).toMatch(/M_USER_LOCKED|M_UNKNOWN_TOKEN/)
    await act('unlock')
    await expect.poll(here).toMatchObject({ locked: false })
    await act('deactivate')
    await expect.poll(here).toMatchObject({ deactivated: true })
    await act('reactivate')
    await expect.poll(here).toMatchObject({ deactivated: false })
  })

  test('a name that is taken here cannot be had there', async () => {
    await mas('POST', 'provision_user', { localpart: 'taken' })
    const refused = await auth.api('POST', '/_matrix/client/v3/register', {
      body: { username: 'taken', password: 'a long password', auth: { type: 'm.login.dummy' } },
    })
    expect(refused.body.errcode).toBe('M_USER_IN_USE')
  })

  const mas = (method: 'GET' | 'POST', path: string, body?: unknown, token = secret) =>
    homeserver.api(method, `/_synapse/mas/${path}`, { token, ...(body === undefined ? {} : { body }) })

  describe('what the auth service tells', () => {
    test('makes and changes users', async () => {
      const dora = { localpart: 'dora' }
      expect((await mas('GET', 'query_user?localpart=dora')).body.errcode).toBe('M_NOT_FOUND')
      expect((await mas('POST', 'provision_user', { ...dora, locked: false })).status).toBe(201)
      const full = {
        ...dora,
        set_displayname: 'Dora',
        set_avatar_url: 'mxc://glia.test/a',
        set_emails: ['D@x.org', 'e@x.org'],
        locked: true,
      }
      expect((await mas('POST', 'provision_user', full)).status).toBe(200)
      const about = {
        user_id: '@dora:glia.test',
        display_name: 'Dora',
        avatar_url: 'mxc://glia.test/a',
        is_suspended: false,
        is_deactivated: false,
      }
      expect((await mas('GET', 'query_user?localpart=dora')).body).toEqual(about)
      expect(
        (
          await mas('POST', 'provision_user', {
            ...dora,
            unset_displayname: true,
            unset_avatar_url: true,
            unset_emails: true,
            locked: false,
          })
        ).status,
      ).toBe(200)
      expect((await mas('GET', 'query_user?localpart=dora')).body).toMatchObject({ display_name: null, avatar_url: null })
      expect((await mas('POST', 'set_displayname', { ...dora, displayname: 'D' })).status).toBe(200)
      expect((await mas('GET', 'query_user?localpart=dora')).body.display_name).toBe('D')
      expect((await mas('POST', 'unset_displayname', dora)).status).toBe(200)
      expect((await mas('POST', 'delete_user', { ...dora, erase: true })).status).toBe(200)
      expect((await mas('GET', 'query_user?localpart=dora')).body.is_deactivated).toBe(true)
      expect((await mas('POST', 'reactivate_user', dora)).status).toBe(200)
      expect((await mas('GET', 'query_user?localpart=dora')).body.is_deactivated).toBe(false)
    })

    test('makes, names and removes devices, and brings them in line', async () => {
      const token = await grantedToken(auth, root, `${API_SCOPE} urn:synapse:admin:*`)
      await mas('POST', 'provision_user', { localpart: 'emil' })
      const emil = (fields: object) => ({ localpart: 'emil', ...fields })
      const devices = async () => {
        const { body } = await homeserver.api('GET', '/_synapse/admin/v2/users/@emil:glia.test/devices', { token })
        return Object.fromEntries(body.devices.map((device: Record<string, unknown>) => [device.device_id, device.display_name ?? null]))
      }
      expect((await mas('POST', 'upsert_device', emil({ device_id: 'A', display_name: 'Phone' }))).status).toBe(201)
      expect((await mas('POST', 'upsert_device', emil({ device_id: 'A', display_name: 'Other' }))).status).toBe(200)
      expect(await devices()).toEqual({ A: 'Phone' })
      expect((await mas('POST', 'update_device_display_name', emil({ device_id: 'A', display_name: 'New' }))).status).toBe(200)
      expect((await mas('POST', 'update_device_display_name', emil({ device_id: 'Z', display_name: 'New' }))).status).toBe(404)
      expect((await mas('POST', 'sync_devices', emil({ devices: ['A', 'B'] }))).status).toBe(200)
      expect(await devices()).toEqual({ A: 'New', B: null })
      expect((await mas('POST', 'delete_device', emil({ device_id: 'A' }))).status).toBe(204)
      expect((await mas('POST', 'delete_device', emil({ device_id: 'A' }))).status).toBe(204)
      expect((await mas('POST', 'sync_devices', emil({ devices: [] }))).status).toBe(200)
      expect(await devices()).toEqual({})
    })

    test.each<[number, string, 'GET' | 'POST', string, unknown?]>([
      [400, 'M_MISSING_PARAM', 'GET', 'query_user'],
      [400, 'M_MISSING_PARAM', 'POST', 'provision_user', {}],
      [400, 'M_INVALID_PARAM', 'POST', 'provision_user', { localpart: 'both', set_displayname: 'a', unset_displayname: true }],
      [400, 'M_INVALID_USERNAME', 'POST', 'provision_user', { localpart: 'Up per' }],
      [400, 'M_INVALID_USERNAME', 'GET', 'is_localpart_available?localpart=C%20x'],
      [400, 'M_USER_IN_USE', 'GET', 'is_localpart_available?localpart=alice'],
      [404, 'M_NOT_FOUND', 'POST', 'delete_user', { localpart: 'nobody', erase: true }],
      [404, 'M_NOT_FOUND', 'POST', 'reactivate_user', { localpart: 'nobody' }],
      [404, 'M_NOT_FOUND', 'POST', 'upsert_device', { localpart: 'nobody', device_id: 'A' }],
      [404, 'M_NOT_FOUND', 'POST', 'sync_devices', { localpart: 'nobody', devices: [] }],
      [404, 'M_NOT_FOUND', 'POST', 'allow_cross_signing_reset', { localpart: 'nobody' }],
    ])('%i %s for %s %s', async (status, errcode, method, path, body) => {
      const answer = await mas(method, path, body)
      expect([answer.status, answer.body.errcode]).toEqual([status, errcode])
    })

    test('is heard with the right secret only', async () => {
      expect((await mas('GET', 'query_user?localpart=alice', undefined, 'wrong')).status).toBe(403)
      expect((await mas('GET', 'query_user?localpart=alice', undefined, alice.accessToken)).status).toBe(403)
      expect((await homeserver.api('GET', '/_synapse/mas/query_user?localpart=alice')).status).toBe(401)
      expect((await homeserver.api('POST', '/_synapse/mas/delete_user', { body: { localpart: 'alice', erase: true } })).status).toBe(401)
    })
  })

  test('a homeserver that signs its users in itself hears nobody', async () => {
    const whole = await startTestServer({ dialect })
    try {
      const answer = await whole.api('GET', '/_synapse/mas/query_user?localpart=alice', { token: secret })
      expect([answer.status, answer.body.errcode]).toEqual([404, 'M_UNRECOGNIZED'])
    } finally {
      await whole.remove()
    }
  })

  test('while the auth service is away, tokens that are known go on, and for others it is 503', async () => {
    const { access_token: known } = await logIn(alice)
    const { access_token: fresh } = await logIn(alice)
    expect((await v3('GET', '/account/whoami', known)).status).toBe(200)
    await auth.running.stop()
    expect((await v3('GET', '/account/whoami', known)).status).toBe(200)
    const answer = await v3('GET', '/account/whoami', fresh)
    expect([answer.status, answer.body.errcode]).toEqual([503, 'M_UNKNOWN'])
  })
})
