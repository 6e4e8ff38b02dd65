import { onBothDatabases } from '@glia/testing'
import { ClientEvent, createClient, type MatrixClient, SyncState } from 'matrix-js-sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DelegatedSynapse, delegatedSynapse, synapseLauncher } from '../support/delegated-synapse.ts'
import { grantedToken } from '../support/granted-token.ts'
import { API_SCOPE } from '../support/oauth-client.ts'
import { silentSdkLogger } from '../support/sdk-logger.ts'
import { callApi, startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const launcher = synapseLauncher()
const ADMIN_SCOPE = 'urn:synapse:admin:*'
const deviceScope = (id: string) => `urn:matrix:org.matrix.msc2967.client:device:${id}`

describe.skipIf(launcher === undefined)('the auth service alone', () => {
  onBothDatabases('for a real Synapse', (dialect) => {
    let synapse: DelegatedSynapse
    let auth: TestServer
    let alice: TestUser
    let root: TestUser
    const clients: MatrixClient[] = []
    beforeAll(async () => {
      const prepared = await delegatedSynapse(launcher!, 'glia.test')
      synapse = prepared
      auth = await startTestServer({ dialect, config: { glia: { auth: { matrix: { endpoint: synapse.url, secret: prepared.secret } } } } })
      await synapse.start(`${auth.url}/`)
      alice = await auth.register('alice')
      root = await auth.register('root', { admin: true })
    })
    afterAll(async () => {
      for (const client of clients) client.stopClient()
      await synapse?.remove()
      await auth?.remove()
    })

    const atSynapse = (method: string, path: string, token?: string, body?: unknown) =>
      callApi(synapse.url + path, method, { ...(token === undefined ? {} : { token }), ...(body === undefined ? {} : { body }) })
    const whoami = (token: string) => atSynapse('GET', '/_matrix/client/v3/account/whoami', token)
    const syncWith = async (userId: string, accessToken: string, deviceId: string): Promise<MatrixClient> => {
      const client = createClient({ baseUrl: synapse.url, userId, accessToken, deviceId, logger: silentSdkLogger })
      clients.push(client)
      const prepared = new Promise<void>((resolve) => client.on(ClientEvent.Sync, (state) => state === SyncState.Prepared && resolve()))
      await client.startClient({ initialSyncLimit: 5 })
      await prepared
      return client
    }

    test('is where Synapse sends its clients', async () => {
      const { body } = await auth.api('GET', '/.well-known/openid-configuration')
      expect((await atSynapse('GET', '/_matrix/client/v1/auth_metadata')).body).toEqual(body)
      expect((await atSynapse('POST', '/_matrix/client/v3/login', undefined, { type: 'm.login.password' })).status).toBe(404)
    })

    test('runs no homeserver', async () => {
      expect((await auth.api('GET', '/_matrix/client/v3/sync', { token: alice.accessToken })).status).toBe(404)
      expect((await auth.api('GET', '/_synapse/admin/v2/users', { token: root.accessToken })).status).toBe(404)
      expect((await auth.api('GET', '/health')).status).toBe(200)
      for (const path of ['/', '/account/']) expect((await auth.api('GET', path)).body).not.toContain('/admin/')
    })

    test('signs a device in by its code, and the device syncs with Synapse', async () => {
      const token = await grantedToken(auth, alice, `${API_SCOPE} ${deviceScope('FROMTHECODE')}`)
      const client = await syncWith(alice.userId, token, 'FROMTHECODE')
      const { room_id: roomId } = await client.createRoom({ name: 'Tea' })
      await client.sendTextMessage(roomId, 'hello')
      expect((await whoami(token)).body).toMatchObject({ user_id: alice.userId, device_id: 'FROMTHECODE' })
    })

    test('signs in clients that know only /login', async () => {
      const login = await auth.api('POST', '/_matrix/client/v3/login', {
        body: {
          type: 'm.login.password',
          identifier: { type: 'm.id.user', user: 'alice' },
          password: alice.password,
          initial_device_display_name: 'Old client',
        },
      })
      expect(login.status).toBe(200)
      const client = await syncWith(login.body.user_id, login.body.access_token, login.body.device_id)
      expect((await client.getDevices()).devices.find(({ device_id: id }) => id === login.body.device_id)?.display_name).toBe('Old client')
      await auth.api('POST', '/_matrix/client/v3/logout', { token: login.body.access_token })
      const token = await grantedToken(auth, alice, API_SCOPE)
      await expect
        .poll(async () => JSON.stringify((await atSynapse('GET', '/_matrix/client/v3/devices', token)).body))
        .not.toContain(login.body.device_id)
    })

    test("gives admins tokens for Synapse's Admin API, and nobody else", async () => {
      const token = await grantedToken(auth, root, `${API_SCOPE} ${ADMIN_SCOPE}`)
      const { status, body } = await atSynapse('GET', `/_synapse/admin/v2/users/${alice.userId}`, token)
      expect([status, body.name, body.admin]).toEqual([200, alice.userId, false])
      const plain = await grantedToken(auth, alice, API_SCOPE)
      expect((await atSynapse('GET', '/_synapse/admin/v2/users', plain)).status).toBe(403)
    })

    test('tells of locks and ends', async () => {
      const token = await grantedToken(auth, root, `${API_SCOPE} ${ADMIN_SCOPE} urn:mas:admin`)
      const carol = await auth.register('carol')
      expect((await whoami(carol.accessToken)).status).toBe(200)
      const { body } = await auth.api('GET', '/api/admin/v1/users/by-username/carol', { token })
      const act = (action: string, fields = {}) =>
        auth.api('POST', `/api/admin/v1/users/${body.data.id}/${action}`, { token, body: fields })
      const atSynapseNow = async () => (await atSynapse('GET', `/_synapse/admin/v2/users/${carol.userId}`, token)).body
      expect((await act('lock')).status).toBe(200)
      await expect.poll(atSynapseNow).toMatchObject({ locked: true, deactivated: false })
      expect((await act('unlock')).status).toBe(200)
      await expect.poll(atSynapseNow).toMatchObject({ locked: false })
      expect((await act('deactivate')).status).toBe(200)
      await expect.poll(atSynapseNow).toMatchObject({ deactivated: true })
    })

    test('a name that Synapse keeps for itself is not given', async () => {
      const refused = await auth.api('POST', '/_matrix/client/v3/register', {
        body: { username: 'notices', password: 'password', auth: { type: 'm.login.dummy' } },
      })
      expect([refused.status, refused.body.errcode]).toEqual([400, 'M_EXCLUSIVE'])
    })
  })
})
