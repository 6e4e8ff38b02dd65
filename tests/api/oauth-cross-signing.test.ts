import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const UPLOAD = '/_matrix/client/v3/keys/device_signing/upload'

onBothDatabases('cross-signing with an OAuth token', (dialect) => {
  let server: TestServer
  let alice: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
  })
  afterAll(() => server.remove())

  const masterKey = (name: string) => {
    const publicKey = name.repeat(43)
    return { master_key: { user_id: alice.userId, usage: ['master'], keys: { [`ed25519:${publicKey}`]: publicKey } } }
  }
  const signInByDeviceGrant = async (browser: TestBrowser): Promise<string> => {
    const { body: client } = await server.api('POST', '/oauth2/registration', {
      body: {
        client_name: 'Client',
        client_uri: 'https://client.example',
        grant_types: [DEVICE_GRANT],
        token_endpoint_auth_method: 'none',
      },
    })
    const scope = 'urn:matrix:client:api:* urn:matrix:client:device:CROSSDEVICE'
    const { body: grant } = await server.api('POST', '/oauth2/device', { form: { client_id: client.client_id, scope } })
    const page = await browser.signIn(await browser.open(grant.verification_uri_complete), alice)
    await browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
    const form = { grant_type: DEVICE_GRANT, device_code: grant.device_code, client_id: client.client_id }
    return (await server.api('POST', '/oauth2/token', { form })).body.access_token
  }

  test('other keys are taken after they were allowed on the account page, once', async () => {
    const browser = new TestBrowser(server.url)
    const token = await signInByDeviceGrant(browser)
    const upload = (name: string) => server.api('POST', UPLOAD, { token, body: masterKey(name) })
    expect((await upload('A')).status).toBe(200)
    const refused = await upload('E')
    expect(refused.status).toBe(401)
    const page = await browser.open(refused.body.params['m.oauth'].url)
    expect(page.html).toContain('Reset your cryptographic identity?')
    expect((await upload('E')).status).toBe(401)
    expect((await browser.submit(page, '/account/cross-signing-reset')).html).toContain('Allowed')
    expect((await upload('E')).status).toBe(200)
    expect((await upload('I')).status).toBe(401)
  })

  test('signing in on the way keeps what was asked for', async () => {
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await browser.open('/account/?action=org.matrix.cross_signing_reset'), alice)
    expect(page.html).toContain('Reset your cryptographic identity?')
  })
})
