import { FakeClock, onBothDatabases } from '@glia/testing'
import { createClient } from 'matrix-js-sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Page, TestBrowser } from '../support/browser.ts'
import { silentSdkLogger as silent } from '../support/sdk-logger.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V3 = '/_matrix/client/v3'
const CLIENT = 'https://client.example/back?a=b&loginToken=old#part'

onBothDatabases('signing in on the pages for a client without OAuth', (dialect) => {
  const clock = new FakeClock(Date.now())
  let server: TestServer
  let alice: TestUser
  let root: TestUser
  beforeAll(async () => {
    server = await startTestServer({
      dialect,
      clock,
      config: { sso: { client_whitelist: ['https://trusted.example'] }, login_via_existing_session: { enabled: true } },
    })
    alice = await server.register('alice')
    root = await server.register('root', { admin: true })
  })
  afterAll(() => server.remove())

  const begin = (browser: TestBrowser, redirectUrl: string, more = '') =>
    browser.open(`${V3}/login/sso/redirect?redirectUrl=${encodeURIComponent(redirectUrl)}${more}`)
  const login = (token: string, more: object = {}) => server.api('POST', `${V3}/login`, { body: { type: 'm.login.token', token, ...more } })
  const tokenOf = (page: Page) => new URL(page.url).searchParams.get('loginToken')!
  async function signInFor(user: TestUser): Promise<string> {
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await begin(browser, CLIENT), user)
    return tokenOf(await browser.submit(page, /^\/complete-compat-sso\//))
  }

  test('leads from the client through sign-in and a question back to it, with a token that works once', async () => {
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await begin(browser, CLIENT), alice)
    expect(page.html).toContain('client.example')
    expect(page.html).toContain(alice.userId)
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://client.example")
    const back = await browser.submit(page, /^\/complete-compat-sso\//)
    expect(back.url).toMatch(/^https:\/\/client\.example\/back\?a=b&loginToken=\w{32}#part$/)
    const token = tokenOf(back)
    const answer = await login(token, { device_id: 'SSO', initial_device_display_name: 'By page' })
    expect(answer).toMatchObject({ status: 200, body: { user_id: alice.userId, device_id: 'SSO' } })
    expect((await server.api('GET', `${V3}/account/whoami`, { token: answer.body.access_token })).body.user_id).toBe(alice.userId)
    expect(await login(token)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
  })

  test('a token is good for half a minute, and one of two who use it at once gets in', async () => {
    const token = await signInFor(alice)
    clock.advance(30_000)
    expect((await login(token)).status).toBe(403)
    const other = await signInFor(alice)
    const answers = await Promise.all([login(other), login(other)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403])
  })

  test.each([
    ['an unknown token', { token: 'made-up' }, 403, 'M_FORBIDDEN'],
    ['no token', {}, 400, 'M_INVALID_PARAM'],
    ['a number', { token: 7 }, 400, 'M_INVALID_PARAM'],
    ['odd text', { token: 'a\0' }, 403, 'M_FORBIDDEN'],
  ])('%s is refused', async (_, fields, status, errcode) => {
    expect(await server.api('POST', `${V3}/login`, { body: { type: 'm.login.token', ...fields } })).toMatchObject({
      status,
      body: { errcode },
    })
  })

  test('an account that was locked since then is not let in', async () => {
    const bob = await server.register('bob')
    const token = await signInFor(bob)
    await server.api('PUT', `/_synapse/admin/v2/users/${bob.userId}`, { token: root.accessToken, body: { locked: true } })
    expect(await login(token)).toMatchObject({ status: 401, body: { errcode: 'M_USER_LOCKED', soft_logout: true } })
  })

  test.each([
    '',
    'relative/path',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://user:pass@client.example/',
    'file:///etc/passwd',
    'https://',
  ])('the address %j is no client', async (redirectUrl) => {
    const page = await begin(new TestBrowser(server.url), redirectUrl)
    expect([page.status, page.html.includes('<h1>')]).toEqual([400, true])
  })

  test('clients with a scheme of their own are led back to', async () => {
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await begin(browser, 'im.client.app://login'), alice)
    const back = await browser.submit(page, /^\/complete-compat-sso\//)
    expect(back.url).toMatch(/^im\.client\.app:\/\/login\?loginToken=\w{32}$/)
  })

  test('a trusted client needs no question; one that only looks like it does', async () => {
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await begin(browser, 'https://trusted.example/app'), alice)
    const refresh = page.headers.get('refresh')!
    expect(refresh).toMatch(/^0; url=https:\/\/trusted\.example\/app\?loginToken=\w{32}$/)
    expect((await login(refresh.slice(-32))).status).toBe(200)
    expect((await begin(browser, 'https://trusted.example.evil.example/')).html).toContain('trusted.example.evil.example')
  })

  test('who wants an account is led to make one; the name of a provider is passed over', async () => {
    expect((await begin(new TestBrowser(server.url), CLIENT, '&action=register')).url).toContain('/register?kind=continue_compat_sso_login')
    const at = await new TestBrowser(server.url).open(`${V3}/login/sso/redirect/oidc-any?redirectUrl=${encodeURIComponent(CLIENT)}`)
    expect(at.url).toContain('/login?kind=continue_compat_sso_login')
  })

  test('the question is over after half an hour, and not answered by other sites', async () => {
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await begin(browser, CLIENT), alice)
    expect((await browser.post(page.forms.at(-1)!.action, { csrf: 'made up' })).status).toBe(403)
    clock.advance(30 * 60_000)
    expect((await browser.submit(page, /^\/complete-compat-sso\//)).status).toBe(404)
  })

  test('who cannot confirm in the client is led to the page for it, where there is one', async () => {
    for (const stage of ['m.oauth', 'org.matrix.cross_signing_reset']) {
      const page = await new TestBrowser(server.url).open(`${V3}/auth/${stage}/fallback/web?session=x`)
      expect(page.url).toContain('/login?kind=manage_account&action=org.matrix.cross_signing_reset')
    }
    expect((await new TestBrowser(server.url).open(`${V3}/auth/m.login.odd/fallback/web?session=x`)).status).toBe(404)
  })

  test('a client that is signed in brings another in with a token, after the password; matrix-js-sdk does', async () => {
    const dora = await server.register('dora')
    const sdk = createClient({
      baseUrl: server.url,
      userId: dora.userId,
      accessToken: dora.accessToken,
      deviceId: dora.deviceId,
      logger: silent,
    })
    expect((await sdk.getCapabilities())['m.get_login_token']).toEqual({ enabled: true })
    const asked = await server.api('POST', '/_matrix/client/v1/login/get_token', { token: dora.accessToken, body: {} })
    expect(asked).toMatchObject({ status: 401, body: { flows: [{ stages: ['m.login.password'] }] } })
    const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'dora' }, password: dora.password }
    const { login_token, expires_in_ms } = (await sdk.requestLoginToken(auth)) as { login_token: string; expires_in_ms: number }
    expect(expires_in_ms).toBe(300_000)
    const second = createClient({ baseUrl: server.url, logger: silent })
    const session = await second.loginRequest({ type: 'm.login.token', token: login_token })
    expect(session.user_id).toBe(dora.userId)
    expect(await server.api('POST', '/_matrix/client/v1/login/get_token', { token: dora.accessToken, body: { auth } })).toMatchObject({
      status: 429,
      body: { errcode: 'M_LIMIT_EXCEEDED' },
    })
  })
})

describe('a server that does not let sessions make login tokens', () => {
  test('says so', async () => {
    const server = await startTestServer()
    try {
      const user = await server.register('user')
      expect(await server.api('POST', '/_matrix/client/v1/login/get_token', { token: user.accessToken, body: {} })).toMatchObject({
        status: 404,
        body: { errcode: 'M_UNRECOGNIZED' },
      })
      const { capabilities } = (await server.api('GET', `${V3}/capabilities`, { token: user.accessToken })).body
      expect(capabilities['m.get_login_token']).toEqual({ enabled: false })
    } finally {
      await server.remove()
    }
  })
})
