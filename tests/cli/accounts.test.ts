import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGliaUser, type GliaUser } from '../support/run-glia.ts'
import { newDataDir, spawnServer } from '../support/spawn-server.ts'
import { startTestServer, type TestServer } from '../support/start-server.ts'

onBothDatabases('accounts on the server’s machine', (dialect) => {
  let server: TestServer
  let glia: GliaUser

  beforeAll(async () => {
    server = await startTestServer({ dialect })
    glia = createGliaUser()
  })
  afterAll(async () => {
    glia.remove()
    await server.remove()
  })

  const run = (args: string[], input = '') => glia.run(args, { env: { ...server.env }, input })
  const json = (args: string[], input = '') => glia.json(args, { env: { ...server.env }, input })
  const logIn = (user: string, password: string) =>
    server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password },
    })
  const isAdmin = async (userId: string, token: string) =>
    (await server.api('GET', `/_synapse/admin/v1/users/${userId}/admin`, { token })).body.admin

  test('an admin is made while the server runs, with a password that is made up and printed', async () => {
    const made = await json(['users', 'create', 'first', '--admin', '--display-name', 'The First'])
    expect(made).toEqual({ user_id: '@first:glia.test', admin: true, password: expect.stringMatching(/^[0-9A-Za-z]{24}$/) })
    const { status, body } = await logIn('first', made.password)
    expect(status).toBe(200)
    expect(await isAdmin('@first:glia.test', body.access_token)).toBe(true)
    const user = await server.api('GET', '/_synapse/admin/v2/users/@first:glia.test', { token: body.access_token })
    expect(user.body.displayname).toBe('The First')
  })

  test('an account is made while the server is stopped, with a password from standard input', async () => {
    await server.running.stop()
    const { status, out, err } = await run(['users', 'create', '@second:glia.test', '--password-stdin'], 'correct horse\n')
    expect([status, out]).toEqual([0, 'user_id  @second:glia.test\nadmin    no\n'])
    expect(err).toBe(`At glia.test (data folder ${server.dataDir}):\n`)
    await server.restart()
    expect((await logIn('second', 'correct horse')).status).toBe(200)
  })

  test('promoting and demoting count at once', async () => {
    const { user_id, password } = await json(['users', 'create', 'third'])
    const token = (await logIn('third', password)).body.access_token
    const list = async () => (await server.api('GET', '/_synapse/admin/v2/users', { token })).status
    expect(await list()).toBe(403)
    expect(await json(['users', 'promote', 'third'])).toEqual({ user_id, admin: true })
    expect(await list()).toBe(200)
    expect(await json(['users', 'demote', 'third'])).toEqual({ user_id, admin: false })
    expect(await list()).toBe(403)
  })

  test('a token for a device lasts until the session ends, and ends older ones of the device', async () => {
    const { user_id } = await json(['users', 'create', 'bot'])
    const whoami = async (token: string) => server.api('GET', '/_matrix/client/v3/account/whoami', { token })
    const first = await json(['users', 'issue-token', 'bot', 'ROBOT'])
    expect(first).toEqual({ user_id, device_id: 'ROBOT', access_token: expect.stringMatching(/^syt_/) })
    expect((await whoami(first.access_token)).body).toMatchObject({ user_id, device_id: 'ROBOT' })
    const other = await json(['users', 'issue-token', 'bot'])
    expect(other.device_id).toMatch(/^[0-9A-Z]{10}$/)
    const second = await json(['users', 'issue-token', 'bot', 'ROBOT'])
    expect(await Promise.all([first, other, second].map(async ({ access_token }) => (await whoami(access_token)).status))).toEqual([
      401, 200, 200,
    ])
    expect(await run(['users', 'issue-token', 'nobody'])).toMatchObject({ status: 1, err: expect.stringContaining('M_NOT_FOUND') })
  })

  test('a new password ends the sessions of the user, unless they are to stay', async () => {
    const { user_id, password } = await json(['users', 'create', 'fourth'])
    const { access_token: token } = (await logIn('fourth', password)).body
    const whoami = async () => (await server.api('GET', '/_matrix/client/v3/account/whoami', { token })).status
    await json(['users', 'set-password', 'fourth', '--password-stdin', '--keep-sessions'], 'second password')
    expect(await whoami()).toBe(200)
    const set = await json(['users', 'set-password', 'fourth', '--password-stdin'], 'third password')
    expect(set).toEqual({ user_id, sessions: 'ended' })
    expect(await whoami()).toBe(401)
    expect((await logIn('fourth', 'second password')).status).toBe(403)
    const again = await logIn('fourth', 'third password')
    expect(again.status).toBe(200)
    const devices = await server.api('GET', '/_matrix/client/v3/devices', { token: again.body.access_token })
    expect(devices.body.devices).toHaveLength(1)
  })

  test.each([
    ['a taken name', ['users', 'create', 'first'], 'User ID already taken. (M_USER_IN_USE)'],
    ['a name that no user can have', ['users', 'create', 'UPPER CASE'], '(M_INVALID_USERNAME)'],
    ['a user of another server', ['users', 'create', '@eve:elsewhere.test'], '@eve:elsewhere.test is not a user of glia.test'],
    ['an unknown user', ['users', 'promote', 'nobody'], 'There is no @nobody:glia.test'],
    ['no password', ['users', 'create', 'fifth', '--password-stdin'], 'standard input holds no password'],
  ])('refuses %s', async (_, args, message) => {
    const { status, out, err } = await run(args)
    expect([status, out]).toEqual([1, ''])
    expect(err).toContain(message)
  })

  test('refuses a password that is too long, without repeating it', async () => {
    const password = 'x'.repeat(513)
    const { status, err } = await run(['users', 'create', 'sixth', '--password-stdin'], password)
    expect(status).toBe(1)
    expect(err).toContain('A password has at most 512 characters')
    expect(err).not.toContain(password)
  })

  test('a deactivated account stays as it is', async () => {
    const admin = await server.register('moderator', { admin: true })
    const gone = await server.register('gone')
    await server.api('POST', `/_synapse/admin/v1/deactivate/${gone.userId}`, { token: admin.accessToken, body: {} })
    for (const args of [
      ['set-password', 'gone'],
      ['promote', 'gone'],
    ]) {
      expect(await run(['users', ...args])).toMatchObject({ status: 1, err: expect.stringContaining(`${gone.userId} is deactivated`) })
    }
  })

  test('with --url and --token the same commands go over the Admin API', async () => {
    const admin = await server.register('remote', { admin: true })
    const over = ['--url', server.url, '--token', admin.accessToken]
    const { err } = await run(['users', 'create', 'seventh', ...over])
    expect(err).toContain(`At ${server.url}:`)
    expect(await json(['users', 'promote', 'seventh', ...over])).toEqual({ user_id: '@seventh:glia.test', admin: true })
    expect(await isAdmin('@seventh:glia.test', admin.accessToken)).toBe(true)
    await json(['users', 'set-password', 'seventh', '--password-stdin', ...over], 'over the wire')
    expect((await logIn('seventh', 'over the wire')).status).toBe(200)
    expect(await run(['users', 'create', 'seventh', ...over])).toMatchObject({ status: 1, err: expect.stringContaining('M_USER_IN_USE') })
    expect(await run(['users', 'promote', 'nobody', ...over])).toMatchObject({ status: 1, err: expect.stringContaining('there is no') })
  })
})

describe('finding the server', () => {
  let glia: GliaUser
  beforeAll(() => {
    glia = createGliaUser()
  })
  afterAll(() => glia.remove())

  test('without server and session it says what to do', async () => {
    const { status, err } = await glia.run(['users', 'create', 'alice'])
    expect(status).toBe(1)
    expect(err).toContain('there is no server here, and nobody is logged in')
    expect(err).toContain('--data-dir DIR')
  })

  test('a folder without server is not filled with one', async () => {
    const { status, err } = await glia.run(['users', 'create', 'alice', '--data-dir', 'nowhere'])
    expect(status).toBe(1)
    expect(err).toContain('there is no glia.yaml: start the server once')
    expect(() => readFileSync(join(glia.cwd, 'nowhere', 'glia.yaml'))).toThrow('ENOENT')
  })

  test('the two kinds of option do not go together', async () => {
    const { status, err } = await glia.run(['users', 'promote', 'alice', '--data-dir', 'x', '--profile', 'work'])
    expect(status).toBe(2)
    expect(err).toContain('use one kind')
  })

  test('./data is the server of this folder, as for glia serve; its first admin can be made by link', async () => {
    const dataDir = join(glia.cwd, 'data')
    const server = await spawnServer({ dataDir, args: ['--port', '0', '--server-name', 'here.test'] })
    try {
      const link = await glia.run(['users', 'setup-link'])
      expect(link).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/^http\S+\/setup\?token=\S+\n$/) })
      const token = new URL(link.out.trim()).searchParams.get('token')
      expect((await fetch(`${server.url}/setup?token=${token}`)).status).toBe(200)
      expect(await glia.json(['users', 'create', 'alice', '--admin'])).toMatchObject({ user_id: '@alice:here.test' })
      expect(await glia.run(['users', 'setup-link'])).toMatchObject({
        status: 1,
        err: expect.stringContaining('there is an admin already'),
      })
    } finally {
      await server.end('SIGTERM')
    }
  })

  test('a configuration that is wrong is refused by name', async () => {
    const dataDir = newDataDir({ max_upload_size: 'a lot' })
    try {
      const { status, err } = await glia.run(['users', 'promote', 'a', '--data-dir', dataDir, '--config', join(dataDir, 'test.yaml')])
      expect(status).toBe(1)
      expect(err).toContain('max_upload_size')
    } finally {
      rmSync(dataDir, { recursive: true })
    }
  })

  test('a database that does not answer is told', async () => {
    const dataDir = newDataDir()
    try {
      const env = { GLIA_DATABASE_URL: 'postgresql://glia:hush@127.0.0.1:2/glia' }
      const args = ['users', 'promote', 'a', '--data-dir', dataDir, '--config', join(dataDir, 'test.yaml')]
      const { status, err } = await glia.run(args, { env })
      expect(status).toBe(1)
      expect(err).toContain('the server’s database cannot be opened')
      expect(err).not.toContain('hush')
    } finally {
      rmSync(dataDir, { recursive: true })
    }
  })
})
