import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const REGISTER = '/_matrix/client/v3/register'
const AVAILABLE = '/_matrix/client/v3/register/available'
const VALIDITY = '/_matrix/client/v1/register/m.login.registration_token/validity'
const dummy = { type: 'm.login.dummy' }

onBothDatabases('registration', (dialect) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    await server.register('taken')
  })
  afterAll(() => server.remove())

  const register = (body: unknown) => server.api('POST', REGISTER, { body })

  test('the first request is answered with the flows, and registers nobody', async () => {
    const answer = await register({ username: 'early', password: 'secret' })
    expect(answer.status).toBe(401)
    expect(answer.body).toEqual({ session: expect.stringMatching(/^[A-Za-z]{24}$/), flows: [{ stages: ['m.login.dummy'] }], params: {} })
    expect((await server.api('GET', `${AVAILABLE}?username=early`)).body).toEqual({ available: true })
  })

  test('what was told at first may be left out with the session', async () => {
    const first = await register({ username: 'Patient', password: 'secret', device_id: 'TABLET' })
    const second = await register({ auth: { ...dummy, session: first.body.session } })
    expect(second.status).toBe(200)
    expect(second.body).toMatchObject({ user_id: '@patient:glia.test', device_id: 'TABLET', home_server: 'glia.test' })
    const login = await server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', user: 'patient', password: 'secret' },
    })
    expect(login.status).toBe(200)
  })

  test('a session registers once', async () => {
    const { body } = await register({ username: 'once', password: 'secret' })
    const auth = { ...dummy, session: body.session }
    expect((await register({ auth })).status).toBe(200)
    expect((await register({ auth, username: 'again', password: 'x' })).body.error).toBe(`Unknown session ID: ${body.session}`)
  })

  test('the dummy stage without a session passes at once', async () => {
    const answer = await register({ username: 'quick', password: 'secret', auth: dummy, refresh_token: true })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ user_id: '@quick:glia.test', expires_in_ms: 300_000, refresh_token: expect.any(String) })
  })

  test('nobody is signed in when that is not wanted, and the server picks a name when none is given', async () => {
    const quiet = await register({ username: 'quiet', password: 'secret', auth: dummy, inhibit_login: true })
    expect(quiet.body).toEqual({ user_id: '@quiet:glia.test', home_server: 'glia.test' })
    const nameless = await register({ password: 'secret', auth: dummy })
    expect(nameless.body.user_id).toMatch(/^@\d+:glia\.test$/)
  })

  test.each([
    [{ username: 'taken' }, 400, 'M_USER_IN_USE', 'User ID already taken.'],
    [{ username: 'TAKEN', auth: dummy }, 400, 'M_USER_IN_USE', 'User ID already taken.'],
    [{ username: 'b b' }, 400, 'M_INVALID_USERNAME', "User ID can only contain characters a-z, 0-9, or '=_-./+'"],
    [{ username: '' }, 400, 'M_INVALID_USERNAME', 'User ID cannot be empty'],
    [{ username: '_x' }, 400, 'M_INVALID_USERNAME', 'User ID may not begin with _'],
    [{ username: '123' }, 400, 'M_INVALID_USERNAME', 'Numeric user IDs are reserved for guest users.'],
    [{ username: 'x'.repeat(250) }, 400, 'M_INVALID_USERNAME', 'User ID may not be longer than 255 characters'],
    [{ username: 7 }, 400, 'M_UNKNOWN', 'Invalid username'],
    [{ username: 'free', password: 7 }, 400, 'M_UNKNOWN', 'Invalid password'],
    [{ username: 'free', auth: dummy }, 400, 'M_MISSING_PARAM', 'Missing params: password'],
    [{ username: 'free', password: 'x', auth: { session: 'nope' } }, 400, 'M_UNKNOWN', 'Unknown session ID: nope'],
    [{ username: 'free', password: 'x', auth: { type: 'm.login.duck' } }, 400, 'M_INVALID_PARAM', 'Invalid login submission'],
  ])('refuses %j', async (body, status, errcode, error) => {
    const answer = await register(body)
    expect([answer.status, answer.body]).toEqual([status, { errcode, error }])
  })

  test('refuses an auth that is no object, guests, and kinds that there are not', async () => {
    const answers = [
      await register({ username: 'free', auth: 7 }),
      await server.api('POST', `${REGISTER}?kind=guest`, { body: {} }),
      await server.api('POST', `${REGISTER}?kind=duck`, { body: {} }),
    ]
    expect(answers.map(({ status, body }) => [status, body.errcode])).toEqual([
      [400, 'M_BAD_JSON'],
      [403, 'M_FORBIDDEN'],
      [400, 'M_UNRECOGNIZED'],
    ])
  })

  test('of two who register the same name at the same time one succeeds', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => register({ username: 'race', password: 'secret', auth: dummy })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
  })

  test('availability is asked without folding the case', async () => {
    const answers = await Promise.all(['fresh', 'taken', 'Fresh'].map((name) => server.api('GET', `${AVAILABLE}?username=${name}`)))
    expect(answers.map(({ status, body }) => [status, body.errcode])).toEqual([
      [200, undefined],
      [400, 'M_USER_IN_USE'],
      [400, 'M_INVALID_USERNAME'],
    ])
  })
})

onBothDatabases('registration with tokens', (dialect) => {
  const tokenType = 'm.login.registration_token'
  const TOKENS = '/_synapse/admin/v1/registration_tokens'
  let server: TestServer
  let admin: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect, config: { registration_requires_token: true } })
    admin = await server.register('admin', { admin: true })
    await newToken('single', 1)
  })
  afterAll(() => server.remove())

  const newToken = (token: string, uses_allowed: number | null) =>
    server.api('POST', `${TOKENS}/new`, { token: admin.accessToken, body: { token, uses_allowed } })
  const tokenRow = async (token: string) => (await server.api('GET', `${TOKENS}/${token}`, { token: admin.accessToken })).body
  const register = (body: unknown) => server.api('POST', REGISTER, { body })
  const isValid = async (token: string) => (await server.api('GET', `${VALIDITY}?token=${token}`)).body.valid

  test('a use is reserved when the token is shown and spent when the account is there', async () => {
    const first = await register({ username: 'one', password: 'secret' })
    expect(first.body.flows).toEqual([{ stages: [tokenType, 'm.login.dummy'] }])
    const { session } = first.body
    expect(await isValid('single')).toBe(true)
    const shown = await register({ auth: { type: tokenType, token: 'single', session } })
    expect([shown.status, shown.body.completed]).toEqual([401, [tokenType]])
    expect(await tokenRow('single')).toMatchObject({ pending: 1, completed: 0 })
    expect(await isValid('single')).toBe(false)
    const done = await register({ auth: { type: 'm.login.dummy', session } })
    expect(done.body.user_id).toBe('@one:glia.test')
    expect(await tokenRow('single')).toMatchObject({ pending: 0, completed: 1 })
  })

  test('a stage that fails may be tried again', async () => {
    const { body } = await register({ username: 'two', password: 'secret' })
    const attempt = (auth: object) => register({ auth: { type: tokenType, session: body.session, ...auth } })
    const failures = [await attempt({}), await attempt({ token: 7 }), await attempt({ token: 'nope' }), await attempt({ token: 'single' })]
    expect(failures.map(({ status, body }) => [status, body.errcode, body.completed])).toEqual([
      [401, 'M_MISSING_PARAM', []],
      [401, 'M_INVALID_PARAM', []],
      [401, 'M_UNAUTHORIZED', []],
      [401, 'M_UNAUTHORIZED', []],
    ])
    expect(failures[0]!.body.session).toBe(body.session)
  })

  test('the dummy stage alone does not register', async () => {
    const answer = await register({ username: 'three', password: 'secret', auth: dummy })
    expect([answer.status, answer.body.completed]).toEqual([401, ['m.login.dummy']])
  })

  test('the last use is reserved once, however many ask at the same time', async () => {
    await newToken('few', 2)
    const sessions = await Promise.all([1, 2, 3, 4].map((n) => register({ username: `crowd${n}`, password: 'x' })))
    const answers = await Promise.all(
      sessions.map(({ body }) => register({ auth: { type: tokenType, token: 'few', session: body.session } })),
    )
    expect(answers.filter(({ body }) => body.completed.length === 1)).toHaveLength(2)
    expect(await tokenRow('few')).toMatchObject({ pending: 2, completed: 0 })
  })
})

test('where registration is closed, everything about it answers 403', async () => {
  const server = await startTestServer({ config: { enable_registration: false, allow_guest_access: true } })
  const answers = [
    await server.api('POST', REGISTER, { body: {} }),
    await server.api('POST', REGISTER, { body: { username: 'x', password: 'y', auth: dummy } }),
    await server.api('GET', `${AVAILABLE}?username=x`),
    await server.api('GET', `${VALIDITY}?token=x`),
  ]
  for (const { status, body } of answers) expect([status, body.errcode]).toEqual([403, 'M_FORBIDDEN'])
  const guest = await server.api('POST', `${REGISTER}?kind=guest`, { body: { username: 'ignored' } })
  expect(guest.body.user_id).toMatch(/^@\d+:glia\.test$/)
  const who = await server.api('GET', '/_matrix/client/v3/account/whoami', { token: guest.body.access_token })
  expect(who.body.is_guest).toBe(true)
  await server.remove()
})
