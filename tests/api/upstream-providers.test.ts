import { createHash } from 'node:crypto'
import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AuthAdminCall, authAdminCall } from '../support/auth-admin-lists.ts'
import { type Page, TestBrowser } from '../support/browser.ts'
import { grantedToken } from '../support/granted-token.ts'
import { type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const ids = {
  choosing: '01HZZZZZZZZZZZZZZZZZZZZZA1',
  strict: '01HZZZZZZZZZZZZZZZZZZZZZA2',
  adding: '01HZZZZZZZZZZZZZZZZZZZZZA3',
  replacing: '01HZZZZZZZZZZZZZZZZZZZZZA4',
  broken: '01HZZZZZZZZZZZZZZZZZZZZZA5',
  tokened: '01HZZZZZZZZZZZZZZZZZZZZZA6',
}
const ADMIN = '/_synapse/admin/v2/users'
const LOGOUT = 'http://schemas.openid.net/event/backchannel-logout'

onBothDatabases('signing in through identity providers', (dialect) => {
  const clock = new FakeClock(Date.now())
  let idp: IdentityProvider
  let server: TestServer
  let root: TestUser
  let authAdmin: AuthAdminCall

  beforeAll(async () => {
    idp = await startIdentityProvider()
    const provider = {
      issuer: idp.issuer,
      client_secret: 'secret of the tests',
      scope: 'openid profile email',
      discovery_mode: 'insecure',
      fetch_userinfo: true,
    }
    const named = (on_conflict: string) => ({ localpart: { action: 'require', on_conflict }, displayname: { action: 'force' } })
    server = await startTestServer({
      dialect,
      clock,
      config: {
        glia: {
          auth: {
            upstream_oauth2: {
              providers: [
                {
                  ...provider,
                  id: ids.choosing,
                  client_id: 'choosing',
                  human_name: 'Choosing <b>',
                  brand_name: 'github',
                  forward_login_hint: true,
                  on_backchannel_logout: 'logout_all',
                },
                { ...provider, id: ids.strict, client_id: 'strict', claims_imports: { ...named('fail'), email: { action: 'force' } } },
                { ...provider, id: ids.adding, client_id: 'adding', synapse_idp_id: 'oidc-adding', claims_imports: named('add') },
                { ...provider, id: ids.replacing, client_id: 'replacing', claims_imports: named('replace') },
                { ...provider, id: ids.broken, client_id: 'broken', issuer: 'http://127.0.0.1:1' },
                { ...provider, id: ids.tokened, client_id: 'tokened', registration_token_required: true },
              ],
            },
          },
        },
      },
    })
    const { issuer } = (await server.api('GET', '/.well-known/openid-configuration')).body
    idp.open(
      Object.entries(ids).map(([name, id]) => ({
        client_id: name,
        client_secret: 'secret of the tests',
        redirect_uris: [`${issuer}upstream/callback/${id}`],
        backchannel_logout_uri: `${server.url}/upstream/backchannel-logout/${id}`,
        backchannel_logout_session_required: true,
      })),
    )
    root = await server.register('root', { admin: true })
    authAdmin = authAdminCall(server, await grantedToken(server, root, 'urn:mas:admin'))
  })
  afterAll(async () => {
    await server.remove()
    await idp.close()
  })

  const leave = async (browser: TestBrowser, id: string, query = '') => (await browser.open(`/upstream/authorize/${id}${query}`)).url
  const back = (browser: TestBrowser, url: string) => browser.open(new URL(url).pathname + new URL(url).search)
  const come = async (browser: TestBrowser, id: string, name: string, query = ''): Promise<Page> =>
    back(browser, await idp.signIn(await leave(browser, id, query), name))
  const register = async (browser: TestBrowser, id: string, name: string, fields: Record<string, string>) =>
    browser.submit(await come(browser, id, name), /^\/upstream\/link\//, fields)
  const userOf = async (localpart: string) =>
    (await server.api('GET', `${ADMIN}/@${localpart}:${server.serverName}`, { token: root.accessToken })).body
  const linksOf = async (subject: string): Promise<{ provider_id: string; user_id: string; human_account_name: string | null }[]> =>
    (await authAdmin('GET', `/upstream-oauth-links?filter[subject]=${subject}`)).body.data.map(
      ({ attributes }: { attributes: unknown }) => attributes,
    )

  test('somebody new chooses a name, gets an account, and signs in with it from then on', async () => {
    idp.claims.set('ann', { preferred_username: 'Ann', name: 'Ann A.', email: 'ann@example.com', email_verified: true })
    const browser = new TestBrowser(server.url)
    expect((await browser.open('/login')).html).toContain('Continue with Choosing &lt;b&gt;')
    const page = await come(browser, ids.choosing, 'ann')
    expect(page.html).toContain('value="ann"')
    expect(page.html).toContain('ann@example.com')
    const taken = await browser.submit(page, /^\/upstream\/link\//, { username: 'root' })
    expect(taken).toMatchObject({ status: 400 })
    const account = await browser.submit(taken, /^\/upstream\/link\//, { username: 'anna', display_name: 'Anna', import_email: 'yes' })
    expect(account).toMatchObject({ status: 200, url: `${server.url}/account/` })
    expect(await userOf('anna')).toMatchObject({
      displayname: 'Anna',
      threepids: [{ medium: 'email', address: 'ann@example.com' }],
      external_ids: [{ auth_provider: ids.choosing, external_id: 'ann' }],
    })
    expect(await linksOf('ann')).toMatchObject([{ provider_id: ids.choosing, human_account_name: 'Ann' }])
    const other = new TestBrowser(server.url)
    expect((await come(other, ids.choosing, 'ann')).html).toContain(`@anna:${server.serverName}`)
    expect((await other.submit(page, /^\/upstream\/link\//, { username: 'second' })).status).toBe(403)
  })

  test('a way back works once, in the browser that left, with the state that it left with', async () => {
    const browser = new TestBrowser(server.url)
    const callback = await idp.signIn(await leave(browser, ids.choosing), 'once')
    const wrong = new URL(callback)
    wrong.searchParams.set('state', 'made-up')
    expect((await back(browser, wrong.href)).status).toBe(403)
    expect((await back(new TestBrowser(server.url), callback)).status).toBe(403)
    expect((await browser.open(`/upstream/callback/${ids.strict}${new URL(callback).search}`)).status).toBe(403)
    expect((await browser.open(`/upstream/callback/${ids.choosing}`)).status).toBe(403)
    const page = await back(browser, callback)
    expect(page).toMatchObject({ status: 200, url: expect.stringContaining('/upstream/link/') })
    expect((await back(browser, callback)).status).toBe(403)
    expect((await new TestBrowser(server.url).open(new URL(page.url).pathname)).status).toBe(404)
  })

  test('an answer of another issuer is refused', async () => {
    const browser = new TestBrowser(server.url)
    const callback = new URL(await idp.signIn(await leave(browser, ids.choosing), 'mixed'))
    callback.searchParams.set('iss', 'https://evil.example')
    expect((await back(browser, callback.href)).status).toBe(502)
    expect(await linksOf('mixed')).toEqual([])
  })

  test('who breaks off at the provider is told so; a provider that does not answer, or is unknown, too', async () => {
    const browser = new TestBrowser(server.url)
    const page = await back(browser, await idp.abort(await leave(browser, ids.choosing)))
    expect(page).toMatchObject({ status: 403, html: expect.stringContaining('broke it off') })
    expect((await browser.open(`/upstream/authorize/${ids.broken}`)).status).toBe(502)
    expect((await browser.open('/upstream/authorize/unknown')).status).toBe(404)
  })

  test('what the provider must say and does not keeps people out', async () => {
    expect((await come(new TestBrowser(server.url), ids.strict, 'nameless')).status).toBe(403)
  })

  test('names and addresses that are forced cannot be changed; addresses that are not confirmed are left out', async () => {
    idp.claims.set('fay', { preferred_username: 'fay', name: 'Fay', email: 'fay@example.com', email_verified: false })
    await register(new TestBrowser(server.url), ids.strict, 'fay', { username: 'other', display_name: 'Other' })
    expect(await userOf('fay')).toMatchObject({ displayname: 'Fay', threepids: [] })
  })

  test.each([
    ['fail', ids.strict, 409],
    ['add', ids.adding, 200],
    ['replace', ids.replacing, 200],
  ])('the name of an existing account: %s', async (rule, id, status) => {
    const name = `known-${rule}`
    const user = await server.register(name)
    idp.claims.set(`first-${rule}`, { preferred_username: name })
    idp.claims.set(`second-${rule}`, { preferred_username: name })
    expect((await come(new TestBrowser(server.url), id, `first-${rule}`)).status).toBe(status)
    const second = await come(new TestBrowser(server.url), id, `second-${rule}`)
    expect(second.status).toBe(status)
    if (rule !== 'fail') expect(second.html).toContain(user.userId)
    const authProvider = rule === 'add' ? 'oidc-adding' : id
    const expected = { fail: [], add: [`first-${rule}`, `second-${rule}`], replace: [`second-${rule}`] }[rule]
    expect((await userOf(name)).external_ids).toEqual(expected?.map((external_id) => ({ auth_provider: authProvider, external_id })))
  })

  test('the account page links and unlinks; the last way to sign in stays', async () => {
    const linda = await server.register('linda')
    const browser = new TestBrowser(server.url)
    await browser.signIn(await browser.open('/login'), linda)
    const page = await come(browser, ids.choosing, 'linda-there', '?kind=manage_account')
    const linked = await browser.submit(page, /^\/upstream\/link\//, { action: 'link' })
    expect(linked.html).toContain('linda-there')
    const someone = await server.register('someone')
    const other = new TestBrowser(server.url)
    await other.signIn(await other.open('/login'), someone)
    expect((await come(other, ids.choosing, 'linda-there')).status).toBe(409)
    expect((await browser.submit(linked, /^\/account\/links\//)).html).not.toContain('linda-there')
    expect(await linksOf('linda-there')).toEqual([])
    expect((await userOf('linda')).external_ids).toEqual([])
    const fresh = new TestBrowser(server.url)
    const only = await register(fresh, ids.choosing, 'only', { username: 'only' })
    expect((await fresh.submit(only, /^\/account\/links\//)).status).toBe(409)
  })

  test('external ids set by an admin sign in, and are gone when they are taken away', async () => {
    const eve = await server.register('eve')
    const put = (external_ids: object[]) => server.api('PUT', `${ADMIN}/${eve.userId}`, { token: root.accessToken, body: { external_ids } })
    await put([
      { auth_provider: 'oidc-adding', external_id: 'eve-there' },
      { auth_provider: 'elsewhere', external_id: 'eve' },
    ])
    expect((await come(new TestBrowser(server.url), ids.adding, 'eve-there')).status).toBe(403)
    idp.claims.set('eve-there', { preferred_username: 'whatever' })
    expect((await come(new TestBrowser(server.url), ids.adding, 'eve-there')).html).toContain(eve.userId)
    await put([{ auth_provider: 'elsewhere', external_id: 'eve' }])
    expect(await linksOf('eve-there')).toEqual([])
  })

  test('locked and deactivated users are told so', async () => {
    await register(new TestBrowser(server.url), ids.choosing, 'lou', { username: 'lou' })
    const put = (body: object) => server.api('PUT', `${ADMIN}/@lou:${server.serverName}`, { token: root.accessToken, body })
    await put({ locked: true })
    expect(await come(new TestBrowser(server.url), ids.choosing, 'lou')).toMatchObject({
      status: 403,
      html: expect.stringContaining('locked'),
    })
    await put({ locked: false, deactivated: true })
    expect(await come(new TestBrowser(server.url), ids.choosing, 'lou')).toMatchObject({
      status: 403,
      html: expect.stringContaining('deactivated'),
    })
  })

  test('a provider may ask for a registration token', async () => {
    const token = (
      await server.api('POST', '/_synapse/admin/v1/registration_tokens/new', { token: root.accessToken, body: { uses_allowed: 1 } })
    ).body.token
    const browser = new TestBrowser(server.url)
    const refused = await register(browser, ids.tokened, 'tok', { username: 'tok', token: 'wrong' })
    expect(refused.status).toBe(400)
    expect((await browser.submit(refused, /^\/upstream\/link\//, { username: 'tok', token })).url).toBe(`${server.url}/account/`)
  })

  test('clients without OAuth are led through the provider that they name', async () => {
    const { flows } = (await server.api('GET', '/_matrix/client/v3/login')).body
    const sso = flows.find(({ type }: { type: string }) => type === 'm.login.sso')
    expect(sso.identity_providers).toContainEqual({ id: ids.choosing, name: 'Choosing <b>', brand: 'github' })
    expect(sso.identity_providers).toContainEqual({ id: 'oidc-adding', name: new URL(idp.issuer).host })
    const sam = await server.register('sam')
    await server.api('PUT', `${ADMIN}/${sam.userId}`, {
      token: root.accessToken,
      body: { external_ids: [{ auth_provider: ids.choosing, external_id: 'sam' }] },
    })
    const browser = new TestBrowser(server.url)
    const start = await fetch(`${server.url}/_matrix/client/v3/login/sso/redirect/${ids.choosing}?redirectUrl=https://client.example/`, {
      redirect: 'manual',
    })
    const { pathname, search } = new URL(start.headers.get('location')!)
    const asked = await back(browser, await idp.signIn((await browser.open(pathname + search)).url, 'sam'))
    const done = await browser.submit(asked, /^\/complete-compat-sso\//)
    const token = new URL(done.url).searchParams.get('loginToken')
    const login = await server.api('POST', '/_matrix/client/v3/login', { body: { type: 'm.login.token', token } })
    expect(login).toMatchObject({ status: 200, body: { user_id: sam.userId } })
  })

  describe('back-channel logout', () => {
    const tell = (id: string, token?: string) =>
      server.api('POST', `/upstream/backchannel-logout/${id}`, { form: token === undefined ? {} : { logout_token: token } })
    const isSignedIn = async (browser: TestBrowser) => new URL((await browser.open('/account/')).url).pathname === '/account/'

    test('ends what was signed in by way of the provider', async () => {
      await register(new TestBrowser(server.url), ids.choosing, 'lea', { username: 'lea' })
      const first = new TestBrowser(server.url)
      await come(first, ids.choosing, 'lea')
      const nowSeconds = Math.floor(clock.nowMs() / 1000)
      const token = { iss: idp.issuer, aud: 'choosing', iat: nowSeconds, jti: 'a', sub: 'lea', events: { [LOGOUT]: {} } }
      const refused: [string, object][] = [
        ['nonce', { ...token, nonce: 'n' }],
        ['no event', { ...token, events: {} }],
        ['another audience', { ...token, aud: 'strict' }],
        ['another issuer', { ...token, iss: 'https://evil.example' }],
        ['old', { ...token, iat: nowSeconds - 3600 }],
        ['of nobody', { ...token, sub: undefined }],
      ]
      for (const [what, claims] of refused) {
        expect(await tell(ids.choosing, await idp.sign(claims as Record<string, unknown>)), what).toMatchObject({
          status: 400,
          body: { error: 'invalid_request' },
        })
      }
      const signed = await idp.sign(token)
      expect((await tell(ids.choosing, `${signed.slice(0, -4)}AAAA`)).status).toBe(400)
      expect((await tell(ids.choosing, 'no token')).status).toBe(400)
      expect((await tell(ids.choosing)).status).toBe(400)
      expect((await tell('unknown', signed)).status).toBe(404)
      expect(await isSignedIn(first)).toBe(true)
      await idp.logOut('choosing', 'lea', 'a session of somebody else')
      expect(await isSignedIn(first)).toBe(true)
      expect(await tell(ids.choosing, signed)).toMatchObject({ status: 200 })
      expect(await isSignedIn(first)).toBe(false)
    })

    test('does nothing for a provider of which nothing is wanted', async () => {
      idp.claims.set('stay', { preferred_username: 'stay' })
      const browser = new TestBrowser(server.url)
      await register(browser, ids.strict, 'stay', {})
      const iat = Math.floor(clock.nowMs() / 1000)
      const token = await idp.sign({ iss: idp.issuer, aud: 'strict', iat, jti: 'b', sub: 'stay', events: { [LOGOUT]: {} } })
      expect((await tell(ids.strict, token)).status).toBe(200)
      expect(await isSignedIn(browser)).toBe(true)
    })
  })

  test('clients of OAuth go on after the way through the provider, with their hint; a logout there ends their sessions, too', async () => {
    const redirectUri = 'https://client.example/back'
    const client = await server.api('POST', '/oauth2/registration', {
      body: { client_uri: 'https://client.example/', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' },
    })
    await register(new TestBrowser(server.url), ids.choosing, 'olga', { username: 'olga' })
    const browser = new TestBrowser(server.url)
    const verifier = 'v'.repeat(43)
    const query = new URLSearchParams({
      client_id: client.body.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'urn:matrix:client:api:* urn:matrix:client:device:OLGASPHONE1',
      state: 's',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      login_hint: 'olga',
    })
    const login = await browser.open(`/authorize?${query}`)
    const way = new RegExp(`href="(/upstream/authorize/${ids.choosing}[^"]*)"`).exec(login.html)![1]!.replaceAll('&amp;', '&')
    const { url } = await browser.open(way)
    expect(new URL(url).searchParams.get('login_hint')).toBe('olga')
    const consent = await back(browser, await idp.signIn(url, 'olga'))
    expect(consent.html).toContain(`@olga:${server.serverName}`)
    const done = await browser.submit(consent, /^\/consent\//, { action: 'consent' })
    expect(done).toMatchObject({ status: 303, url: expect.stringMatching(/^https:\/\/client\.example\/back\?.*code=/) })
    const tokens = await server.api('POST', '/oauth2/token', {
      form: {
        grant_type: 'authorization_code',
        client_id: client.body.client_id,
        redirect_uri: redirectUri,
        code: new URL(done.url).searchParams.get('code')!,
        code_verifier: verifier,
      },
    })
    expect(tokens.body).toMatchObject({ access_token: expect.any(String) })
    const whoami = () => server.api('GET', '/_matrix/client/v3/account/whoami', { token: tokens.body.access_token })
    expect(await whoami()).toMatchObject({ status: 200, body: { device_id: 'OLGASPHONE1' } })
    const iat = Math.floor(clock.nowMs() / 1000)
    const token = await idp.sign({ iss: idp.issuer, aud: 'choosing', iat, jti: 'c', sub: 'olga', events: { [LOGOUT]: {} } })
    expect((await server.api('POST', `/upstream/backchannel-logout/${ids.choosing}`, { form: { logout_token: token } })).status).toBe(200)
    expect((await whoami()).status).toBe(401)
  })

  test('the device grant goes on after the way through the provider', async () => {
    const browser = new TestBrowser(server.url)
    const id = '01HZZZZZZZZZZZZZZZZZZZZZA9'
    const page = await come(browser, ids.choosing, 'dee', `?kind=continue_device_code_grant&id=${id}`)
    const next = await browser.submit(page, /^\/upstream\/link\//, { username: 'dee' })
    expect(next.url).toBe(`${server.url}/device/${id}`)
  })

  test('a way back is good for ten minutes; a provider that is not configured any more is disabled, and its links stay', async () => {
    const browser = new TestBrowser(server.url)
    const late = await idp.signIn(await leave(browser, ids.choosing), 'late')
    clock.advance(10 * 60_000)
    expect((await back(browser, late)).status).toBe(403)
    authAdmin = authAdminCall(server, await grantedToken(server, root, 'urn:mas:admin'))
    const disabledAt = async () => (await authAdmin('GET', `/upstream-oauth-providers/${ids.choosing}`)).body.data.attributes.disabled_at
    expect(await disabledAt()).toBeNull()
    await server.restart({ glia: {} })
    expect(await disabledAt()).toBe(new Date(clock.nowMs()).toISOString())
    expect(await linksOf('ann')).toHaveLength(1)
    expect((await browser.open('/login')).html).not.toContain('Continue with')
  })
})
