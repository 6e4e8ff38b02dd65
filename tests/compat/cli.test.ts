import { afterAll, beforeAll, expect, test } from 'vitest'
import { onHomeservers, type TestHomeserver } from '../support/on-homeservers.ts'
import { createGliaUser, type GliaUser } from '../support/run-glia.ts'
import type { TestUser } from '../support/start-server.ts'

onHomeservers('the command line', (kind) => {
  let server: TestHomeserver
  let root: TestUser
  let glia: GliaUser
  /** So that a server which is kept for the next run has no such users yet. */
  const tag = Date.now().toString(36)

  beforeAll(async () => {
    server = await kind.open()
    root = await server.register(`root-${tag}`, { admin: true })
    glia = createGliaUser()
    const login = await glia.run(['login', server.url, '--user', root.localpart, '--password-stdin'], { input: root.password })
    expect(login.err).toBe('')
  })
  afterAll(async () => {
    glia.remove()
    await server.remove()
  })

  test('finds everything in order', async () => {
    const { checks } = await glia.json(['doctor'])
    const results = Object.fromEntries(checks.map(({ check, result }: { check: string; result: string }) => [check, result]))
    expect(results).toMatchObject({ homeserver: 'ok', 'spec versions': 'ok', server: 'ok', login: 'ok', 'wrong tokens': 'ok', token: 'ok' })
    expect(results.admin).toBe('ok')
  })

  test('makes, changes and lists accounts', async () => {
    const userId = `@made-${tag}:${server.serverName}`
    expect(await glia.json(['users', 'create', `made-${tag}`, '--display-name', 'Made'])).toMatchObject({ user_id: userId, admin: false })
    expect(await glia.json(['users', 'get', `made-${tag}`])).toMatchObject({ name: userId, displayname: 'Made', admin: false })
    await glia.json(['users', 'promote', `made-${tag}`])
    await glia.json(['users', 'put', userId, '--displayname', 'Changed', '--user-type', 'bot'])
    const { users, total } = await glia.json(['users', 'list', '--name', `made-${tag}`])
    expect([total, users]).toMatchObject([1, [{ name: userId, admin: true, displayname: 'Changed', user_type: 'bot' }]])
    await glia.json(['users', 'suspend', userId])
    expect(await glia.json(['users', 'get', userId])).toMatchObject({ suspended: true })
    await glia.json(['users', 'deactivate', userId, '--erase'])
    expect(await glia.json(['users', 'get', userId])).toMatchObject({ deactivated: true, erased: true })
  })

  test('sets passwords', async () => {
    const user = await server.register(`pass-${tag}`)
    await glia.run(['users', 'set-password', user.userId, '--password-stdin'], { input: 'a new one' })
    const body = { type: 'm.login.password', identifier: { type: 'm.id.user', user: user.localpart }, password: 'a new one' }
    expect((await server.api('POST', '/_matrix/client/v3/login', { body })).status).toBe(200)
    expect((await server.api('GET', '/_matrix/client/v3/account/whoami', { token: user.accessToken })).status).toBe(401)
  })

  test('reads all pages', async () => {
    for (const n of [1, 2, 3]) await server.register(`page-${tag}-${n}`)
    const { users, total } = await glia.json(['users', 'list', '--name', `page-${tag}`, '--limit', '1', '--all'])
    expect([users.length, total]).toEqual([3, 3])
  })

  test('looks at a room and deletes it', async () => {
    const owner = await server.register(`owner-${tag}`)
    const room = await server.api('POST', '/_matrix/client/v3/createRoom', { token: owner.accessToken, body: { name: `Room ${tag}` } })
    const roomId = room.body.room_id
    expect((await glia.json(['rooms', 'list', '--search-term', `Room ${tag}`])).rooms).toMatchObject([{ room_id: roomId }])
    expect(await glia.json(['rooms', 'list-members', roomId])).toEqual({ members: [owner.userId], total: 1 })
    expect(await glia.json(['rooms', 'delete', roomId, '--wait'])).toMatchObject({
      status: 'complete',
      shutdown_room: { kicked_users: [owner.userId] },
    })
    expect(await glia.run(['rooms', 'get', roomId])).toMatchObject({ status: 1, err: expect.stringContaining('M_NOT_FOUND') })
  })

  test('makes registration tokens', async () => {
    const args = ['registration-tokens', 'create', '--registration-token', tag, '--uses-allowed', '2', '--expiry-time', '2040-01-01']
    const expected = { token: tag, uses_allowed: 2, pending: 0, completed: 0, expiry_time: Date.UTC(2040, 0, 1) }
    expect(await glia.json(args)).toEqual(expected)
    expect(await glia.json(['registration-tokens', 'update', tag, '--uses-allowed', 'null'])).toEqual({ ...expected, uses_allowed: null })
    expect(await glia.json(['registration-tokens', 'delete', tag])).toEqual({})
  })

  test('refuses what the server refuses', async () => {
    expect(await glia.run(['users', 'get', '@nobody:elsewhere.test'])).toMatchObject({ status: 1, out: '' })
    expect(await glia.run(['users', 'put', `nobody-${tag}`, '--displayname', 'x'])).toMatchObject({ status: 1 })
    expect(await glia.run(['users', 'create', root.localpart])).toMatchObject({ status: 1, err: expect.stringContaining('M_USER_IN_USE') })
  })
})
