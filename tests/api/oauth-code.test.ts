import { randomUUID } from 'node:crypto'
import { FakeClock, onBothDatabases } from '@glia/testing'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const API = 'urn:matrix:org.matrix.msc2967.client:api:*'
const deviceScope = (id: string) => `urn:matrix:org.matrix.msc2967.client:device:${id}`
const REDIRECT = 'https://client.example/callback'

onBothDatabases('the authorization code grant', (dialect) => {
  let server: TestServer
  let root: TestUser
  let alice: TestUser
  // the client's library checks times against the machine's clock
  const clock = new FakeClock(Date.now())

  beforeAll(async () => {
    server = await startTestServer({ dialect, clock })
    root = await server.register('root', { admin: true })
    alice = await server.register('alice')
  })
  afterAll(() => server.remove())

  const register = async (metadata: Record<string, unknown> = {}) =>
    oidc.dynamicClientRegistration(
      new URL(server.url),
      {
        client_name: 'Test client',
        client_uri: 'https://client.example',
        redirect_uris: [REDIRECT],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
        id_token_signed_response_alg: 'RS256',
        ...metadata,
      },
      oidc.None(),
      { execute: [oidc.allowInsecureRequests] },
    )

  const begin = async (config: oidc.Configuration, scope: string, extra: Record<string, string> = {}) => {
    const verifier = oidc.randomPKCECodeVerifier()
    const nonce = oidc.randomNonce()
    const expectsIdToken = scope.split(' ').includes('openid')
    const checks = { pkceCodeVerifier: verifier, expectedState: oidc.randomState(), ...(expectsIdToken ? { expectedNonce: nonce } : {}) }
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope,
      state: checks.expectedState,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...extra,
    })
    return { url: url.href, checks, verifier }
  }
  /** Signs in, consents, and gives the address that the browser is sent back to. */
  const consent = async (user: TestUser, url: string): Promise<URL> => {
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await browser.open(url), user)
    return new URL((await browser.submit(page, /^\/consent/, { action: 'consent' })).url)
  }
  const signIn = async (user: TestUser, scope: string, config?: oidc.Configuration) => {
    const used = config ?? (await register())
    const { url, checks } = await begin(used, scope)
    return { config: used, tokens: await oidc.authorizationCodeGrant(used, await consent(user, url), checks) }
  }
  const form = (config: oidc.Configuration, fields: Record<string, string>) =>
    server.api('POST', '/oauth2/token', { form: { client_id: config.clientMetadata().client_id, ...fields } })
  const whoami = (token: string) => server.api('GET', '/_matrix/client/v3/account/whoami', { token })

  test('gives a checked ID token, an access token for the device, and a refresh token', async () => {
    const { tokens } = await signIn(alice, `openid ${API} ${deviceScope('CODEDEVICE1')}`)
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 300, refresh_token: expect.stringMatching(/^mar_/) })
    expect(tokens.claims()).toMatchObject({ iss: `${server.url}/`, sub: expect.stringMatching(/^[0-9A-Z]{26}$/) })
    expect((await whoami(tokens.access_token)).body).toEqual({ user_id: alice.userId, device_id: 'CODEDEVICE1', is_guest: false })
  })

  test('userinfo tells who it is, with the scope openid', async () => {
    const { config, tokens } = await signIn(alice, 'openid')
    const { sub } = tokens.claims()!
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toEqual({ sub, username: 'alice' })
    const { tokens: without } = await signIn(alice, API)
    const refused = await server.api('GET', '/oauth2/userinfo', { token: without.access_token })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, 'Bearer error="insufficient_scope"'])
  })

  test('a new session on a device ends the older one', async () => {
    const scope = `${API} ${deviceScope('SAMEDEVICE')}`
    const { tokens: first } = await signIn(alice, scope)
    const { tokens: second } = await signIn(alice, scope)
    expect((await whoami(first.access_token)).status).toBe(401)
    expect((await whoami(second.access_token)).status).toBe(200)
  })

  test('a refresh rotates the tokens; the old access token asks for a soft logout', async () => {
    const { config, tokens } = await signIn(alice, API)
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!)
    expect(refreshed.scope).toBe(API)
    expect((await whoami(refreshed.access_token)).status).toBe(200)
    expect((await whoami(tokens.access_token)).body).toMatchObject({ errcode: 'M_UNKNOWN_TOKEN', soft_logout: true })
  })

  test('a replayed refresh token ends the session and removes the device', async () => {
    const { config, tokens } = await signIn(alice, `${API} ${deviceScope('STOLENDEVICE')}`)
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!)
    expect((await whoami(refreshed.access_token)).status).toBe(200)
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await whoami(refreshed.access_token)).body).toMatchObject({ soft_logout: false })
    const devices = await server.api('GET', '/_matrix/client/v3/devices', { token: alice.accessToken })
    expect(JSON.stringify(devices.body)).not.toContain('STOLENDEVICE')
  })

  test('a lost answer to a refresh can be asked for again', async () => {
    const { config, tokens } = await signIn(alice, API)
    await oidc.refreshTokenGrant(config, tokens.refresh_token!)
    const again = await oidc.refreshTokenGrant(config, tokens.refresh_token!)
    expect((await whoami(again.access_token)).status).toBe(200)
  })

  test('access tokens live for five minutes', async () => {
    const { tokens } = await signIn(alice, API)
    clock.advance(299_000)
    expect((await whoami(tokens.access_token)).status).toBe(200)
    clock.advance(1_000)
    expect((await whoami(tokens.access_token)).body).toMatchObject({ error: 'Access token has expired', soft_logout: true })
  })

  test('revocation ends the session and removes the device, with or without naming the client', async () => {
    const { config, tokens } = await signIn(alice, `${API} ${deviceScope('REVOKEDDEV1')}`)
    await oidc.tokenRevocation(config, tokens.access_token)
    expect((await whoami(tokens.access_token)).status).toBe(401)
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' })
    const devices = await server.api('GET', '/_matrix/client/v3/devices', { token: alice.accessToken })
    expect(JSON.stringify(devices.body)).not.toContain('REVOKEDDEV1')

    const { tokens: other } = await signIn(alice, API)
    const answer = await server.api('POST', '/oauth2/revoke', { form: { token: other.refresh_token! } })
    expect(answer.status).toBe(200)
    expect((await whoami(other.access_token)).status).toBe(401)
  })

  test('revoking what is unknown is fine, revoking a login token does nothing, odd hints are refused', async () => {
    const revoke = (fields: Record<string, string>) => server.api('POST', '/oauth2/revoke', { form: fields })
    expect((await revoke({ token: 'mat_unknown' })).status).toBe(200)
    expect((await revoke({ token: alice.accessToken })).status).toBe(200)
    expect((await whoami(alice.accessToken)).status).toBe(200)
    expect((await revoke({ token: 'x', token_type_hint: 'cookie' })).body.error).toBe('unsupported_token_type')
    expect((await revoke({})).body.error).toBe('invalid_request')
  })

  describe('a code', () => {
    const codeFor = async (config: oidc.Configuration) => {
      const { url, verifier } = await begin(config, API)
      const code = (await consent(alice, url)).searchParams.get('code')!
      return { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: REDIRECT }
    }

    test('works once; used again later it ends the session', async () => {
      const config = await register()
      const exchange = await codeFor(config)
      const { body } = await form(config, exchange)
      expect((await form(config, exchange)).body.error).toBe('invalid_grant')
      expect((await whoami(body.access_token)).status).toBe(200)
      clock.advance(21_000)
      expect((await form(config, exchange)).body.error).toBe('invalid_grant')
      expect((await whoami(body.access_token)).status).toBe(401)
    })

    test('used twice at once gives one session', async () => {
      const config = await register()
      const exchange = await codeFor(config)
      const answers = await Promise.all([form(config, exchange), form(config, exchange)])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
    })

    test.each([
      ['another verifier', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
      ['a malformed verifier', { code_verifier: 'short' }, 'invalid_grant'],
      ['another redirect URI', { redirect_uri: 'https://client.example/other' }, 'invalid_grant'],
      ['a made-up code', { code: 'x'.repeat(32) }, 'invalid_grant'],
    ])('with %s is refused', async (_, changes, error) => {
      const config = await register()
      const exchange = await codeFor(config)
      const answer = await form(config, { ...exchange, ...changes })
      expect([answer.status, answer.body.error]).toEqual([400, error])
    })

    test('needs its verifier', async () => {
      const config = await register()
      const { code_verifier: _, ...exchange } = await codeFor(config)
      expect((await form(config, exchange)).body.error).toBe('invalid_request')
    })

    test('belongs to its client', async () => {
      const exchange = await codeFor(await register())
      const other = await register({ client_name: 'Other client' })
      const answer = await form(other, exchange)
      expect([answer.status, answer.body.error]).toEqual([401, 'unauthorized_client'])
    })

    test('expires after ten minutes', async () => {
      const config = await register()
      const exchange = await codeFor(config)
      clock.advance(600_000)
      expect((await form(config, exchange)).body.error).toBe('invalid_grant')
    })
  })

  describe('a request for authorization', () => {
    const open = (url: string) => new TestBrowser(server.url).open(url)
    /** The answer to the client: by a redirect, or by a link that a person follows. */
    const backOf = ({ html, url }: Awaited<ReturnType<typeof open>>) => {
      const link = /href="([^"]*)">Back to the client/.exec(html)?.[1]
      return new URL(link?.replaceAll('&amp;', '&') ?? url)
    }

    test.each([
      ['an unknown client', { client_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }],
      ['an unregistered redirect URI', { redirect_uri: 'https://evil.example/callback' }],
      ['an unknown response mode', { response_mode: 'post' }],
    ])('with %s gets a page and no redirect', async (_, changes) => {
      const { url } = await begin(await register(), API, changes)
      const page = await open(url)
      expect([page.status, new URL(page.url).origin]).toEqual([400, server.url])
    })

    test.each([
      ['response_type=token', { response_type: 'token' }, 'unsupported_response_type'],
      ['prompt=none', { prompt: 'none' }, 'login_required'],
      ['PKCE of the method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
      ['a request object', { request: 'x' }, 'request_not_supported'],
    ])('with %s is sent back with an error and the state', async (_, changes, error) => {
      const { url, checks } = await begin(await register(), API, changes)
      const back = backOf(await open(url))
      expect(back.origin).toBe('https://client.example')
      expect(Object.fromEntries(back.searchParams)).toMatchObject({ error, state: checks.expectedState })
    })

    test('without PKCE is refused to public clients', async () => {
      const config = await register()
      const url = oidc.buildAuthorizationUrl(config, { redirect_uri: REDIRECT, scope: API, state: 'xyz' })
      expect(backOf(await open(url.href)).searchParams.get('error')).toBe('invalid_request')
    })

    test('is answered in the fragment if the client wants it so', async () => {
      const { url } = await begin(await register(), API, { response_mode: 'fragment' })
      const back = await consent(alice, url)
      expect(new URLSearchParams(back.hash.slice(1)).get('code')).toMatch(/^\w{32}$/)
      expect(back.search).toBe('')
    })

    test('can be cancelled, once', async () => {
      const { url } = await begin(await register(), API)
      const browser = new TestBrowser(server.url)
      const page = await browser.signIn(await browser.open(url), alice)
      const back = await browser.submit(page, /^\/consent/, { action: 'cancel' })
      expect(new URL(back.url).searchParams.get('error')).toBe('access_denied')
      expect((await browser.submit(page, /^\/consent/, { action: 'consent' })).status).toBe(409)
    })

    test('for admin scopes is refused to others with a readable page', async () => {
      const { url } = await begin(await register(), `${API} urn:synapse:admin:*`)
      const browser = new TestBrowser(server.url)
      const page = await browser.signIn(await browser.open(url), alice)
      expect(page.status).toBe(403)
      expect(page.html).toContain('Your account is not an administrator, so Test client cannot get urn:synapse:admin:*')
      expect((await browser.submit(page, /^\/consent/, { action: 'consent' })).status).toBe(403)
      const again = await browser.signIn(await browser.submit(page, /^\/logout/), root)
      expect(again.html).toContain('Administer this homeserver')
    })

    test.each([
      ['an unknown scope', `${API} profile`],
      ['two devices', `${API} ${deviceScope('ABCDEFGHIJ')} ${deviceScope('KLMNOPQRST')}`],
      ['stable and unstable scopes mixed', `${API} urn:matrix:client:device:ABCDEFGHIJ`],
      ['a device without the API', deviceScope('ABCDEFGHIJ')],
      ['a device id that is too short', `${API} ${deviceScope('ABC')}`],
    ])('for %s is refused', async (_, scope) => {
      const { url } = await begin(await register(), scope)
      const browser = new TestBrowser(server.url)
      expect((await browser.signIn(await browser.open(url), root)).status).toBe(403)
    })

    test('prompt=create leads to a new account, and on to the client', async () => {
      const browser = new TestBrowser(server.url)
      const page = await browser.open((await begin(await register(), API, { prompt: 'create' })).url)
      expect(page.url).toContain('/register?kind=continue_authorization_grant')
      const password = 'a long enough password'
      const consentPage = await browser.submit(page, /^\/register/, { username: 'newcomer', password, password_confirm: password })
      expect(consentPage.html).toContain('@newcomer:glia.test')
      expect(new URL((await browser.submit(consentPage, /^\/consent/, { action: 'consent' })).url).searchParams.get('code')).toBeTruthy()
    })

    test('prompt=login asks for the password again, and prefills who is meant', async () => {
      const browser = new TestBrowser(server.url)
      await browser.signIn(await browser.open('/login'), alice)
      const config = await register()
      const plain = await browser.open((await begin(config, API)).url)
      expect(plain.url).toContain('/consent/')
      clock.advance(1000)
      const hint = { prompt: 'login', login_hint: `mxid:${alice.userId}` }
      const fresh = await browser.open((await begin(config, API, hint)).url)
      expect(fresh.url).toContain('/login?')
      expect(fresh.html).toMatch(/name="username"[^>]*value="alice"/)
      expect((await browser.signIn(fresh, alice)).url).toContain('/consent/')
    })
  })

  test('a client with a secret gets tokens for itself, and the admin scope only if it is on the list', async () => {
    const config = await oidc.dynamicClientRegistration(
      new URL(server.url),
      {
        client_name: 'Service',
        client_uri: 'https://service.example',
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'client_secret_post',
      },
      undefined,
      { execute: [oidc.allowInsecureRequests] },
    )
    const tokens = await oidc.clientCredentialsGrant(config, {})
    expect(tokens.refresh_token).toBeUndefined()
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({
      active: true,
      client_id: config.clientMetadata().client_id,
      token_type: 'access_token',
    })
    await expect(oidc.clientCredentialsGrant(config, { scope: 'urn:mas:admin' })).rejects.toMatchObject({
      error: 'invalid_scope',
      status: 403,
    })
    const userTokens = (await signIn(alice, `openid ${API}`)).tokens
    expect(await oidc.tokenIntrospection(config, userTokens.access_token)).toMatchObject({ active: true, username: 'alice' })
    expect(await oidc.tokenIntrospection(config, 'mat_nonsense')).toEqual({ active: false })
    const wrong = { client_id: config.clientMetadata().client_id, client_secret: randomUUID(), grant_type: 'client_credentials' }
    const answer = await server.api('POST', '/oauth2/token', { form: wrong })
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
  })
})
