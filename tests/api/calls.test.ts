import { createHmac } from 'node:crypto'
import { FakeClock } from '@glia/testing'
import { afterEach, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
afterEach(() => server.remove())

const start = async (config: Record<string, unknown>) => {
  const clock = new FakeClock()
  server = await startTestServer({ config, clock })
  const { userId, accessToken } = await server.register('alice')
  return { userId, clock, get: (path: string) => server.api('GET', path, { token: accessToken }) }
}
const TURN = '/_matrix/client/v3/voip/turnServer'
const TRANSPORTS = '/_matrix/client/unstable/org.matrix.msc4143/rtc/transports'
const uris = ['turn:turn.example.com?transport=udp', 'turns:turn.example.com']

test('without configuration there are no TURN servers, no group calls and no contact', async () => {
  const { get } = await start({})
  expect((await get(TURN)).body).toEqual({})
  expect(await get(TRANSPORTS)).toMatchObject({ status: 404, body: { errcode: 'M_UNRECOGNIZED' } })
  expect((await get('/.well-known/matrix/support')).status).toBe(404)
  expect((await get('/_matrix/client/versions')).body.unstable_features['org.matrix.msc4143']).toBe(false)
})

test('credentials for TURN are made from the shared secret and end', async () => {
  const { get, userId, clock } = await start({ turn_uris: uris, turn_shared_secret: 'between us', turn_user_lifetime: '10m' })
  const { body } = await get(TURN)
  const username = `${Math.floor(clock.nowMs() / 1000) + 600}:${userId}`
  const password = createHmac('sha1', 'between us').update(username).digest('base64')
  expect(body).toEqual({ username, password, ttl: 600, uris })
})

test('TURN servers with one password for all', async () => {
  const { get } = await start({ turn_uris: uris[0], turn_username: 'all', turn_password: 'of us' })
  expect((await get(TURN)).body).toEqual({ username: 'all', password: 'of us', ttl: 3600, uris: [uris[0]] })
})

test('ways for group calls are told as they are configured', async () => {
  const transports = [{ type: 'livekit', livekit_service_url: 'https://livekit.example.com' }]
  const { get } = await start({ matrix_rtc: { transports } })
  expect((await get(TRANSPORTS)).body).toEqual({ rtc_transports: transports })
  expect((await get('/.well-known/matrix/client')).body['org.matrix.msc4143.rtc_foci']).toEqual(transports)
  expect((await get('/_matrix/client/versions')).body.unstable_features['org.matrix.msc4143']).toBe(true)
})

test('clients are told what is configured besides, in place of nothing that the server says itself', async () => {
  const extra = { 'org.matrix.msc3814': true, 'org.matrix.msc2965.authentication': { issuer: 'https://elsewhere.example.com' } }
  await start({ extra_well_known_client_content: extra })
  const { body } = await server.api('GET', '/.well-known/matrix/client')
  expect(body).toMatchObject({ 'org.matrix.msc3814': true, 'org.matrix.msc2965.authentication': { issuer: `${server.url}/` } })
  await expect(start({ extra_well_known_client_content: { 'm.homeserver': {} } })).rejects.toThrow('public_baseurl')
})

test.each([
  ['mailto:admin@example.com', { contacts: [{ email_address: 'admin@example.com', role: 'm.role.admin' }] }],
  ['@admin:example.com', { contacts: [{ matrix_id: '@admin:example.com', role: 'm.role.admin' }] }],
  ['https://example.com/help', { support_page: 'https://example.com/help' }],
])('the contact %s is told to everybody', async (admin_contact, support) => {
  await start({ admin_contact })
  expect((await server.api('GET', '/.well-known/matrix/support')).body).toEqual(support)
})
