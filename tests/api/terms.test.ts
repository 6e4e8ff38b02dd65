import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Page, TestBrowser } from '../support/browser.ts'
import { type EmailServer, startEmailServer } from '../support/email-server.ts'
import { type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts'
import { onServerDatabase } from '../support/server-database.ts'
import type { TestServer } from '../support/start-server.ts'

const REGISTER = '/_matrix/client/v3/register'
const FALLBACK = '/_matrix/client/v3/auth/m.login.terms/fallback/web'
const PROVIDER = '01HZZZZZZZZZZZZZZZZZZZZZA1'
const password = 'a long enough password'
const POLICIES = [
  { id: 'privacy_policy', version: '1.0', name: 'Privacy <policy>', url: 'https://glia.test/privacy?lang=en' },
  { id: 'rules', version: '2026-01', name: 'House rules', url: 'https://glia.test/rules' },
]
const VERSIONS = '{"privacy_policy":"1.0","rules":"2026-01"}'
const terms = { type: 'm.login.terms' }
const dummy = { type: 'm.login.dummy' }

onBothDatabases('terms at registration', (dialect) => {
  const clock = new FakeClock(Date.now())
  let idp: IdentityProvider
  let place: EmailServer
  let server: TestServer
  beforeAll(async () => {
    idp = await startIdentityProvider()
    const provider = { id: PROVIDER, issuer: idp.issuer, client_id: 'glia', client_secret: 'secret', discovery_mode: 'insecure' }
    place = await startEmailServer({
      dialect,
      clock,
      config: {
        rc_registration: { per_second: 1000, burst_count: 1000 },
        glia: { auth: { terms: POLICIES, upstream_oauth2: { providers: [provider] } } },
      },
    })
    server = place.server
    const { issuer } = (await server.api('GET', '/.well-known/openid-configuration')).body
    idp.open([{ client_id: 'glia', client_secret: 'secret', redirect_uris: [`${issuer}upstream/callback/${PROVIDER}`] }])
  })
  afterAll(async () => {
    await place.remove()
    await idp.close()
  })

  const register = (body: unknown) => server.api('POST', REGISTER, { body })
  const acceptedBy = (localpart: string) =>
    onServerDatabase(server, ({ db }) =>
      db
        .selectFrom('auth_accepted_terms')
        .select(['policy', 'version', 'accepted_at_ms'])
        .where('user_id', '=', `@${localpart}:glia.test`)
        .orderBy('policy')
        .execute(),
    )
  const both = () => [
    { policy: 'privacy_policy', version: '1.0', accepted_at_ms: clock.nowMs() },
    { policy: 'rules', version: '2026-01', accepted_at_ms: clock.nowMs() },
  ]
  const isFree = async (username: string) => (await server.api('GET', `${REGISTER}/available?username=${username}`)).status === 200

  test('clients are told what to show, and register nobody who has not accepted', async () => {
    const first = await register({ username: 'anna', password })
    expect(first).toMatchObject({
      status: 401,
      body: {
        flows: [{ stages: ['m.login.terms', 'm.login.dummy'] }, { stages: ['m.login.terms', 'm.login.email.identity'] }],
        params: {
          'm.login.terms': {
            policies: {
              privacy_policy: { version: '1.0', en: { name: 'Privacy <policy>', url: 'https://glia.test/privacy?lang=en' } },
              rules: { version: '2026-01', en: { name: 'House rules', url: 'https://glia.test/rules' } },
            },
          },
        },
      },
    })
    const { session } = first.body
    const without = await register({ auth: { ...dummy, session } })
    expect(without).toMatchObject({ status: 401, body: { completed: ['m.login.dummy'], params: first.body.params } })
    expect(await isFree('anna')).toBe(true)
    expect((await register({ auth: { ...terms, session } })).body).toMatchObject({ user_id: '@anna:glia.test' })
    expect(await acceptedBy('anna')).toEqual(both())
  })

  test('accepting alone is not enough', async () => {
    const answer = await register({ username: 'berta', password, auth: terms })
    expect(answer).toMatchObject({ status: 401, body: { completed: ['m.login.terms'] } })
    expect([await isFree('berta'), await acceptedBy('berta')]).toEqual([true, []])
  })

  test('a client that does not know the stage opens our page, and goes on with the session alone', async () => {
    const { session } = (await register({ username: 'clara', password, auth: dummy })).body
    const browser = new TestBrowser(server.url)
    const page = await browser.open(`${FALLBACK}?session=${session}`)
    expect(page.status).toBe(200)
    expect(page.html).toContain('href="https://glia.test/privacy?lang=en"')
    expect(page.html).toContain('Privacy &lt;policy&gt;')
    expect(page.headers.get('content-security-policy')).not.toContain('script-src')
    const refused = await browser.submit(page, FALLBACK)
    expect([refused.status, refused.html]).toEqual([400, expect.stringContaining('only if you accept the terms')])
    expect((await browser.submit(page, FALLBACK, { terms: '{"rules":"2025"}' })).html).toContain('have changed meanwhile')
    expect((await browser.submit(page, FALLBACK, { terms: VERSIONS, csrf: 'made-up' })).status).toBe(403)
    expect((await register({ auth: { session } })).body.completed).toEqual(['m.login.dummy'])

    const done = await browser.submit(page, FALLBACK, { terms: VERSIONS })
    expect([done.status, done.html]).toEqual([200, expect.stringContaining('onAuthDone')])
    const [, nonce] = /<script type="module" nonce="([\w-]+)">/.exec(done.html)!
    expect(done.headers.get('content-security-policy')).toContain(`default-src 'none'; style-src 'self'; script-src 'nonce-${nonce}'`)
    expect((await browser.submit(page, FALLBACK, { terms: VERSIONS })).status).toBe(200)
    expect((await register({ auth: { session } })).body).toMatchObject({ user_id: '@clara:glia.test' })
    expect(await acceptedBy('clara')).toEqual(both())
    expect((await browser.submit(page, FALLBACK, { terms: VERSIONS })).status).toBe(404)
  })

  test.each(['', '?session=', '?session=nope'])('there is nothing to accept at %j', async (query) => {
    expect((await new TestBrowser(server.url).open(`${FALLBACK}${query}`)).status).toBe(404)
  })

  test('the page to register asks, and refuses whoever does not accept', async () => {
    const browser = new TestBrowser(server.url)
    const page = await browser.open('/register')
    expect(page.html).toMatch(/<input type="checkbox" id="terms" name="terms"[^>]* required>/)
    const form = { username: 'dora', password, password_confirm: password }
    const refused = await browser.submit(page, '/register', form)
    expect([refused.status, refused.html]).toEqual([400, expect.stringContaining('only if you accept the terms')])
    expect((await browser.submit(page, '/register', { ...form, terms: 'yes' })).html).toContain('have changed meanwhile')
    expect(await isFree('dora')).toBe(true)
    // what was accepted stays so when something else is wrong
    expect((await browser.submit(page, '/register', { ...form, password: 'x', terms: VERSIONS })).html).toContain(' checked required>')
    expect(await browser.submit(page, '/register', { ...form, terms: VERSIONS })).toMatchObject({ url: `${server.url}/account/` })
    expect(await acceptedBy('dora')).toEqual(both())
  })

  test('with an address, what was accepted is kept until it is confirmed', async () => {
    const browser = new TestBrowser(server.url)
    const form = { username: 'emma', password, password_confirm: password, email: 'emma@example.org', terms: VERSIONS }
    const page = await browser.submit(await browser.open('/register'), '/register', form)
    const accepted = both()
    clock.advance(60_000)
    const [code = ''] = /\b\d{6}\b/.exec((await place.mail.next('emma@example.org')).text) ?? []
    expect(await browser.submit(page, /verify-email/, { code })).toMatchObject({ url: `${server.url}/account/` })
    expect(await acceptedBy('emma')).toEqual(accepted)
  })

  test('whoever comes from a provider for the first time is asked, too', async () => {
    const browser = new TestBrowser(server.url)
    const back = new URL(await idp.signIn((await browser.open(`/upstream/authorize/${PROVIDER}`)).url, 'fritz'))
    const page = await browser.open(back.pathname + back.search)
    const submit = (fields: Record<string, string>): Promise<Page> =>
      browser.submit(page, /^\/upstream\/link\//, { username: 'fritz', ...fields })
    const refused = await submit({})
    expect([refused.status, refused.html]).toEqual([400, expect.stringContaining('only if you accept the terms')])
    expect(await isFree('fritz')).toBe(true)
    expect(await submit({ terms: VERSIONS })).toMatchObject({ url: `${server.url}/account/` })
    expect(await acceptedBy('fritz')).toEqual(both())
  })

  test('users whom an admin makes accept nothing; what an erased user accepted is gone', async () => {
    const root = await server.register('root', { admin: true })
    expect(await acceptedBy('root')).toEqual([])
    const end = (erase: boolean) =>
      server.api('POST', '/_synapse/admin/v1/deactivate/@anna:glia.test', { token: root.accessToken, body: { erase } })
    expect((await end(false)).status).toBe(200)
    expect(await acceptedBy('anna')).toHaveLength(2)
    expect((await end(true)).status).toBe(200)
    expect(await acceptedBy('anna')).toEqual([])
    expect(await acceptedBy('dora')).toHaveLength(2)
  })
})
