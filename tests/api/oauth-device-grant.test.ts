import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const API = 'urn:matrix:org.matrix.msc2967.client:api:*'
const ADMIN = 'urn:synapse:admin:*'
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

onBothDatabases('the device grant', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let root: TestUser
  let alice: TestUser
  let clientId: string

  beforeAll(async () => {
    server = await startTestServer({ dialect, clock })
    root = await server.register('root', { admin: true })
    alice = await server.register('alice')
    clientId = await registerClient()
  })
  afterAll(() => server.remove())

  /** As MAS's device-code script does it: no redirect URIs, no response types. */
  const registerClient = async (): Promise<string> => {
    const answer = await server.api('POST', '/oauth2/registration', {
      body: {
        client_name: 'CLI tool',
        client_uri: 'https://github.com/element-hq/matrix-authentication-service/',
        grant_types: [DEVICE_GRANT, 'refresh_token'],
        application_type: 'native',
        token_endpoint_auth_method: 'none',
      },
    })
    expect(answer.status).toBe(201)
    return answer.body.client_id
  }
  const start = async (scope: string) => (await server.api('POST', '/oauth2/device', { form: { client_id: clientId, scope } })).body
  const poll = (deviceCode: string, client = clientId) =>
    server.api('POST', '/oauth2/token', { form: { grant_type: DEVICE_GRANT, device_code: deviceCode, client_id: client } })
  const openAs = async (user: TestUser, link: string) => {
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await browser.open(link), user)
    return { browser, page }
  }
  const confirm = async (user: TestUser, link: string) => {
    const { browser, page } = await openAs(user, link)
    return browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
  }

  test('starts with everything that scripts read', async () => {
    const { body: metadata } = await server.api('GET', '/_matrix/client/unstable/org.matrix.msc2965/auth_metadata')
    expect(metadata).toMatchObject({
      device_authorization_endpoint: `${server.url}/oauth2/device`,
      token_endpoint: `${server.url}/oauth2/token`,
      registration_endpoint: `${server.url}/oauth2/registration`,
    })
    const grant = await start(`${API} ${ADMIN}`)
    expect(grant).toEqual({
      device_code: expect.stringMatching(/^[0-9A-Za-z]{32}$/),
      user_code: expect.stringMatching(/^[0-9A-Z]{6}$/),
      verification_uri: `${server.url}/link`,
      verification_uri_complete: `${server.url}/link?code=${grant.user_code}`,
      expires_in: 1200,
      interval: 5,
    })
  })

  test('an admin confirms in the browser, and the token administers the server', async () => {
    const grant = await start(`${API} ${ADMIN}`)
    expect((await poll(grant.device_code)).body.error).toBe('authorization_pending')
    const { browser, page } = await openAs(root, grant.verification_uri_complete)
    expect(page.html).toContain('CLI tool')
    expect(page.html).toContain(grant.user_code)
    expect(page.html).toContain('Administer this homeserver')
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    const done = await browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
    expect(done.html).toContain('Device linked')

    const answer = await poll(grant.device_code)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^mat_/),
      refresh_token: expect.stringMatching(/^mar_/),
      token_type: 'Bearer',
      expires_in: 300,
      scope: `${API} ${ADMIN}`,
    })
    const token = answer.body.access_token
    const whoami = await server.api('GET', '/_matrix/client/v3/account/whoami', { token })
    expect(whoami.body).toEqual({ user_id: root.userId, is_guest: false })
    expect((await server.api('GET', '/_synapse/admin/v1/server_version', { token })).status).toBe(200)
    expect((await poll(grant.device_code)).body.error).toBe('invalid_grant')
  })

  test('the code can be typed in, whatever the letters and dashes', async () => {
    const grant = await start(API)
    const browser = new TestBrowser(server.url)
    const typed = `${grant.user_code.slice(0, 3)}-${grant.user_code.slice(3)}`.toLowerCase()
    const login = await browser.submit(await browser.open('/link'), '/link', { code: typed })
    expect((await browser.signIn(login, alice)).html).toContain(grant.user_code)
  })

  test('the box must be ticked', async () => {
    const grant = await start(API)
    const { browser, page } = await openAs(alice, grant.verification_uri_complete)
    const again = await browser.submit(page, /^\/device\//, { action: 'consent' })
    expect(again.status).toBe(400)
    expect((await poll(grant.device_code)).body.error).toBe('authorization_pending')
  })

  test('a refusal reaches the device', async () => {
    const grant = await start(API)
    const { browser, page } = await openAs(alice, grant.verification_uri_complete)
    expect((await browser.submit(page, /^\/device\//, { action: 'reject' })).html).toContain('Refused')
    expect((await poll(grant.device_code)).body.error).toBe('access_denied')
  })

  test('somebody who is no admin reads why not, cannot confirm anyway, and may take another account', async () => {
    const grant = await start(`${API} ${ADMIN}`)
    const { browser, page } = await openAs(alice, grant.verification_uri_complete)
    expect(page.status).toBe(403)
    expect(page.html).toContain('Your account is not an administrator, so CLI tool cannot get urn:synapse:admin:*')
    const forced = await browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
    expect(forced.status).toBe(403)
    expect((await poll(grant.device_code)).body.error).toBe('authorization_pending')
    const other = await browser.signIn(await browser.submit(page, /^\/logout/), root)
    expect(other.html).toContain('Administer this homeserver')
  })

  test('a form without the CSRF token of the browser changes nothing', async () => {
    const grant = await start(API)
    const { browser, page } = await openAs(alice, grant.verification_uri_complete)
    const path = new URL(page.url).pathname
    for (const csrf of [{}, { csrf: 'made-up' }]) {
      expect((await browser.post(path, { ...csrf, action: 'consent', confirm_device: 'on' })).status).toBe(403)
    }
    expect((await poll(grant.device_code)).body.error).toBe('authorization_pending')
  })

  test('codes expire after twenty minutes', async () => {
    const grant = await start(API)
    clock.advance(1_200_000)
    expect((await poll(grant.device_code)).body.error).toBe('expired_token')
    expect((await new TestBrowser(server.url).open(grant.verification_uri_complete)).status).toBe(404)
  })

  test('a code belongs to its client', async () => {
    const { body: other } = await server.api('POST', '/oauth2/registration', {
      body: { client_name: 'Other', client_uri: 'https://other.example', grant_types: [DEVICE_GRANT], token_endpoint_auth_method: 'none' },
    })
    const grant = await start(API)
    await confirm(alice, grant.verification_uri_complete)
    expect((await poll(grant.device_code, other.client_id)).body.error).toBe('invalid_grant')
    expect((await poll(grant.device_code)).status).toBe(200)
  })

  test('of two polls at once, one gets the tokens', async () => {
    const grant = await start(API)
    await confirm(alice, grant.verification_uri_complete)
    const answers = await Promise.all([poll(grant.device_code), poll(grant.device_code)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  test('a confirmation is void once the browser has signed out', async () => {
    const grant = await start(API)
    const { browser, page } = await openAs(alice, grant.verification_uri_complete)
    await browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
    await browser.submit(await browser.open('/account/'), '/logout')
    expect((await poll(grant.device_code)).body.error).toBe('invalid_grant')
  })

  test('wrong codes are slowed down', async () => {
    const browser = new TestBrowser(server.url)
    const statuses: number[] = []
    for (let guess = 0; guess < 12; guess++) statuses.push((await browser.open(`/link?code=WRONG${guess}`)).status)
    expect(statuses.slice(0, 3)).toEqual([404, 404, 404])
    expect(statuses.at(-1)).toBe(429)
    clock.advance(600_000)
    expect((await browser.open('/link?code=WRONG')).status).toBe(404)
  })
})

describe('switched off', () => {
  test('the device grant is neither announced nor answered', async () => {
    const server = await startTestServer({ config: { glia: { auth: { device_code_grant_enabled: false } } } })
    try {
      const { body: metadata } = await server.api('GET', '/.well-known/openid-configuration')
      expect(metadata.device_authorization_endpoint).toBeUndefined()
      expect(metadata.grant_types_supported).not.toContain(DEVICE_GRANT)
      const answer = await server.api('POST', '/oauth2/registration', {
        body: {
          client_name: 'CLI',
          client_uri: 'https://cli.example',
          grant_types: [DEVICE_GRANT, 'refresh_token'],
          token_endpoint_auth_method: 'none',
        },
      })
      expect(answer.body.grant_types).toEqual(['refresh_token'])
      const { client_id } = answer.body
      expect((await server.api('POST', '/oauth2/device', { form: { client_id } })).body.error).toBe('invalid_request')
      const form = { grant_type: DEVICE_GRANT, client_id, device_code: 'x' }
      expect((await server.api('POST', '/oauth2/token', { form })).body.error).toBe('unsupported_grant_type')
    } finally {
      await server.remove()
    }
  })
})
