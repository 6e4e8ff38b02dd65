import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const password = 'a long enough password'

onBothDatabases('the set-up page', (dialect) => {
  const clock = new FakeClock(Date.now())
  let server: TestServer
  beforeEach(async () => {
    server = await startTestServer({ dialect, clock })
  })
  afterEach(() => server.remove())

  const fill = (browser: TestBrowser, page: Awaited<ReturnType<TestBrowser['open']>>, username = 'boss', typed = password) =>
    browser.submit(page, '/setup', { username, password: typed, password_confirm: typed })

  test('makes the first admin, signs them in, and is over', async () => {
    const link = (await server.running.server.createSetupLink())!
    expect(link).toMatch(new RegExp(`^${server.url}/setup\\?token=\\w{32}$`))
    const browser = new TestBrowser(server.url)
    const done = await fill(browser, await browser.open(link))
    expect(done.html).toContain('@boss:glia.test is the administrator')
    expect((await browser.open('/account/')).html).toContain('You administer this server')
    const login = await server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'boss' }, password },
    })
    const version = await server.api('GET', '/_synapse/admin/v1/server_version', { token: login.body.access_token })
    expect(version.status).toBe(200)
    const log = await server.api('GET', '/_glia/admin/v1/audit_log?operation=setup.first_admin', { token: login.body.access_token })
    expect(log.body.records).toMatchObject([
      { actor: { user_id: '@boss:glia.test' }, target: { kind: 'user', id: '@boss:glia.test' }, outcome: 'done' },
    ])
    expect((await browser.open(link)).status).toBe(403)
    expect(await server.running.server.createSetupLink()).toBeUndefined()
  })

  test('says what is wrong with a name or password, and can be tried again', async () => {
    const link = (await server.running.server.createSetupLink())!
    await server.register('taken')
    const browser = new TestBrowser(server.url)
    const page = await browser.open(link)
    expect((await fill(browser, page, 'taken')).html).toContain('User ID already taken.')
    expect((await fill(browser, page, 'bo ss')).status).toBe(400)
    expect((await fill(browser, page, 'boss', 'short')).html).toContain('at least 8 characters')
    expect((await browser.submit(page, '/setup', { username: 'boss', password, password_confirm: 'other' })).html).toContain('differ')
    expect((await fill(browser, page)).html).toContain('is the administrator')
  })

  test('two at once make one admin', async () => {
    const link = (await server.running.server.createSetupLink())!
    const browsers = [new TestBrowser(server.url), new TestBrowser(server.url)]
    const pages = await Promise.all(browsers.map((browser) => browser.open(link)))
    const answers = await Promise.all(browsers.map((browser, index) => fill(browser, pages[index]!, `boss${index + 1}x`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403])
  })

  test('a link is good for a day, and an older one not at all', async () => {
    const old = (await server.running.server.createSetupLink())!
    const link = (await server.running.server.createSetupLink())!
    const browser = new TestBrowser(server.url)
    expect((await browser.open(old)).status).toBe(403)
    expect((await browser.open(link)).status).toBe(200)
    clock.advance(24 * 60 * 60_000)
    expect((await browser.open(link)).status).toBe(403)
  })

  test('once there is an admin, the link is worth nothing', async () => {
    const link = (await server.running.server.createSetupLink())!
    const browser = new TestBrowser(server.url)
    const page = await browser.open(link)
    await server.register('root', { admin: true })
    expect((await fill(browser, page)).status).toBe(403)
    expect((await browser.open('/setup?token=made-up')).status).toBe(403)
  })
})

describe('the pages', () => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  let root: TestUser
  beforeAll(async () => {
    server = await startTestServer()
    alice = await server.register('alice')
    bob = await server.register('bob')
    root = await server.register('root', { admin: true })
  })
  afterAll(() => server.remove())
  const signedIn = async (user: TestUser) => {
    const browser = new TestBrowser(server.url)
    return { browser, page: await browser.signIn(await browser.open('/account/'), user) }
  }

  test('cannot be framed, load nothing foreign and keep their cookies from scripts', async () => {
    const answer = await server.api('GET', '/login')
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
    )
    expect(answer.headers.get('x-frame-options')).toBe('DENY')
    expect(answer.headers.get('set-cookie')).toMatch(/^glia_csrf=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect(answer.body).not.toMatch(/<script|style=/)
    expect((await server.api('GET', '/assets/pages.css')).headers.get('content-type')).toContain('text/css')
  })

  test('on https the cookies are bound to the host', async () => {
    const secure = await startTestServer({ config: { public_baseurl: 'https://glia.test/' } })
    try {
      const { headers } = await secure.api('GET', '/login')
      expect(headers.get('set-cookie')).toMatch(/^__Host-glia_csrf=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
    } finally {
      await secure.remove()
    }
  })

  test('an unknown page and a wrong id get a readable error', async () => {
    for (const path of ['/nowhere', '/consent/x', '/device/01ARZ3NDEKTSV4RRFFQ69G5FAV']) {
      const { status, html, headers } = await new TestBrowser(server.url).open(path)
      expect([status, html.includes('<h1>')]).toEqual([404, true])
      expect(headers.get('x-frame-options')).toBe('DENY')
    }
  })

  test.each([
    ['a wrong password', { username: 'alice', password: 'wrong' }],
    ['an unknown user', { username: 'nobody', password }],
    ['a user of another server', { username: '@alice:elsewhere.example', password }],
    ['nothing', { username: '', password: '' }],
  ])('signing in with %s is refused with the same words', async (_, fields) => {
    const browser = new TestBrowser(server.url)
    const page = await browser.submit(await browser.open('/login'), '/login', fields)
    expect([page.status, page.html.includes('User name or password is wrong.')]).toEqual([403, true])
  })

  test('the name may be the whole user id; what was typed is escaped', async () => {
    const browser = new TestBrowser(server.url)
    const refused = await browser.submit(await browser.open('/login'), '/login', { username: '"><script>x</script>', password: 'x' })
    expect(refused.html).not.toContain('<script>')
    const page = await browser.submit(refused, '/login', { username: alice.userId, password: alice.password })
    expect(page.html).toContain(alice.userId)
  })

  test('a locked account is only named to whoever knows its password, and its browsers are out', async () => {
    const carol = await server.register('carol')
    const { browser } = await signedIn(carol)
    await server.api('PUT', `/_synapse/admin/v2/users/${carol.userId}`, { token: root.accessToken, body: { locked: true } })
    expect((await browser.open('/account/')).url).toContain('/login')
    const page = await browser.open('/login')
    expect((await browser.submit(page, '/login', { username: 'carol', password: 'wrong' })).html).toContain('is wrong')
    expect((await browser.signIn(page, carol)).html).toContain('locked')
  })

  test('signing in leads back to what was begun, and nowhere else', async () => {
    const browser = new TestBrowser(server.url)
    const login = await browser.open('/account/?action=org.matrix.devices_list')
    expect(login.url).toContain('/login?kind=manage_account&action=org.matrix.devices_list')
    expect((await browser.signIn(login, alice)).html).toContain('Your sessions')
    const odd = await new TestBrowser(server.url).open('/login?kind=continue_authorization_grant&id=//evil.example')
    expect(odd.status).toBe(200)
    expect((await browser.open('/login?kind=continue_authorization_grant&id=//evil.example')).url).toBe(`${server.url}/account/`)
  })

  test('the account page shows the sessions, and ends them with their devices', async () => {
    const { browser, page } = await signedIn(bob)
    expect(page.html).toContain(bob.deviceId)
    const view = await browser.open(`/account/?action=org.matrix.device_view&device_id=${bob.deviceId}`)
    expect(view.html).toContain(bob.deviceId)
    const after = await browser.submit(view, /^\/account\/sessions\//)
    expect(after.html).not.toContain(bob.deviceId)
    expect((await server.api('GET', '/_matrix/client/v3/account/whoami', { token: bob.accessToken })).status).toBe(401)
    expect((await browser.open(`/account/?action=org.matrix.device_view&device_id=${bob.deviceId}`)).status).toBe(404)
  })

  test('nobody ends sessions of others', async () => {
    const { page } = await signedIn(alice)
    const action = page.forms.find((form) => form.action.startsWith('/account/sessions/'))!.action
    const { browser: thief, page: own } = await signedIn(bob)
    const csrf = own.forms[0]!.fields.csrf!
    expect((await thief.post(action, { csrf })).status).toBe(404)
    expect((await server.api('GET', '/_matrix/client/v3/account/whoami', { token: alice.accessToken })).status).toBe(200)
  })

  test('another browser can be signed out', async () => {
    const { browser: first } = await signedIn(alice)
    const { browser: second, page } = await signedIn(alice)
    const others = page.forms.filter(({ action }) => action.startsWith('/account/browsers/'))
    expect(others.length).toBeGreaterThan(0)
    for (const { action, fields } of others) await second.post(action, fields)
    expect((await first.open('/account/')).url).toContain('/login')
    expect((await second.open('/account/')).html).toContain(alice.userId)
  })

  test('signing out needs the form of the page, and ends the browser session', async () => {
    const { browser, page } = await signedIn(alice)
    expect((await browser.post('/logout', {})).status).toBe(403)
    const cookie = browser.cookies.get('glia_session')!
    await browser.submit(page, '/logout')
    const replayed = await fetch(`${server.url}/account/`, { headers: { cookie: `glia_session=${cookie}` }, redirect: 'manual' })
    expect(replayed.headers.get('location')).toContain('/login')
  })

  test('an account can be made where registration is open', async () => {
    const browser = new TestBrowser(server.url)
    const form = await browser.open('/register')
    const page = await browser.submit(form, '/register', { username: 'Dora', password, password_confirm: password })
    expect(page.html).toContain('@dora:glia.test')
  })
})

onBothDatabases('registration', (dialect) => {
  test('needs a token where the server says so; a token is used up', async () => {
    const server = await startTestServer({ dialect, config: { registration_requires_token: true } })
    try {
      const root = await server.register('root', { admin: true })
      await server.api('POST', '/_synapse/admin/v1/registration_tokens/new', {
        token: root.accessToken,
        body: { token: 'once', uses_allowed: 1 },
      })
      const register = async (username: string, token: string) => {
        const browser = new TestBrowser(server.url)
        return browser.submit(await browser.open('/register'), '/register', { username, token, password, password_confirm: password })
      }
      for (const wrong of ['wrong', 'on\0ce']) expect((await register('eve', wrong)).html).toContain('token is not valid')
      expect((await register('eve', 'once')).html).toContain('@eve:glia.test')
      expect((await register('fred', 'once')).html).toContain('token is not valid')
    } finally {
      await server.remove()
    }
  })

  test('is closed where it is not enabled', async () => {
    const server = await startTestServer({ dialect, config: { enable_registration: false } })
    try {
      const browser = new TestBrowser(server.url)
      expect((await browser.open('/register')).status).toBe(403)
      expect((await browser.open('/login')).html).not.toContain('/register')
      expect((await server.api('GET', '/.well-known/openid-configuration')).body.prompt_values_supported).toEqual(['login'])
    } finally {
      await server.remove()
    }
  })
})
