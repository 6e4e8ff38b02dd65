import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGliaUser, type GliaUser } from '../support/run-glia.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

let server: TestServer
let root: TestUser
let alice: TestUser
let glia: GliaUser
let env: Record<string, string>

beforeAll(async () => {
  server = await startTestServer()
  root = await server.register('root', { admin: true })
  alice = await server.register('alice')
  glia = createGliaUser()
  env = { GLIA_URL: server.url, GLIA_TOKEN: root.accessToken }
})
afterAll(async () => {
  glia.remove()
  await server.remove()
})

const run = (args: string[], input?: string) => glia.run(args, { env, ...(input === undefined ? {} : { input }) })
const json = (args: string[]) => glia.json(args, { env })
const newRoom = async (name: string): Promise<string> =>
  (await server.api('POST', '/_matrix/client/v3/createRoom', { token: alice.accessToken, body: { name } })).body.room_id

describe('commands from the contract', () => {
  test('a list is a table, and what else the answer says goes to stderr', async () => {
    const { status, out, err } = await run(['users', 'list', '--name', 'ali', '--limit', '10'])
    expect(status).toBe(0)
    const [head, ...rows] = out.trimEnd().split('\n')
    expect(head).toMatch(/^name {2,}is_guest {2}admin/)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatch(/^@alice:glia\.test +no +no .*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/)
    expect(err).toBe('total: 1\n')
  })

  test('--json is the answer as the server gave it, before or after the command', async () => {
    const { body } = await server.api('GET', '/_synapse/admin/v3/users?order_by=name&dir=b&guests=false', { token: root.accessToken })
    const args = ['users', 'list', '--order-by', 'name', '--dir', 'b', '--no-guests']
    // who asks is seen meanwhile
    const users = body.users.map((user: object) => ({ ...user, last_seen_ts: expect.toBeOneOf([null, expect.any(Number)]) }))
    for (const outputs of [
      [...args, '--json'],
      ['--output', 'json', ...args],
    ]) {
      expect(JSON.parse((await run(outputs)).out)).toEqual({ ...body, users })
    }
  })

  test('one thing is a line for each field; a localpart is enough for a user of the own server', async () => {
    const { out } = await run(['users', 'get', 'alice'])
    expect(out).toMatch(/^name +@alice:glia\.test$/m)
    expect(out).toMatch(/^admin +no$/m)
    expect(out).toBe((await run(['users', 'get', '@alice:glia.test'])).out)
  })

  test('yes-or-no options say true and false, and are not sent when they are not given', async () => {
    const admins = async (...options: string[]) =>
      (await json(['users', 'list', ...options])).users.map(({ name }: { name: string }) => name)
    expect(await admins()).toEqual(['@alice:glia.test', '@root:glia.test'])
    expect(await admins('--admins')).toEqual(['@root:glia.test'])
    expect(await admins('--no-admins')).toEqual(['@alice:glia.test'])
  })

  test('a command about one question answers it with yes', async () => {
    await json(['users', 'suspend', 'alice'])
    expect(await json(['users', 'is-suspended', 'alice'])).toEqual({ suspended: true })
    await json(['users', 'suspend', 'alice', '--no-suspend'])
    expect(await json(['users', 'is-suspended', 'alice'])).toEqual({ suspended: false })
  })

  test('put changes an account, and makes one only if that is meant', async () => {
    expect(await json(['users', 'put', 'alice', '--displayname', 'Alice 1', '--user-type', 'bot'])).toMatchObject({
      displayname: 'Alice 1',
      user_type: 'bot',
    })
    expect(await json(['users', 'put', 'alice', '--user-type', 'null'])).toMatchObject({ displayname: 'Alice 1', user_type: null })
    const threepids = [{ medium: 'email', address: 'alice@glia.test' }]
    expect((await json(['users', 'put', 'alice', '--threepids', JSON.stringify(threepids)])).threepids).toMatchObject(threepids)
    const misspelt = await run(['users', 'put', 'alcie', '--displayname', 'Alice'])
    expect(misspelt).toMatchObject({ status: 1, out: '', err: expect.stringContaining('there is no @alcie:glia.test') })
    expect((await server.api('GET', '/_synapse/admin/v2/users/@alcie:glia.test', { token: root.accessToken })).status).toBe(404)
    expect(await json(['users', 'put', 'carol', '--create'])).toMatchObject({ name: '@carol:glia.test' })
  })

  test('a password can come from standard input', async () => {
    const user = await server.register('reset')
    expect(await run(['users', 'reset-password', 'reset', '--new-password', '-'], 'from a pipe\n')).toMatchObject({ status: 0 })
    const login = { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'reset' }, password: 'from a pipe' }
    expect((await server.api('POST', '/_matrix/client/v3/login', { body: login })).body.user_id).toBe(user.userId)
    expect(await run(['users', 'reset-password', 'reset'])).toMatchObject({ status: 2, err: expect.stringContaining('--new-password') })
  })

  test('times are dates or milliseconds, and a field called token is not the access token', async () => {
    const args = ['registration-tokens', 'create', '--registration-token', 'welcome', '--uses-allowed', '3', '--expiry-time', '2040-01-01']
    const created = { token: 'welcome', uses_allowed: 3, pending: 0, completed: 0, expiry_time: Date.UTC(2040, 0, 1) }
    expect(await json(args)).toEqual(created)
    expect(await json(['registration-tokens', 'update', 'welcome', '--expiry-time', 'null'])).toEqual({ ...created, expiry_time: null })
    expect((await run(['registration-tokens', 'list'])).out).toMatch(/^token +uses_allowed/)
    expect(await run(['registration-tokens', 'delete', 'welcome'])).toEqual({ status: 0, out: '', err: 'Done.\n' })
  })

  test('--all puts the pages together', async () => {
    for (let n = 0; n < 5; n++) await server.register(`page-${n}`)
    const { users, next_token, total } = await json(['users', 'list', '--name', 'page-', '--limit', '2', '--all'])
    expect(users.map(({ name }: { name: string }) => name)).toEqual([0, 1, 2, 3, 4].map((n) => `@page-${n}:glia.test`))
    expect(next_token).toBeUndefined()
    expect(total).toBe(5)
  })

  test('a room is deleted, and --wait tells what that did', async () => {
    const roomId = await newRoom('Doomed')
    expect((await json(['rooms', 'list'])).rooms).toMatchObject([{ room_id: roomId, name: 'Doomed' }])
    expect((await run(['rooms', 'list-members', roomId])).out).toBe(`${alice.userId}\n`)
    expect(await json(['rooms', 'delete', roomId, '--block', '--wait'])).toMatchObject({
      status: 'complete',
      shutdown_room: { kicked_users: [alice.userId] },
    })
    expect((await run(['rooms', 'list'])).err).toContain('Nothing found.')
    expect(await json(['rooms', 'get-block', roomId])).toMatchObject({ block: true })
  })

  test('what strangers have written cannot steer the terminal', async () => {
    const nasty = 'Eve\u001b]0;owned\u0007\u009b31m\u202e'
    await server.api('PUT', `/_matrix/client/v3/profile/${alice.userId}/displayname`, {
      token: alice.accessToken,
      body: { displayname: nasty },
    })
    for (const args of [
      ['users', 'list'],
      ['users', 'get', 'alice'],
    ]) {
      expect((await run(args)).out).toContain('Eve\\u001b]0;owned\\u0007\\u009b31m\\u202e')
    }
    const { out } = await run(['users', 'get', 'alice', '--json'])
    for (const character of ['\u001b', '\u009b', '\u202e']) expect(out).not.toContain(character)
    expect(JSON.parse(out).displayname).toBe(nasty)
  })
})

describe('refusals', () => {
  test('what the server says goes to stderr, with exit code 1', async () => {
    const { status, out, err } = await run(['users', 'get', '@nobody:glia.test'])
    expect([status, out, err]).toEqual([1, '', 'Error: User not found (M_NOT_FOUND, HTTP status 404)\n'])
  })

  test('who is no admin reads what is needed', async () => {
    const { status, err } = await glia.run(['users', 'list'], { env: { GLIA_URL: server.url, GLIA_TOKEN: alice.accessToken } })
    expect([status, err]).toEqual([
      1,
      'Error: You are not a server admin (M_FORBIDDEN, HTTP status 403)\n' +
        '  This needs an account that is a server admin, and with OAuth the scope urn:synapse:admin:*\n',
    ])
  })

  test('a token that is not good', async () => {
    const token = 'syt_made_up_token'
    const { status, err } = await glia.run(['users', 'list', '--url', server.url, '--token', token])
    expect(status).toBe(1)
    expect(err).toContain('M_UNKNOWN_TOKEN')
    expect(err).not.toContain(token)
  })

  test('a server that does not answer', async () => {
    const { status, err } = await glia.run(['users', 'list', '--url', 'http://127.0.0.1:2', '--token', 'x'])
    expect([status, err]).toEqual([1, 'Error: http://127.0.0.1:2 cannot be reached: nothing listens there\n'])
  })

  test.each([
    ['an unknown command', ['usrs', 'list'], 'Did you mean users?'],
    ['an unknown command of a group', ['rooms', 'delte', '!x'], 'Did you mean delete?'],
    ['an unknown option', ['users', 'list', '--limt', '3'], 'Did you mean --limit?'],
    ['a missing argument', ['users', 'get'], "missing required argument 'user-id'"],
    ['an argument too many', ['users', 'get', 'a', 'b'], 'too many arguments'],
    ['a missing option', ['users', 'is-username-available'], '--username'],
    ['a number that is none', ['users', 'list', '--limit', 'ten'], 'It must be a whole number.'],
    ['a number that is too small', ['users', 'list', '--limit=-1'], 'It must be at least 0.'],
    ['a word that is none of those', ['users', 'list', '--dir', 'up'], 'Allowed choices are b, f.'],
    ['JSON that is none', ['users', 'put', 'alice', '--threepids', '{'], 'It must be JSON.'],
    ['JSON of another kind', ['users', 'put', 'alice', '--threepids', '{}'], 'It must be a JSON list.'],
    ['a time that is none', ['registration-tokens', 'create', '--expiry-time', 'tomorrow'], 'It must be a date like'],
    ['a URL that is none', ['users', 'list', '--url', 'glia.test'], 'must begin with https:// or http://'],
  ])('refuses %s with exit code 2', async (_, args, message) => {
    const { status, out, err } = await run(args)
    expect([status, out]).toEqual([2, ''])
    expect(err).toContain(message)
  })
})

describe('glia api', () => {
  test('sends a request as it is', async () => {
    expect(JSON.parse((await run(['api', 'get', '/_synapse/admin/v2/users?limit=1'])).out)).toMatchObject({ users: [{}] })
    const made = await run(['api', 'PUT', `/_synapse/admin/v2/users/@api:glia.test`, '--data', '{"displayname": "From the API"}'])
    expect(JSON.parse(made.out)).toMatchObject({ displayname: 'From the API' })
  })

  test('takes the body from a file or from standard input', async () => {
    const file = join(glia.cwd, 'body.json')
    writeFileSync(file, '{"displayname": "From a file"}')
    const path = '/_synapse/admin/v2/users/@api:glia.test'
    expect(JSON.parse((await run(['api', 'PUT', path, '--data', `@${file}`])).out)).toMatchObject({ displayname: 'From a file' })
    const piped = await run(['api', 'PUT', path, '--data', '-'], '{"displayname": "From a pipe"}')
    expect(JSON.parse(piped.out)).toMatchObject({ displayname: 'From a pipe' })
  })

  test('prints a refusal, too, and ends with exit code 1', async () => {
    const { status, out, err } = await run(['api', 'GET', '/_synapse/admin/v2/users/@nobody:glia.test'])
    expect([status, err]).toEqual([1, 'Error: HTTP status 404\n'])
    expect(JSON.parse(out).errcode).toBe('M_NOT_FOUND')
  })

  test.each([
    ['a path that is a URL', ['api', 'GET', 'https://elsewhere.test/'], 'the path must begin with /'],
    ['no method', ['api', 'FETCH', '/'], 'is no method'],
    ['a body that is not JSON', ['api', 'PUT', '/', '--data', 'secret'], 'the body is not JSON\n'],
  ])('refuses %s', async (_, args, message) => {
    const { status, err } = await run(args)
    expect(status).toBe(2)
    expect(err).toContain(message)
    expect(err).not.toContain('secret')
  })
})

describe('glia doctor', () => {
  test('finds a server and an admin in order', async () => {
    const { status, out } = await run(['doctor'])
    expect(status).toBe(0)
    expect(out).toMatch(/^ok +homeserver: http/m)
    expect(out).toMatch(/^ok +wrong tokens: are refused$/m)
    expect(out).toMatch(/^ok +token: of @root:glia\.test$/m)
    expect(out).toMatch(/^ok +admin: yes; \d+ accounts$/m)
    expect(out).not.toMatch(/FAILED|warning/)
    expect((await json(['doctor'])).healthy).toBe(true)
  })

  test('tells who is no admin', async () => {
    const { status, out } = await glia.run(['doctor', server.url, '--token', alice.accessToken])
    expect(status).toBe(0)
    expect(out).toMatch(/^warning +admin: no: the account is no server admin/m)
  })

  test('fails on a token that is not good', async () => {
    const { status, out } = await glia.run(['doctor', server.url, '--token', 'syt_x'])
    expect(status).toBe(1)
    expect(out).toMatch(/^FAILED +token: It is not good: .*M_UNKNOWN_TOKEN/m)
  })

  test('fails where nothing answers', async () => {
    const { status, out } = await glia.run(['doctor', 'http://127.0.0.1:2'])
    expect([status, out]).toEqual([1, 'FAILED   homeserver: http://127.0.0.1:2 cannot be reached: nothing listens there\n'])
  })
})

describe('help', () => {
  test('names the commands, and those of a group with their endpoints', async () => {
    const { status, out } = await run(['--help'])
    expect(status).toBe(0)
    for (const name of ['serve', 'login', 'users', 'rooms', 'doctor']) expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'))
    expect((await run(['rooms', 'delete', '--help'])).out).toContain('DELETE /_synapse/admin/v2/rooms/{room_id}')
    expect((await run(['--version'])).out).toMatch(/^glia \d+\.\d+\.\d+\n$/)
    expect((await run(['serve', '--help'])).out).toContain('--data-dir')
  })

  test('shows no secrets', async () => {
    for (const args of [['--help'], ['users', '--help'], ['users', 'list', '--help'], ['users', 'list', '--nonsense']]) {
      const { out, err } = await run(args)
      expect(out + err).not.toContain(root.accessToken)
    }
  })

  test('other users of the machine do not see arguments', async () => {
    const { readFile } = await import('node:fs/promises')
    const { createServer } = await import('node:net')
    // accepts and never answers, so that the command is still there when it is looked at
    let connected: () => void
    const waiting = new Promise<void>((resolve) => {
      connected = resolve
    })
    const silent = createServer(() => connected())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const command = glia.start(['users', 'list', '--url', `http://127.0.0.1:${port}`, '--token', 'syt_very_secret'])
    try {
      await waiting
      const title = await readFile(`/proc/${command.process.pid}/cmdline`, 'utf8')
      expect(title.replace(/\0+$/, '')).toBe('glia users')
    } finally {
      command.process.kill()
      await command.ended
      silent.close()
    }
  })
})
