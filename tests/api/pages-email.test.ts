import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Page, TestBrowser } from '../support/browser.ts'
import { type EmailServer, startEmailServer } from '../support/email-server.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const password = 'a long enough password'
const newPassword = 'another long password'
const MINUTE_MS = 60_000

onBothDatabases('the pages with e-mail', (dialect) => {
  const clock = new FakeClock(Date.now())
  let place: EmailServer
  let server: TestServer
  let root: TestUser
  beforeAll(async () => {
    place = await startEmailServer({ dialect, clock })
    server = place.server
    root = await server.register('root', { admin: true })
  })
  afterAll(() => place.remove())

  const signedIn = async (user: TestUser) => {
    const browser = new TestBrowser(server.url)
    return { browser, page: await browser.signIn(await browser.open('/account/'), user) }
  }
  const give = (user: TestUser, address: string) =>
    server.api('PUT', `/_synapse/admin/v2/users/${user.userId}`, {
      token: root.accessToken,
      body: { threepids: [{ medium: 'email', address }] },
    })
  const codeFor = async (address: string) => /\b\d{6}\b/.exec((await place.mail.next(address)).text)![0]
  const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
  const login = async (user: TestUser, typed: string) =>
    (await server.api('POST', '/_matrix/client/v3/login', { body: { type: 'm.login.password', user: user.localpart, password: typed } }))
      .status
  const whoami = async (user: TestUser) =>
    (await server.api('GET', '/_matrix/client/v3/account/whoami', { token: user.accessToken })).status
  const ask = async (email: string): Promise<Page> => {
    const browser = new TestBrowser(server.url)
    return browser.submit(await browser.open('/recover'), '/recover', { email })
  }

  test('a forgotten password is replaced by the link in an e-mail, once; sessions go on', async () => {
    const anna = await server.register('anna')
    await give(anna, 'anna@example.org')
    expect((await new TestBrowser(server.url).open('/login')).html).toContain('href="/recover"')
    expect((await ask('Anna@example.org')).html).toContain('anna@example.org')
    await ask('anna@example.org')
    const [first, second] = [await place.mail.next('anna@example.org'), await place.mail.next('anna@example.org')]
    const browser = new TestBrowser(server.url)
    const form = await browser.open(first.link)
    expect(form.html).toContain(anna.userId)
    const set = (page: Page, typed: string, again = typed) =>
      browser.submit(page, '/account/password/recovery', { new_password: typed, new_password_confirm: again })
    expect((await set(form, 'short')).status).toBe(400)
    expect((await set(form, newPassword, 'other')).html).toContain('differ')
    expect((await set(form, newPassword)).html).toContain('Password set')
    expect([await login(anna, anna.password), await login(anna, newPassword), await whoami(anna)]).toEqual([403, 200, 200])
    expect([(await set(form, 'third long password')).status, (await browser.open(second.link)).status]).toEqual([410, 410])
  })

  test('the answer does not tell whether an address has an account', async () => {
    const berta = await server.register('berta')
    await give(berta, 'known@example.org')
    const strip = (page: Page) => [page.status, page.html.replaceAll(/\w+@example\.org/g, '')]
    expect(strip(await ask('unknown@example.org'))).toEqual(strip(await ask('known@example.org')))
    await place.mail.next('known@example.org')
    expect(place.mail.received.some(({ to }) => to === 'unknown@example.org')).toBe(false)
    expect((await ask('no address')).status).toBe(400)
  })

  test('a recovery link works for ten minutes, not for locked accounts, and signs out everywhere if asked', async () => {
    const carl = await server.register('carl')
    await give(carl, 'carl@example.org')
    await ask('carl@example.org')
    const old = (await place.mail.next('carl@example.org')).link
    clock.advance(10 * MINUTE_MS)
    const browser = new TestBrowser(server.url)
    expect((await browser.open(old)).status).toBe(410)
    await ask('carl@example.org')
    const { link } = await place.mail.next('carl@example.org')
    const lock = (locked: boolean) =>
      server.api('PUT', `/_synapse/admin/v2/users/${carl.userId}`, { token: root.accessToken, body: { locked } })
    await lock(true)
    expect((await browser.open(link)).status).toBe(403)
    await lock(false)
    const fields = { new_password: newPassword, new_password_confirm: newPassword, end_sessions: 'yes' }
    expect((await browser.submit(await browser.open(link), '/account/password/recovery', fields)).status).toBe(200)
    expect(await whoami(carl)).toBe(401)
    expect((await browser.open('/account/password/recovery?ticket=made-up')).status).toBe(410)
  })

  test('the password is changed with the old one; this browser stays signed in', async () => {
    const dora = await server.register('dora')
    const { browser } = await signedIn(dora)
    const other = await signedIn(dora)
    const page = await browser.open('/account/password/change')
    const change = (fields: Record<string, string>) =>
      browser.submit(page, '/account/password/change', {
        current_password: dora.password,
        new_password: newPassword,
        new_password_confirm: newPassword,
        ...fields,
      })
    expect((await change({ current_password: 'wrong' })).html).toContain('current password is wrong')
    expect((await change({ new_password: 'short', new_password_confirm: 'short' })).status).toBe(400)
    expect((await change({ csrf: 'made up' })).status).toBe(403)
    expect(await login(dora, dora.password)).toBe(200)
    expect((await change({ end_sessions: 'yes' })).html).toContain('Password changed')
    expect([await login(dora, dora.password), await login(dora, newPassword), await whoami(dora)]).toEqual([403, 200, 401])
    expect((await browser.open('/account/')).html).toContain(dora.userId)
    expect((await other.browser.open('/account/')).url).toContain('/login')
    const nobody = await new TestBrowser(server.url).open('/account/password/change')
    expect(nobody.url).toContain('/login?kind=change_password')
  })

  test('an address is added with a code and taken away with the password; its owner signs in with it', async () => {
    const emil = await server.register('emil')
    const { browser } = await signedIn(emil)
    const page = await browser.open('/account/emails')
    const add = (email: string, typed = emil.password) => browser.submit(page, '/account/emails', { email, password: typed })
    expect((await add('emil@example.org', 'wrong')).html).toContain('current password is wrong')
    expect((await add('no address')).status).toBe(400)
    const form = await add('Emil@example.org')
    const code = await codeFor('emil@example.org')
    const type = (typed: string) => browser.submit(form, /verify/, { code: typed })
    expect((await type(wrong(code))).html).toContain('wrong or too old')
    expect((await type(code)).html).toContain('emil@example.org')
    expect((await type(code)).status).toBe(404)
    const login = new TestBrowser(server.url)
    const own = await login.submit(await login.open('/login'), '/login', { username: 'Emil@example.org', password: emil.password })
    expect(own.html).toContain(emil.userId)
    const list = await browser.open('/account/emails')
    const remove = (typed: string) => browser.submit(list, '/account/emails/remove', { password: typed })
    expect((await remove('wrong')).html).toContain('current password is wrong')
    expect((await remove(emil.password)).html).not.toContain('emil@example.org')
  })

  test('a code works for five minutes and ten attempts, is replaced by another, and is nothing for others', async () => {
    const fred = await server.register('fred')
    const { browser } = await signedIn(fred)
    const add = async (email: string) =>
      browser.submit(await browser.open('/account/emails'), '/account/emails', { email, password: fred.password })
    const form = await add('fred@example.org')
    const action = form.forms[0]!.action
    const first = await codeFor('fred@example.org')
    clock.advance(5 * MINUTE_MS)
    expect((await browser.submit(form, action, { code: first })).status).toBe(400)
    const again = await browser.post(action, { ...form.forms[0]!.fields, action: 'resend' })
    expect(again.html).toContain('on its way')
    const second = await codeFor('fred@example.org')
    expect((await (await signedIn(root)).browser.open(action)).status).toBe(404)
    for (let attempt = 0; attempt < 10; attempt++) await browser.submit(form, action, { code: wrong(second) })
    expect((await browser.submit(form, action, { code: second })).html).toContain('wrong or too old')
    for (let sent = 0; sent < 3; sent++) {
      clock.advance(1)
      await browser.post(action, { ...form.forms[0]!.fields, action: 'resend' })
    }
    expect((await browser.post(action, { ...form.forms[0]!.fields, action: 'resend' })).html).toContain('Too many messages')
    const [, , last] = [await codeFor('fred@example.org'), await codeFor('fred@example.org'), await codeFor('fred@example.org')]
    expect((await browser.submit(form, action, { code: last! })).url).toBe(`${server.url}/account/emails`)
  })

  test('whoever confirms an address of somebody else is told so only then', async () => {
    const [owner, late] = [await server.register('owner'), await server.register('latecomer')]
    await give(owner, 'taken@example.org')
    const { browser } = await signedIn(late)
    const form = await browser.submit(await browser.open('/account/emails'), '/account/emails', {
      email: 'taken@example.org',
      password: late.password,
    })
    const page = await browser.submit(form, /verify/, { code: await codeFor('taken@example.org') })
    expect(page.html).toContain('belongs to another account')
    expect((await browser.open('/account/emails')).html).not.toContain('taken@example.org')
  })

  test('an account with an address is made once the code is right, in the same browser', async () => {
    const browser = new TestBrowser(server.url)
    const register = async (fields: Record<string, string>) =>
      browser.submit(await browser.open('/register'), '/register', { password, password_confirm: password, ...fields })
    expect((await register({ username: 'gina', email: 'no address' })).status).toBe(400)
    const form = await register({ username: 'gina', email: 'Gina@example.org' })
    expect((await server.api('GET', '/_matrix/client/v3/register/available?username=gina')).status).toBe(200)
    const code = await codeFor('gina@example.org')
    expect((await new TestBrowser(server.url).open(form.forms[0]!.action)).status).toBe(404)
    expect((await browser.submit(form, /verify/, { code: wrong(code) })).status).toBe(400)
    expect((await browser.submit(form, /verify/, { code })).html).toContain('@gina:glia.test')
    expect((await browser.open('/account/emails')).html).toContain('gina@example.org')
    const plain = new TestBrowser(server.url)
    const made = await plain.submit(await plain.open('/register'), '/register', {
      username: 'hans',
      password,
      password_confirm: password,
      email: '',
    })
    expect(made.html).toContain('@hans:glia.test')
  })

  test('a name that was taken while the code was on its way leaves nothing half-done', async () => {
    const browser = new TestBrowser(server.url)
    const form = await browser.submit(await browser.open('/register'), '/register', {
      username: 'ida',
      email: 'ida@example.org',
      password,
      password_confirm: password,
    })
    await server.register('ida')
    const code = await codeFor('ida@example.org')
    const page = await browser.submit(form, /verify/, { code })
    expect([page.status, page.html.includes('already taken')]).toEqual([400, true])
    expect((await browser.open('/account/')).url).toContain('/login')
  })

  test('an account is ended with the password, and only on purpose; the deep link leads there', async () => {
    const jana = await server.register('jana')
    const browser = new TestBrowser(server.url)
    const page = await browser.signIn(await browser.open('/account/?action=org.matrix.account_deactivate'), jana)
    expect(page.url).toBe(`${server.url}/account/deactivate`)
    const end = (fields: Record<string, string>) => browser.submit(page, '/account/deactivate', fields)
    expect((await end({ password: jana.password })).html).toContain('Tick the box')
    expect((await end({ password: 'wrong', confirm: 'yes' })).html).toContain('current password is wrong')
    expect(await whoami(jana)).toBe(200)
    expect((await end({ password: jana.password, confirm: 'yes', erase: 'yes' })).html).toContain('has ended')
    expect(await whoami(jana)).toBe(401)
    const user = await server.api('GET', `/_synapse/admin/v2/users/${jana.userId}`, { token: root.accessToken })
    expect(user.body).toMatchObject({ deactivated: true, erased: true })
  })
})

describe('the pages', () => {
  test('ask for an address where one is required, and for an allowed one; with a token', async () => {
    const place = await startEmailServer({
      config: {
        registrations_require_3pid: ['email'],
        allowed_local_3pids: [{ medium: 'email', pattern: '.*@example\\.org$' }],
        registration_requires_token: true,
      },
    })
    try {
      const root = await place.server.register('root', { admin: true })
      await place.server.api('POST', '/_synapse/admin/v1/registration_tokens/new', {
        token: root.accessToken,
        body: { token: 'once', uses_allowed: 1 },
      })
      const browser = new TestBrowser(place.server.url)
      const register = async (email: string, token: string) =>
        browser.submit(await browser.open('/register'), '/register', {
          username: 'nora',
          password,
          password_confirm: password,
          email,
          token,
        })
      expect((await register('', 'once')).html).toContain('no e-mail address')
      expect((await register('x@example.com', 'once')).html).toContain('not allowed')
      const confirm = async (form: Page) => {
        const { text } = await place.mail.next('x@example.org')
        return browser.submit(form, /verify/, { code: /\b\d{6}\b/.exec(text)![0] })
      }
      expect((await confirm(await register('x@example.org', 'wrong'))).html).toContain('token is not valid')
      expect((await confirm(await register('x@example.org', 'once'))).html).toContain('@nora:glia.test')
    } finally {
      await place.remove()
    }
  })

  test('offer nothing with e-mail where none is sent', async () => {
    const server = await startTestServer()
    try {
      const browser = new TestBrowser(server.url)
      expect((await browser.open('/recover')).status).toBe(404)
      expect((await browser.open('/login')).html).not.toContain('/recover')
      expect((await browser.open('/register')).html).not.toContain('name="email"')
    } finally {
      await server.remove()
    }
  })

  test('send no more messages than are allowed', async () => {
    const place = await startEmailServer({ config: { rc_3pid_validation: { per_second: 0.001, burst_count: 1 } } })
    try {
      const ask = async (email: string) => {
        const browser = new TestBrowser(place.server.url)
        return (await browser.submit(await browser.open('/recover'), '/recover', { email })).status
      }
      expect([await ask('a@example.org'), await ask('b@example.org')]).toEqual([200, 429])
    } finally {
      await place.remove()
    }
  })
})
