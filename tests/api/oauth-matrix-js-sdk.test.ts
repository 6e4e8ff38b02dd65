import { createClient, OAuth2 } from 'matrix-js-sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const REDIRECT = 'https://app.element.example/callback'
const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => quiet }

let server: TestServer
let alice: TestUser

beforeAll(async () => {
  server = await startTestServer()
  alice = await server.register('alice')
})
afterAll(() => server.remove())

async function newClient(deviceId: string): Promise<OAuth2> {
  const metadata = await createClient({ baseUrl: server.url, logger: quiet }).getAuthMetadata()
  const clientId = await OAuth2.registerClient(
    metadata,
    { client_name: 'Element', client_uri: 'https://app.element.example', redirect_uris: [REDIRECT], application_type: 'web' },
    quiet,
  )
  return new OAuth2(metadata, { clientId, deviceId }, quiet)
}

const matrixClient = (accessToken: string) => createClient({ baseUrl: server.url, accessToken, logger: quiet })

test('matrix-js-sdk signs in with a code, refreshes and revokes', async () => {
  const oauth = await newClient('SDKDEVICE1')
  const browser = new TestBrowser(server.url)
  const page = await browser.signIn(await browser.open(await oauth.generateAuthorizationCodeGrantUrl('state', REDIRECT)), alice)
  const back = new URL((await browser.submit(page, /^\/consent/, { action: 'consent' })).url)
  const answer = new URLSearchParams(back.hash.slice(1))
  expect(answer.get('state')).toBe('state')

  const tokens = await oauth.completeAuthorizationCodeGrant(answer.get('code')!, REDIRECT)
  expect(await matrixClient(tokens.access_token).whoami()).toMatchObject({ user_id: alice.userId, device_id: 'SDKDEVICE1' })
  const { devices } = await matrixClient(tokens.access_token).getDevices()
  expect(devices.find(({ device_id }) => device_id === 'SDKDEVICE1')?.display_name).toMatch(/^Element/)

  const refreshed = await oauth.performRefreshTokenGrant(tokens.refresh_token!)
  expect(await matrixClient(refreshed.access_token).whoami()).toMatchObject({ device_id: 'SDKDEVICE1' })
  await oauth.revokeToken(refreshed.access_token, 'access_token')
  await expect(matrixClient(refreshed.access_token).whoami()).rejects.toMatchObject({ errcode: 'M_UNKNOWN_TOKEN' })
})

test('matrix-js-sdk signs in with the device grant', async () => {
  const oauth = await newClient('SDKDEVICE2')
  const session = await oauth.startDeviceAuthorizationGrant()
  const browser = new TestBrowser(server.url)
  const page = await browser.signIn(await browser.open(session.verification_uri_complete!), alice)
  await browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
  const tokens = await oauth.waitForDeviceAuthorizationGrant(session)
  if (!('access_token' in tokens)) throw new Error(tokens.error)
  expect(await matrixClient(tokens.access_token).whoami()).toMatchObject({ user_id: alice.userId, device_id: 'SDKDEVICE2' })
})
