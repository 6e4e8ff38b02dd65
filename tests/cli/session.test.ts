import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { createGliaUser, type GliaUser } from '../support/run-glia.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const API = 'urn:matrix:org.matrix.msc2967.client:api:*'
const ADMIN = 'urn:synapse:admin:*'

let server: TestServer
let root: TestUser
let glia: GliaUser

beforeAll(async () => {
  // the shortest that the server allows: the command line finds every token near its end, and renews it
  server = await startTestServer({ config: { glia: { auth: { access_token_ttl: 60 } } } })
  root = await server.register('root', { admin: true })
})
afterAll(() => server.remove())
beforeEach(() => {
  glia = createGliaUser()
})
afterEach(() => glia.remove())

const sessionOf = (profile = 'default') => JSON.parse(readFileSync(join(glia.configHome, 'glia', `${profile}.json`), 'utf8'))
const isGood = async (token: string) => (await server.api('GET', '/_matrix/client/v3/account/whoami', { token })).status === 200

async function decide(link: string, action: 'consent' | 'reject', user = root): Promise<void> {
  const browser = new TestBrowser(server.url)
  const page = await browser.signIn(await browser.open(link), user)
  await browser.submit(page, /^\/device\//, { action, confirm_device: 'on' })
}

/** The link is printed before the waiting begins. */
const LINK = /(http\S+\/link\?code=[0-9A-Z]{6})\n.*Waiting for confirmation/s

async function logIn(args: string[] = []) {
  const run = glia.start(['login', server.url, ...args])
  await decide(await run.printed(LINK), 'consent')
  return run.ended
}

describe('the device grant', () => {
  test('opens a session, which renews itself until it is ended', async () => {
    const { status, out, err } = await logIn()
    expect([status, err]).toEqual([0, ''])
    expect(out).toContain(`address: ${server.url}/link\n`)
    expect(out).toMatch(/code: {4}[0-9A-Z]{6}\n/)
    expect(out).toContain(`Logged in at ${server.url} as ${root.userId}.`)

    const first = sessionOf()
    expect(first).toMatchObject({ server: server.url, userId: root.userId, oauth: { scope: `${API} ${ADMIN}` } })
    expect(out).not.toContain(first.accessToken)
    expect(statSync(join(glia.configHome, 'glia', 'default.json')).mode & 0o777).toBe(0o600)
    expect(statSync(join(glia.configHome, 'glia')).mode & 0o777).toBe(0o700)

    const token = (await glia.run(['token'])).out.trimEnd()
    expect(token).toMatch(/^mat_\S+$/)
    expect(token).not.toBe(first.accessToken)
    expect(sessionOf().accessToken).toBe(token)
    expect(sessionOf().refreshToken).not.toBe(first.refreshToken)
    expect((await server.api('GET', `/_synapse/admin/v2/users/${root.userId}`, { token })).status).toBe(200)

    const last = (await glia.run(['token'])).out.trimEnd()
    expect(await glia.run(['logout'])).toMatchObject({ status: 0, out: `Logged out from ${server.url}.\n` })
    expect(await isGood(last)).toBe(false)
    expect(readdirSync(join(glia.configHome, 'glia'))).toEqual([])
    expect(await glia.run(['token'])).toMatchObject({ status: 1, out: '', err: expect.stringContaining('nobody is logged in') })
  })

  test('many processes at once keep one session: none of them uses a refresh token twice', async () => {
    await logIn()
    const runs = await Promise.all(Array.from({ length: 4 }, () => glia.run(['token'])))
    for (const { status, err } of runs) expect([status, err]).toEqual([0, ''])
    expect(await isGood((await glia.run(['token'])).out.trimEnd())).toBe(true)
  })

  test('a refusal in the browser ends the command', async () => {
    const run = glia.start(['login', server.url])
    await decide(await run.printed(LINK), 'reject')
    expect(await run.ended).toMatchObject({ status: 1, err: 'Error: the request was refused in the browser\n' })
    expect((await glia.run(['whoami'])).status).toBe(1)
  })

  test('asks for the scopes that are named, and a new session takes the place of the old one', async () => {
    await logIn()
    const before = sessionOf()
    await logIn(['--scope', API])
    expect(sessionOf().oauth.scope).toBe(API)
    expect(await isGood(before.accessToken)).toBe(false)
    const { status, err } = await glia.run(['users', 'list'])
    expect(status).toBe(1)
    expect(err).toContain('M_FORBIDDEN')
    expect(err).toContain('the scope urn:synapse:admin:*')
  })

  test('profiles are sessions beside each other', async () => {
    await logIn(['--profile', 'work'])
    expect((await glia.run(['token'])).status).toBe(1)
    expect(await glia.json(['--profile', 'work', 'whoami'])).toMatchObject({ user_id: root.userId, profile: 'work', renews_itself: true })
    expect(await glia.json(['whoami'], { env: { GLIA_PROFILE: 'work' } })).toMatchObject({ user_id: root.userId })
  })

  test('a session that somebody else has ended is told, and kept until the next login', async () => {
    await logIn()
    const { refreshToken, oauth } = sessionOf()
    await server.api('POST', '/oauth2/revoke', { form: { token: refreshToken, client_id: oauth.clientId } })
    expect(await glia.run(['token'])).toEqual({
      status: 1,
      out: '',
      err: `Error: the session at ${server.url} has ended\n  Log in again: glia login ${server.url}\n`,
    })
    expect((await glia.run(['logout'])).status).toBe(0)
  })
})

describe('the legacy login', () => {
  test('opens a session with a password, renews and ends it', async () => {
    const login = await glia.run(['login', server.url, '--user', 'root', '--password-stdin'], { input: `${root.password}\n` })
    expect(login).toMatchObject({ status: 0, err: '' })
    const session = sessionOf()
    expect(session).toMatchObject({ userId: root.userId, refreshToken: expect.stringMatching(/^syr_/) })
    expect(session.oauth).toBeUndefined()
    expect(await glia.json(['users', 'get', 'root'])).toMatchObject({ name: root.userId, admin: true })
    expect((await glia.run(['logout'])).status).toBe(0)
    expect(await isGood(session.accessToken)).toBe(false)
  })

  test('a wrong password is refused and leaves nothing behind', async () => {
    const { status, err } = await glia.run(['login', server.url, '--user', 'root', '--password-stdin'], { input: 'wrong password' })
    expect(status).toBe(1)
    expect(err).toContain('M_FORBIDDEN')
    expect(err).not.toContain('wrong password')
    expect((await glia.run(['whoami'])).status).toBe(1)
  })

  test('without a terminal nobody is asked', async () => {
    const { status, err } = await glia.run(['login', server.url, '--user', 'root'])
    expect([status, err]).toEqual([1, 'Error: there is no terminal to ask on: Password\n'])
  })
})

describe('without a session', () => {
  test('a token and a URL are enough', async () => {
    const env = { GLIA_URL: `${server.url}/`, GLIA_TOKEN: root.accessToken }
    expect(await glia.json(['whoami'], { env })).toEqual({ user_id: root.userId, server: server.url })
    expect(await glia.json(['users', 'get', root.userId, '--url', server.url, '--token', root.accessToken])).toMatchObject({
      name: root.userId,
    })
  })

  test('a token alone is not sent anywhere', async () => {
    const { status, err } = await glia.run(['users', 'list'], { env: { GLIA_TOKEN: root.accessToken } })
    expect([status, err]).toEqual([1, 'Error: which server the token is for is not known\n  Name it with --url or GLIA_URL\n'])
  })

  test('a session’s token is not sent to another server', async () => {
    await glia.run(['login', server.url, '--user', 'root', '--password-stdin'], { input: root.password })
    const other = await startTestServer()
    try {
      const { status, err } = await glia.run(['users', 'list', '--url', other.url])
      expect(status).toBe(1)
      expect(err).toContain(`nobody is logged in at ${other.url}`)
    } finally {
      await other.remove()
    }
  })
})

test.each([
  ['nobody there', ['login', 'http://127.0.0.1:2'], 1, 'http://127.0.0.1:2 cannot be reached: nothing listens there'],
  ['no URL', ['login', 'ftp://glia.example'], 2, 'is neither the URL nor the name of a homeserver'],
  ['a profile that is a path', ['token', '--profile', '../x'], 2, 'cannot be the name of a profile'],
  ['--password-stdin without a user', ['login', 'http://127.0.0.1:2', '--password-stdin'], 2, '--password-stdin needs --user'],
])('refuses %s', async (_, args, status, message) => {
  const end = await glia.run(args)
  expect(end.status).toBe(status)
  expect(end.err).toContain(message)
  expect(end.out).toBe('')
})
