import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmailServer, startEmailServer } from '../support/email-server.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V3 = '/_matrix/client/v3'
const HOUR_MS = 3_600_000
let secrets = 0
const newSecret = () => `secret.${secrets++}`

/** What clients do around addresses. */
function clientOf(server: TestServer) {
  const post = (path: string, body: unknown, token?: string) =>
    server.api('POST', V3 + path, { body, ...(token === undefined ? {} : { token }) })
  const ask = (kind: string, email: string, more: Record<string, unknown> = {}) =>
    post(`${kind}/email/requestToken`, { client_secret: newSecret(), email, send_attempt: 1, ...more })
  const passwordOf = (user: TestUser) => ({
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: user.localpart },
    password: user.password,
  })
  return { post, ask, passwordOf }
}

/** Opens a link as a browser would, without following it. */
const open = (link: string) => fetch(link, { redirect: 'manual' })
const emailStage = (sid: string, client_secret: string) => ({ type: 'm.login.email.identity', threepid_creds: { sid, client_secret } })

onBothDatabases('e-mail addresses of accounts', (dialect) => {
  const clock = new FakeClock(Date.now())
  let place: EmailServer
  let server: TestServer
  let client: ReturnType<typeof clientOf>
  let root: TestUser
  beforeAll(async () => {
    place = await startEmailServer({ dialect, clock })
    server = place.server
    client = clientOf(server)
    root = await server.register('root', { admin: true })
  })
  afterAll(() => place.remove())

  /** Asks for the link, waits for it, opens it. */
  async function confirmed(kind: string, email: string): Promise<{ sid: string; client_secret: string }> {
    const client_secret = newSecret()
    const asked = await client.ask(kind, email, { client_secret })
    expect(asked.status).toBe(200)
    const { link } = await place.mail.next(email.toLowerCase())
    const url = new URL(link)
    const page = kind === '/account/password' ? await fetch(url, { method: 'POST', body: url.searchParams }) : await open(link)
    expect(page.status).toBe(200)
    return { sid: asked.body.sid, client_secret }
  }
  async function userWith(localpart: string, address: string): Promise<TestUser> {
    const user = await server.register(localpart)
    const creds = await confirmed('/account/3pid', address)
    const added = await client.post('/account/3pid/add', { ...creds, auth: client.passwordOf(user) }, user.accessToken)
    expect(added).toMatchObject({ status: 200, body: {} })
    return user
  }

  test('an address is added once its link was opened; it shows everywhere and signs its owner in', async () => {
    const user = await server.register('anna')
    const client_secret = newSecret()
    const { body } = await client.ask('/account/3pid', 'Anna@Example.org', { client_secret })
    const add = (auth?: object) => client.post('/account/3pid/add', { sid: body.sid, client_secret, auth }, user.accessToken)
    expect(await add()).toMatchObject({ status: 401, body: { flows: [{ stages: ['m.login.password'] }] } })
    expect(await add(client.passwordOf(user))).toMatchObject({ status: 400, body: { errcode: 'M_THREEPID_AUTH_FAILED' } })
    const mail = await place.mail.next('anna@example.org')
    expect(mail.link).toContain(`${server.url}/_matrix/client/unstable/add_threepid/email/submit_token?token=`)
    expect((await open(`${mail.link}x`)).status).toBe(400)
    const page = await open(mail.link)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('anna@example.org is confirmed')])
    expect(await add(client.passwordOf(user))).toMatchObject({ status: 200, body: {} })

    const now = clock.nowMs()
    const threepids = [{ medium: 'email', address: 'anna@example.org', added_at: now, validated_at: now }]
    expect((await server.api('GET', `${V3}/account/3pid`, { token: user.accessToken })).body).toEqual({ threepids })
    const admin = { token: root.accessToken }
    expect((await server.api('GET', `/_synapse/admin/v2/users/${user.userId}`, admin)).body.threepids).toEqual(threepids)
    expect((await server.api('GET', '/_synapse/admin/v1/threepid/email/users/anna@example.org', admin)).body).toEqual({
      user_id: user.userId,
    })
    const login = await client.post('/login', {
      type: 'm.login.password',
      identifier: { type: 'm.id.thirdparty', medium: 'email', address: 'ANNA@example.org' },
      password: user.password,
    })
    expect(login).toMatchObject({ status: 200, body: { user_id: user.userId } })
  })

  test('the older form of adding needs no password', async () => {
    const user = await server.register('olga')
    const creds = await confirmed('/account/3pid', 'olga@example.org')
    const add = (body: object) => client.post('/account/3pid', body, user.accessToken)
    expect(await add({})).toMatchObject({ status: 400, body: { errcode: 'M_MISSING_PARAM' } })
    expect(await add({ threePidCreds: { ...creds, sid: 'other' } })).toMatchObject({
      status: 400,
      body: { errcode: 'M_THREEPID_AUTH_FAILED' },
    })
    expect(await add({ threePidCreds: { ...creds, client_secret: 'other' } })).toMatchObject({ status: 400 })
    expect(await add({ three_pid_creds: creds })).toMatchObject({ status: 200, body: {} })
  })

  test('an address belongs to one account: the second is refused, before and after the e-mail', async () => {
    const second = await server.register('second')
    const creds = await confirmed('/account/3pid', 'contested@example.org')
    await userWith('first', 'contested@example.org')
    const late = await client.post('/account/3pid/add', { ...creds, auth: client.passwordOf(second) }, second.accessToken)
    expect(late).toMatchObject({ status: 400, body: { errcode: 'M_THREEPID_IN_USE' } })
    for (const kind of ['/account/3pid', '/register']) {
      expect(await client.ask(kind, 'Contested@example.org')).toMatchObject({ status: 400, body: { errcode: 'M_THREEPID_IN_USE' } })
    }
    expect((await server.api('GET', `${V3}/account/3pid`, { token: second.accessToken })).body).toEqual({ threepids: [] })
  })

  test('an address is taken away by its owner alone', async () => {
    const owner = await userWith('owner', 'owner@example.org')
    const thief = await server.register('thief')
    const remove = (user: TestUser) =>
      client.post('/account/3pid/delete', { medium: 'email', address: 'Owner@example.org' }, user.accessToken)
    const list = async () => (await server.api('GET', `${V3}/account/3pid`, { token: owner.accessToken })).body.threepids.length
    expect(await remove(thief)).toMatchObject({ status: 200, body: { id_server_unbind_result: 'no-support' } })
    expect(await list()).toBe(1)
    expect(await remove(owner)).toMatchObject({ status: 200, body: { id_server_unbind_result: 'no-support' } })
    expect(await list()).toBe(0)
    expect(await client.post('/account/3pid/delete', { medium: 'fax', address: 'x' }, owner.accessToken)).toMatchObject({
      status: 400,
      body: { errcode: 'M_BAD_JSON' },
    })
  })

  test('a message is sent again only for a higher send_attempt; an old link goes on working', async () => {
    const client_secret = newSecret()
    const ask = async (send_attempt: number) =>
      (await client.ask('/account/3pid', 'again@example.org', { client_secret, send_attempt })).body.sid
    const sid = await ask(3)
    const first = await place.mail.next('again@example.org')
    expect([await ask(3), await ask(2)]).toEqual([sid, sid])
    expect(await ask(4)).toBe(sid)
    await place.mail.next('again@example.org')
    expect(place.mail.received.filter(({ to }) => to === 'again@example.org')).toHaveLength(2)
    expect((await open(first.link)).status).toBe(200)
    expect(await ask(5)).toBe(sid)
    expect((await client.ask('/account/3pid', 'again@example.org')).body.sid).not.toBe(sid)
  })

  test('a link works for an hour, and what it confirmed for a day', async () => {
    const asked = await client.ask('/account/3pid', 'late@example.org')
    const { link } = await place.mail.next('late@example.org')
    clock.advance(HOUR_MS)
    expect((await open(link)).status).toBe(400)
    expect(asked.status).toBe(200)

    const user = await server.register('late')
    const creds = await confirmed('/account/3pid', 'late2@example.org')
    clock.advance(24 * HOUR_MS)
    const added = await client.post('/account/3pid/add', { ...creds, auth: client.passwordOf(user) }, user.accessToken)
    expect(added).toMatchObject({ status: 400, body: { errcode: 'M_THREEPID_AUTH_FAILED' } })
  })

  test('the browser is led on where the client wanted', async () => {
    await client.ask('/account/3pid', 'next@example.org', { next_link: 'https://client.example/done?a=b' })
    const { link } = await place.mail.next('next@example.org')
    const answer = await open(link)
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `https://client.example/done?a=b&sid=${new URL(link).searchParams.get('sid')}`,
    ])
  })

  test.each([
    [{ client_secret: 'with space' }, 'M_INVALID_PARAM'],
    [{ client_secret: '' }, 'M_INVALID_PARAM'],
    [{ client_secret: 7 }, 'M_INVALID_PARAM'],
    [{ email: 'nobody' }, 'M_INVALID_PARAM'],
    [{ email: 'a@example.org,b@example.org' }, 'M_INVALID_PARAM'],
    [{ email: null }, 'M_INVALID_PARAM'],
    [{ send_attempt: '1' }, 'M_INVALID_PARAM'],
    [{ send_attempt: undefined }, 'M_MISSING_PARAM'],
    [{ next_link: 'javascript:alert(1)' }, 'M_INVALID_PARAM'],
    [{ next_link: 'file:///etc/passwd' }, 'M_INVALID_PARAM'],
  ])('%j is refused with %s', async (wrong, errcode) => {
    expect(await client.ask('/account/3pid', 'odd@example.org', wrong)).toMatchObject({ status: 400, body: { errcode } })
    expect(place.mail.received.some(({ to }) => to === 'odd@example.org')).toBe(false)
  })

  test('phone numbers and identity servers are answered as unsupported', async () => {
    const user = await server.register('phoner')
    const phone = { client_secret: newSecret(), country: 'GB', phone_number: '07700900001', send_attempt: 1 }
    expect(await client.post('/account/3pid/msisdn/requestToken', phone)).toMatchObject({
      status: 400,
      body: { errcode: 'M_THREEPID_MEDIUM_NOT_SUPPORTED' },
    })
    expect(await client.post('/register/msisdn/requestToken', phone)).toMatchObject({ status: 400, body: { errcode: 'M_UNKNOWN' } })
    expect(await client.post('/account/password/msisdn/requestToken', phone)).toMatchObject({
      status: 404,
      body: { errcode: 'M_UNRECOGNIZED' },
    })
    const bind = { client_secret: 'x', id_server: 'id.example', id_access_token: 'x', sid: 'x' }
    expect(await client.post('/account/3pid/bind', bind, user.accessToken)).toMatchObject({
      status: 403,
      body: { errcode: 'M_SERVER_NOT_TRUSTED' },
    })
    expect(await client.post('/account/3pid/unbind', { medium: 'email', address: 'a@example.org' }, user.accessToken)).toMatchObject({
      status: 200,
      body: { id_server_unbind_result: 'no-support' },
    })
  })

  test('an account can be made with a confirmed address, which it then has', async () => {
    const register = (username: string, auth?: object) => client.post('/register', { username, password: 'pass word', auth })
    const { body } = await register('nora')
    expect(body.flows).toEqual([{ stages: ['m.login.dummy'] }, { stages: ['m.login.email.identity'] }])
    const asked = await client.ask('/register', 'Nora@example.org', { client_secret: 'nora' })
    expect(await register('nora', { session: body.session, ...emailStage(asked.body.sid, 'nora') })).toMatchObject({
      status: 401,
      body: { errcode: 'M_UNAUTHORIZED', completed: [] },
    })
    await open((await place.mail.next('nora@example.org')).link)
    const made = await register('nora', { session: body.session, ...emailStage(asked.body.sid, 'nora') })
    expect(made).toMatchObject({ status: 200, body: { user_id: '@nora:glia.test' } })
    const { threepids } = (await server.api('GET', `${V3}/account/3pid`, { token: made.body.access_token })).body
    expect(threepids).toMatchObject([{ medium: 'email', address: 'nora@example.org' }])
    expect(await register('nora2', emailStage(asked.body.sid, 'nora'))).toMatchObject({ status: 401, body: { errcode: 'M_UNAUTHORIZED' } })
  })

  test.each([
    {},
    { threepid_creds: 7 },
    { threepid_creds: { sid: 7, client_secret: 'x' } },
    { threepid_creds: { sid: 'a\0', client_secret: '' } },
  ])('the e-mail stage with %j fails, and can be tried again', async (odd) => {
    const answer = await client.post('/register', { username: 'odd', password: 'p', auth: { type: 'm.login.email.identity', ...odd } })
    expect(answer.status).toBe(401)
    expect(['M_MISSING_PARAM', 'M_UNAUTHORIZED']).toContain(answer.body.errcode)
  })

  test('a forgotten password is replaced by whoever reads the address, after asking; other sessions end', async () => {
    const user = await userWith('forgetful', 'forgetful@example.org')
    const client_secret = newSecret()
    const asked = await client.ask('/account/password', 'Forgetful@example.org', { client_secret })
    const { link } = await place.mail.next('forgetful@example.org')
    const reset = (new_password: string) =>
      client.post('/account/password', { new_password, auth: emailStage(asked.body.sid, client_secret) })
    expect(await client.post('/account/password', { new_password: 'x' })).toMatchObject({
      status: 401,
      body: { flows: [{ stages: ['m.login.email.identity'] }] },
    })
    // a mail program that looks at links confirms nothing
    expect(await (await open(link)).text()).toContain('Set a new password?')
    expect(await reset('new password')).toMatchObject({ status: 401, body: { errcode: 'M_UNAUTHORIZED' } })
    const url = new URL(link)
    expect((await fetch(url.origin + url.pathname, { method: 'POST', body: url.searchParams })).status).toBe(200)
    expect(await reset('new password')).toMatchObject({ status: 200, body: {} })
    expect(await reset('other password')).toMatchObject({ status: 401, body: { errcode: 'M_UNAUTHORIZED' } })
    expect((await server.api('GET', `${V3}/account/whoami`, { token: user.accessToken })).status).toBe(401)
    const login = (password: string) => client.post('/login', { ...client.passwordOf(user), password })
    expect([(await login(user.password)).status, (await login('new password')).status]).toEqual([403, 200])
  })

  test('what was confirmed for one thing is worth nothing for another', async () => {
    await userWith('victim', 'victim@example.org')
    const client_secret = newSecret()
    const asked = await client.ask('/account/password', 'victim@example.org', { client_secret })
    const { link } = await place.mail.next('victim@example.org')
    const other = link.replace('/password_reset/', '/add_threepid/')
    expect((await open(other)).status).toBe(400)
    expect(await client.post('/account/password', { new_password: 'x', auth: emailStage(asked.body.sid, client_secret) })).toMatchObject({
      status: 401,
    })

    const creds = await confirmed('/register', 'fresh@example.org')
    const user = await server.register('mixer')
    expect(await client.post('/account/3pid/add', { ...creds, auth: client.passwordOf(user) }, user.accessToken)).toMatchObject({
      status: 400,
      body: { errcode: 'M_THREEPID_AUTH_FAILED' },
    })
  })

  test('two who show the same confirmed address at once make one account', async () => {
    const { sid, client_secret } = await confirmed('/register', 'twice@example.org')
    const answers = await Promise.all(
      ['twice1', 'twice2'].map((username) => client.post('/register', { username, password: 'pw', auth: emailStage(sid, client_secret) })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
  })

  test('an unknown address has no password to forget', async () => {
    expect(await client.ask('/account/password', 'nobody@example.org')).toMatchObject({
      status: 400,
      body: { errcode: 'M_THREEPID_NOT_FOUND' },
    })
  })

  test('a message that could not be sent before the server stopped is sent after it started', async () => {
    place.mail.answer = (command) => (command.startsWith('RCPT') ? '451 later' : undefined)
    await client.ask('/account/3pid', 'patient@example.org')
    await server.restart()
    place.mail.answer = () => undefined
    clock.advance(30_000)
    const { link } = await place.mail.next('patient@example.org')
    expect((await open(link)).status).toBe(200)
  })

  test('a deactivated account loses its addresses', async () => {
    const user = await userWith('leaver', 'leaver@example.org')
    await client.post('/account/deactivate', { auth: client.passwordOf(user) }, user.accessToken)
    expect(await client.ask('/account/password', 'leaver@example.org')).toMatchObject({ body: { errcode: 'M_THREEPID_NOT_FOUND' } })
  })
})

describe('a server that asks for an address', () => {
  test('takes none without, and only those that are allowed; with a token as well', async () => {
    const place = await startEmailServer({
      config: {
        registrations_require_3pid: ['email'],
        allowed_local_3pids: [{ medium: 'email', pattern: '.*@example\\.org$' }],
        registration_requires_token: true,
      },
    })
    try {
      const client = clientOf(place.server)
      const root = await place.server.register('root', { admin: true })
      await place.server.api('POST', '/_synapse/admin/v1/registration_tokens/new', {
        token: root.accessToken,
        body: { token: 'once', uses_allowed: 1 },
      })
      expect(await client.ask('/register', 'x@example.com')).toMatchObject({ status: 403, body: { errcode: 'M_THREEPID_DENIED' } })
      const register = (auth?: object) => client.post('/register', { username: 'nora', password: 'p', auth })
      const { body } = await register()
      expect(body.flows).toEqual([{ stages: ['m.login.registration_token', 'm.login.email.identity'] }])
      const { session } = body
      expect(await register({ type: 'm.login.dummy', session })).toMatchObject({ status: 400 })
      const asked = await client.ask('/register', 'x@example.org', { client_secret: 's' })
      await open((await place.mail.next('x@example.org')).link)
      expect(await register({ session, ...emailStage(asked.body.sid, 's') })).toMatchObject({
        status: 401,
        body: { completed: ['m.login.email.identity'] },
      })
      expect(await register({ session, type: 'm.login.registration_token', token: 'once' })).toMatchObject({ status: 200 })
    } finally {
      await place.remove()
    }
  })

  test('does not tell who has an account where that is to be kept', async () => {
    const place = await startEmailServer({ config: { request_token_inhibit_3pid_errors: true } })
    try {
      const client = clientOf(place.server)
      const root = await place.server.register('root', { admin: true })
      await place.server.api('PUT', `/_synapse/admin/v2/users/${root.userId}`, {
        token: root.accessToken,
        body: { threepids: [{ medium: 'email', address: 'root@example.org' }] },
      })
      for (const [kind, known, unknown] of [
        ['/register', 'root@example.org', 'new@example.org'],
        ['/account/password', 'nobody@example.org', 'root@example.org'],
        ['/account/3pid', 'root@example.org', 'new@example.org'],
      ] as const) {
        const same = { client_secret: newSecret() }
        const [first, again, other] = [
          await client.ask(kind, known, same),
          await client.ask(kind, known, same),
          await client.ask(kind, unknown, same),
        ]
        for (const answer of [first, again, other])
          expect(answer).toMatchObject({ status: 200, body: { sid: expect.stringMatching(/^\w{16}$/) } })
        expect(again.body).toEqual(first.body)
        expect(Object.keys(other.body)).toEqual(['sid'])
      }
      expect((await place.mail.next('root@example.org')).subject).toContain('You have an account already')
      expect((await place.mail.next('root@example.org')).subject).toContain('Reset your password')
      expect(place.mail.received.some(({ to }) => to === 'nobody@example.org')).toBe(false)
    } finally {
      await place.remove()
    }
  })

  test('leaves addresses alone where they are not to be changed, leads only to listed hosts, and limits messages', async () => {
    const place = await startEmailServer({
      config: {
        enable_3pid_changes: false,
        next_link_domain_whitelist: ['client.example'],
        rc_3pid_validation: { per_second: 0.001, burst_count: 2 },
      },
    })
    try {
      const client = clientOf(place.server)
      const user = await place.server.register('user')
      expect(await client.ask('/account/3pid', 'x@example.org')).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
      expect(await client.post('/account/3pid/add', { sid: 'x', client_secret: 'x' }, user.accessToken)).toMatchObject({ status: 403 })
      expect(await client.post('/account/3pid/delete', { medium: 'email', address: 'x' }, user.accessToken)).toMatchObject({ status: 403 })
      const { capabilities } = (await place.server.api('GET', `${V3}/capabilities`, { token: user.accessToken })).body
      expect(capabilities['m.3pid_changes']).toEqual({ enabled: false })
      expect(await client.ask('/register', 'x@example.org', { next_link: 'https://evil.example/' })).toMatchObject({
        body: { errcode: 'M_INVALID_PARAM' },
      })
      expect((await client.ask('/register', 'x@example.org', { next_link: 'https://client.example/' })).status).toBe(200)
      expect((await client.ask('/register', 'y@example.org')).status).toBe(200)
      expect(await client.ask('/register', 'z@example.org')).toMatchObject({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED' } })
    } finally {
      await place.remove()
    }
  })
})

describe('a server without e-mail', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.remove())

  test.each([
    ['/register', 400, 'M_UNKNOWN'],
    ['/account/password', 400, 'M_UNKNOWN'],
    ['/account/3pid', 400, 'M_THREEPID_MEDIUM_NOT_SUPPORTED'],
  ])('says so at %s', async (kind, status, errcode) => {
    expect(await clientOf(server).ask(kind, 'x@example.org')).toMatchObject({ status, body: { errcode } })
  })

  test('has no way to replace a forgotten password, and no links', async () => {
    expect(await clientOf(server).post('/account/password', { new_password: 'x' })).toMatchObject({
      status: 401,
      body: { errcode: 'M_MISSING_TOKEN' },
    })
    expect((await clientOf(server).post('/register', { username: 'x' })).body.flows).toEqual([{ stages: ['m.login.dummy'] }])
    expect((await open(`${server.url}/_matrix/client/unstable/registration/email/submit_token?sid=x&client_secret=x&token=x`)).status).toBe(
      404,
    )
  })
})
