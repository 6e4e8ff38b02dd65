import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import {
  API_SCOPE,
  agree,
  authorizationUrl,
  codeGrant,
  codeTokens,
  type OAuthClient,
  REDIRECT_URI,
  registerOAuthClient,
  requestToken,
  startDevice,
} from '../support/oauth-client.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

/** The points of RFC 9700 that no other test shows; docs/security.md lists them all. */
onBothDatabases('OAuth security', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let alice: TestUser
  let client: OAuthClient
  beforeAll(async () => {
    server = await startTestServer({ dialect, clock })
    alice = await server.register('alice')
    client = await registerOAuthClient(server)
  })
  afterAll(() => server.remove())

  const open = (url: string) => new TestBrowser(server.url).open(url)
  const confidential = () => registerOAuthClient(server, { client_name: 'Confidential', token_endpoint_auth_method: 'client_secret_basic' })

  describe('redirect URIs', () => {
    test.each([
      ['a longer path', `${REDIRECT_URI}/more`],
      ['a trailing slash', `${REDIRECT_URI}/`],
      ['a query', `${REDIRECT_URI}?x=1`],
      ['a fragment', `${REDIRECT_URI}#x`],
      ['an empty fragment', `${REDIRECT_URI}#`],
      ['another port', 'https://client.example:8443/callback'],
      ['another scheme', 'http://client.example/callback'],
      ['a host below', 'https://sub.client.example/callback'],
      ['a longer host', 'https://client.example.evil.example/callback'],
      ['a host after a user', 'https://client.example@evil.example/callback'],
      ['a user', 'https://user@client.example/callback'],
      ['an encoded path', 'https://client.example/%63allback'],
      ['other letters', 'https://client.example/Callback'],
      ['another path', 'https://client.example/callback/../other'],
      ['no URL', 'callback'],
      ['nothing', ''],
    ])('with %s are others: a page, no redirect', async (_, redirectUri) => {
      const page = await open(authorizationUrl(client, API_SCOPE, { redirect_uri: redirectUri }).url)
      expect([page.status, new URL(page.url).origin]).toEqual([400, server.url])
      expect(page.html).not.toContain('evil.example')
    })

    test('of loopback addresses differ in the port only', async () => {
      const native = await registerOAuthClient(server, { application_type: 'native', redirect_uris: ['http://127.0.0.1/cb'] })
      const status = async (redirectUri: string) =>
        (await open(authorizationUrl(native, API_SCOPE, { redirect_uri: redirectUri }).url)).status
      expect(await status('http://127.0.0.1:49152/cb')).toBe(200)
      for (const other of ['http://127.0.0.1:49152/other', 'http://localhost:49152/cb', 'http://127.0.0.1.evil.example/cb']) {
        expect(await status(other)).toBe(400)
      }
    })

    test('an error is not carried to a client that anybody can have registered before a person says so', async () => {
      for (const changes of [{ response_type: 'token' }, { code_challenge_method: 'plain' }, { scope: 'a"b' }]) {
        const { url, state } = authorizationUrl(client, API_SCOPE, changes)
        const page = await open(url)
        expect([page.status, new URL(page.url).origin]).toEqual([400, server.url])
        expect(page.html).toContain('Back to the client at client.example')
        expect(page.html).toContain(`state=${state}`)
      }
    })
  })

  describe('the answer of an authorization', () => {
    test.each(['query', 'fragment'])('says in the %s who gives it, errors too (RFC 9207)', async (mode) => {
      const answerOf = (url: URL) => Object.fromEntries(mode === 'query' ? url.searchParams : new URLSearchParams(url.hash.slice(1)))
      const issuer = (await server.api('GET', '/.well-known/openid-configuration')).body
      expect(issuer.authorization_response_iss_parameter_supported).toBe(true)
      const browser = new TestBrowser(server.url)
      for (const [action, expected] of [
        ['consent', { code: expect.stringMatching(/^\w{32}$/) }],
        ['cancel', { error: 'access_denied' }],
      ] as const) {
        const { url, state } = authorizationUrl(client, API_SCOPE, { response_mode: mode })
        expect(answerOf(await agree(browser, await browser.open(url), alice, action))).toMatchObject({
          ...expected,
          state,
          iss: issuer.issuer,
        })
      }
      const silent = await browser.open(authorizationUrl(client, API_SCOPE, { response_mode: mode, prompt: 'none' }).url)
      expect(answerOf(new URL(silent.url))).toMatchObject({ error: 'login_required', iss: issuer.issuer })
    })

    test('comes by 303, so that no browser sends the form on', async () => {
      const browser = new TestBrowser(server.url)
      const page = await browser.signIn(await browser.open(authorizationUrl(client, API_SCOPE).url), alice)
      expect((await browser.submit(page, /^\/consent/, { action: 'consent' })).status).toBe(303)
    })
  })

  describe('PKCE', () => {
    test('a verifier without a challenge is refused: nobody took the challenge out of the request', async () => {
      const secretive = await confidential()
      const plain = authorizationUrl(secretive, API_SCOPE, { code_challenge: undefined, code_challenge_method: undefined })
      const browser = new TestBrowser(server.url)
      const code = (await agree(browser, await browser.open(plain.url), alice)).searchParams.get('code')!
      const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI }
      const refused = await requestToken(server, secretive, { ...grant, code_verifier: plain.verifier })
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request'])
      expect((await requestToken(server, secretive, grant)).status).toBe(200)
    })

    test('a confidential client that sent a challenge must show the verifier', async () => {
      const secretive = await confidential()
      const { code_verifier: _, ...grant } = await codeGrant(server, secretive, alice, API_SCOPE)
      expect((await requestToken(server, secretive, grant)).body.error).toBe('invalid_request')
    })

    test('without PKCE the redirect URI must be named again, and be the same', async () => {
      const secretive = await confidential()
      const plain = authorizationUrl(secretive, API_SCOPE, { code_challenge: undefined, code_challenge_method: undefined })
      const browser = new TestBrowser(server.url)
      const code = (await agree(browser, await browser.open(plain.url), alice)).searchParams.get('code')!
      const grant = { grant_type: 'authorization_code', code }
      expect((await requestToken(server, secretive, grant)).body.error).toBe('invalid_request')
      expect((await requestToken(server, secretive, { ...grant, redirect_uri: 'https://client.example/' })).body.error).toBe(
        'invalid_grant',
      )
    })
  })

  test.each(['password', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer', ''])('there is no grant "%s"', async (grantType) => {
    const { status, body } = await requestToken(server, client, { grant_type: grantType, username: 'alice', password: alice.password })
    expect([status, body.error]).toEqual([400, 'unsupported_grant_type'])
  })

  test('a secret of a client must be right, and no other client may use its tokens', async () => {
    const secretive = await confidential()
    const { refreshToken } = await codeTokens(server, secretive, alice, API_SCOPE)
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken }
    const wrong = await requestToken(server, { ...secretive, secret: `${secretive.secret}x` }, grant)
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client'])
    expect((await requestToken(server, { ...secretive, secret: undefined }, grant)).status).toBe(401)
    expect((await requestToken(server, client, grant)).body.error).toBe('invalid_grant')
    expect((await requestToken(server, secretive, grant)).status).toBe(200)
  })

  test('answers with secrets are not kept by caches', async () => {
    const { refreshToken, accessToken } = await codeTokens(server, client, alice, `openid ${API_SCOPE}`)
    const answers = {
      token: await requestToken(server, client, { grant_type: 'refresh_token', refresh_token: refreshToken }),
      'refused token': await requestToken(server, client, { grant_type: 'refresh_token', refresh_token: 'mar_x' }),
      device: await server.api('POST', '/oauth2/device', { form: { client_id: client.clientId, scope: API_SCOPE } }),
      registration: await server.api('POST', '/oauth2/registration', {
        body: { client_uri: 'https://a.example', redirect_uris: ['https://a.example/'] },
      }),
      introspection: await server.api('POST', '/oauth2/introspect', { form: { token: accessToken } }),
      userinfo: await server.api('GET', '/oauth2/userinfo', { token: accessToken }),
      login: await server.api('POST', '/_matrix/client/v3/login', {
        body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'alice' }, password: alice.password },
      }),
      authorization: await server.api('GET', authorizationUrl(client, API_SCOPE).url),
    }
    for (const [name, { headers }] of Object.entries(answers))
      expect([name, headers.get('cache-control')]).toEqual([name, expect.stringContaining('no-store')])
  })

  test('scripts of other sites reach the endpoints for clients, not those for browsers', async () => {
    const origin = { headers: { origin: 'https://other.example' } }
    const allowed = async (path: string) => (await server.api('GET', path, origin)).headers.get('access-control-allow-origin')
    for (const path of ['/.well-known/openid-configuration', '/oauth2/keys.json', '/oauth2/userinfo', '/_matrix/client/v1/auth_metadata']) {
      expect([path, await allowed(path)]).toEqual([path, '*'])
    }
    for (const path of [authorizationUrl(client, API_SCOPE).url, '/login', '/account/', '/link', '/nowhere']) {
      expect([path, await allowed(path)]).toEqual([path, null])
    }
    const answer = await server.api('POST', '/oauth2/token', origin)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('signing in makes a new browser session, whatever cookie was there, and ends the old one', async () => {
    const browser = new TestBrowser(server.url)
    const planted = 'x'.repeat(43)
    browser.cookies.set('glia_session', planted)
    await browser.signIn(await browser.open('/login'), alice)
    const first = browser.cookies.get('glia_session')!
    expect(first).toMatch(/^[\w-]{43}$/)
    expect(first).not.toBe(planted)
    const page = await browser.submit(await browser.open('/account/'), /^\/logout/)
    await browser.signIn(page, alice)
    expect(browser.cookies.get('glia_session')).not.toBe(first)
    for (const old of [planted, first]) {
      const thief = new TestBrowser(server.url)
      thief.cookies.set('glia_session', old)
      expect((await thief.open('/account/')).url).toContain('/login')
    }
  })

  test('user codes are of characters that are not mixed up, all different, and die with their decision', async () => {
    const codes = await Promise.all(Array.from({ length: 50 }, async () => (await startDevice(server, client, API_SCOPE)).user_code!))
    expect(new Set(codes).size).toBe(50)
    for (const code of codes) expect(code).toMatch(/^[A-HJ-NP-Z2-9]{6}$/)
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await browser.open(`/link?code=${codes[0]}`), alice)
    await browser.submit(page, /^\/device\//, { action: 'reject' })
    expect((await new TestBrowser(server.url).open(`/link?code=${codes[0]}`)).status).toBe(404)
  })
})
