import { FakeClock, onBothDatabases } from '@glia/testing'
import { ClientEvent, createClient, RoomEvent, SyncState } from 'matrix-js-sdk'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { silentSdkLogger } from '../support/sdk-logger.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const message = (body: string) => ({ msgtype: 'm.text', body })

onBothDatabases('server notices', (dialect) => {
  let server: TestServer
  let admin: TestUser
  const stops: (() => void)[] = []
  const settings = { system_mxid_localpart: 'notices', system_mxid_display_name: 'Server', room_name: 'News', room_topic: 'From us' }
  beforeAll(async () => {
    server = await startTestServer({ dialect, config: { server_notices: settings } })
    admin = await server.register('admin', { admin: true })
  })
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })
  afterAll(() => server.remove())

  const asAdmin = (method: string, path: string, body?: unknown) =>
    server.api(method, `/_synapse/admin/v1/send_server_notice${path}`, {
      token: admin.accessToken,
      ...(body === undefined ? {} : { body }),
    })
  const as = (user: TestUser, method: string, path: string, body?: unknown) =>
    server.api(method, `/_matrix/client/v3${path}`, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const notify = async (user: TestUser, content: object) => {
    const answer = await asAdmin('POST', '', { user_id: user.userId, content })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.event_id as string
  }
  const invites = async (user: TestUser) => Object.keys((await as(user, 'GET', '/sync')).body.rooms?.invite ?? {})
  const segment = encodeURIComponent

  test('arrive in the client of the user, in a room that is tagged', async () => {
    const user = await server.register('reader')
    const client = createClient({
      baseUrl: server.url,
      userId: user.userId,
      accessToken: user.accessToken,
      deviceId: user.deviceId,
      logger: silentSdkLogger,
    })
    stops.push(() => client.stopClient())
    const prepared = new Promise<void>((resolve) => client.on(ClientEvent.Sync, (state) => state === SyncState.Prepared && resolve()))
    const invited = new Promise<string>((resolve) =>
      client.on(RoomEvent.MyMembership, (room, membership) => membership === 'invite' && resolve(room.roomId)),
    )
    await client.startClient()
    await prepared
    await notify(user, message('Mind the gap'))
    const roomId = await invited
    const arrived = new Promise<string>((resolve) =>
      client.on(RoomEvent.Timeline, (event) => event.getType() === 'm.room.message' && resolve(event.getContent().body as string)),
    )
    await client.joinRoom(roomId)
    expect(await arrived).toBe('Mind the gap')
    const room = client.getRoom(roomId)!
    await expect.poll(() => Object.keys(room.tags)).toEqual(['m.server_notice'])
    expect([room.name, room.getMember('@notices:glia.test')?.name]).toEqual(['News', 'Server'])
    await expect(client.sendTextMessage(roomId, 'no')).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
  })

  test('come in one room as long as the user is invited or joined, then in another', async () => {
    const user = await server.register('keeper')
    await notify(user, message('one'))
    await notify(user, message('two'))
    const [roomId, ...others] = await invites(user)
    expect(others).toEqual([])
    const rejected = await as(user, 'POST', `/rooms/${segment(roomId!)}/leave`, {})
    expect([rejected.status, rejected.body.errcode]).toEqual([403, 'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM'])
    await as(user, 'POST', `/join/${segment(roomId!)}`, {})
    const { body } = await as(user, 'GET', `/rooms/${segment(roomId!)}/messages?dir=b&limit=2&filter={"types":["m.room.message"]}`)
    expect(body.chunk.map(({ content, sender }: { content: { body: string }; sender: string }) => [content.body, sender])).toEqual([
      ['two', '@notices:glia.test'],
      ['one', '@notices:glia.test'],
    ])
    expect((await as(user, 'POST', `/rooms/${segment(roomId!)}/leave`, {})).status).toBe(200)
    await notify(user, message('three'))
    const again = await invites(user)
    expect(again).toHaveLength(1)
    expect(again).not.toContain(roomId)
  })

  test('with the same transaction id come once, also after a restart and when sent at the same time', async () => {
    const user = await server.register('once')
    const put = (id: string, body: string) => asAdmin('PUT', `/${id}`, { user_id: user.userId, content: message(body) })
    const [first, second] = await Promise.all([put('t1', 'x'), put('t1', 'x')])
    expect(second!.body).toEqual(first!.body)
    await server.restart()
    expect((await put('t1', 'other')).body).toEqual(first!.body)
    expect((await put('t2', 'x')).body).not.toEqual(first!.body)
    expect(await invites(user)).toHaveLength(1)
  })

  test('may be of any type, and state', async () => {
    const user = await server.register('typed')
    const { status } = await asAdmin('POST', '', { user_id: user.userId, type: 'a.b', state_key: '', content: { x: 1 } })
    expect(status).toBe(200)
    const [roomId] = await invites(user)
    await as(user, 'POST', `/join/${segment(roomId!)}`, {})
    expect((await as(user, 'GET', `/rooms/${segment(roomId!)}/state/a.b`)).body).toEqual({ x: 1 })
  })

  test('reach two users in the same millisecond, also where the id of a room comes of what made it and when', async () => {
    const config = { server_notices: settings, default_room_version: '12' }
    const still = await startTestServer({ dialect, config, clock: new FakeClock(Date.now()) })
    try {
      const { accessToken: token } = await still.register('admin', { admin: true })
      const rooms = new Set<string>()
      for (const name of ['one', 'two']) {
        const user = await still.register(name)
        const body = { user_id: user.userId, content: message('hello') }
        expect((await still.api('POST', '/_synapse/admin/v1/send_server_notice', { token, body })).status).toBe(200)
        const sync = await still.api('GET', '/_matrix/client/v3/sync', { token: user.accessToken })
        for (const roomId of Object.keys(sync.body.rooms.invite)) rooms.add(roomId)
      }
      expect(rooms.size).toBe(2)
    } finally {
      await still.remove()
    }
  })

  test('are sent in a name that nobody else can take', async () => {
    const { body } = await server.api('GET', '/_matrix/client/v3/register/available?username=notices')
    expect(body.errcode).toBe('M_USER_IN_USE')
  })

  test.each([
    [{}, 400, 'M_MISSING_PARAM'],
    [{ user_id: 'bad', content: message('x') }, 400, 'M_INVALID_PARAM'],
    [{ user_id: '@x:elsewhere', content: message('x') }, 400, 'M_UNKNOWN'],
    [{ user_id: '@nobody:glia.test', content: message('x') }, 404, 'M_NOT_FOUND'],
    [{ user_id: '@admin:glia.test', content: {} }, 400, 'M_UNKNOWN'],
    [{ user_id: '@admin:glia.test', content: { body: 'x' } }, 400, 'M_UNKNOWN'],
    [{ user_id: '@admin:glia.test', content: 'x' }, 400, 'M_UNKNOWN'],
    [{ user_id: '@admin:glia.test', content: message('x'), type: 5 }, 400, 'M_UNKNOWN'],
    [{ user_id: '@admin:glia.test', content: message('x'.repeat(70_000)) }, 413, 'M_TOO_LARGE'],
  ])('%# are refused with wrong input', async (body, status, errcode) => {
    const answer = await asAdmin('POST', '', body)
    expect([answer.status, answer.body.errcode]).toEqual([status, errcode])
  })
})

describe('server notices, otherwise set up', () => {
  test('with auto_join the user is in the room at once', async () => {
    const server = await startTestServer({ config: { server_notices: { auto_join: true } } })
    try {
      const admin = await server.register('admin', { admin: true })
      const user = await server.register('user')
      const body = { user_id: user.userId, content: message('hello') }
      expect((await server.api('POST', '/_synapse/admin/v1/send_server_notice', { token: admin.accessToken, body })).status).toBe(200)
      const { body: sync } = await server.api('GET', '/_matrix/client/v3/sync', { token: user.accessToken })
      expect(Object.keys(sync.rooms.join)).toHaveLength(1)
    } finally {
      await server.remove()
    }
  })

  test('they are refused where they are not set up', async () => {
    const server = await startTestServer()
    try {
      const admin = await server.register('admin', { admin: true })
      const body = { user_id: admin.userId, content: message('hello') }
      const answer = await server.api('POST', '/_synapse/admin/v1/send_server_notice', { token: admin.accessToken, body })
      expect([answer.status, answer.body]).toEqual([400, { errcode: 'M_UNKNOWN', error: 'Server notices are not enabled on this server' }])
    } finally {
      await server.remove()
    }
  })
})
