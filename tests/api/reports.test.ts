import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Scene, startScene } from '../support/scene.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const segment = encodeURIComponent

onBothDatabases('reports', (dialect) => {
  let server: TestServer
  let as: Scene['as']
  let asAdmin: Scene['asAdmin']
  let admin: TestUser
  let alice: TestUser
  let bob: TestUser
  let roomId: string
  let eventId: string

  beforeAll(async () => {
    ;({ server, admin, alice, bob, as, asAdmin } = await startScene({ dialect }))
    roomId = await createRoom('Trouble')
    eventId = await send(roomId, 'a bad word')
  })
  afterAll(() => server.remove())

  const createRoom = async (name: string) => (await as(alice, 'POST', '/createRoom', { name, preset: 'private_chat' })).body.room_id
  const send = async (room: string, body: string) =>
    (await as(alice, 'PUT', `/rooms/${segment(room)}/send/m.room.message/${body}`, { msgtype: 'm.text', body })).body.event_id
  const reportEvent = async (user: TestUser, room: string, event: string, body: unknown = {}) => {
    const { status, body: answer } = await as(user, 'POST', `/rooms/${segment(room)}/report/${segment(event)}`, body)
    return [status, answer.errcode]
  }
  const noReports = async () => {
    for (const kind of ['event_reports', 'user_reports']) {
      for (const { id } of (await asAdmin('GET', `/v1/${kind}`)).body[kind]) await asAdmin('DELETE', `/v1/${kind}/${id}`)
    }
  }

  describe('of events', () => {
    test('show the admin who, what and why, and the event itself', async () => {
      await noReports()
      expect(await reportEvent(alice, roomId, eventId, { reason: 'rude\0', score: -100 })).toEqual([200, undefined])
      const report = {
        id: expect.any(Number),
        received_ts: expect.any(Number),
        room_id: roomId,
        name: 'Trouble',
        canonical_alias: null,
        event_id: eventId,
        user_id: alice.userId,
        sender: alice.userId,
        reason: 'rude',
        score: -100,
      }
      const { body } = await asAdmin('GET', '/v1/event_reports')
      expect(body).toEqual({ event_reports: [report], total: 1 })
      const one = await asAdmin('GET', `/v1/event_reports/${body.event_reports[0].id}`)
      expect(one.body).toMatchObject({
        ...report,
        event_json: { type: 'm.room.message', content: { body: 'a bad word' }, hashes: {}, signatures: {} },
      })
      expect((await asAdmin('DELETE', `/v1/event_reports/${one.body.id}`)).body).toEqual({})
      expect((await asAdmin('GET', `/v1/event_reports/${one.body.id}`)).status).toBe(404)
      expect((await asAdmin('DELETE', `/v1/event_reports/${one.body.id}`)).body.errcode).toBe('M_NOT_FOUND')
      expect((await as(alice, 'GET', `/rooms/${segment(roomId)}/event/${segment(eventId)}`)).status).toBe(200)
    })

    test('need neither reason nor score, and refuse others than texts and integers', async () => {
      await noReports()
      expect(await reportEvent(alice, roomId, eventId)).toEqual([200, undefined])
      expect((await asAdmin('GET', '/v1/event_reports')).body.event_reports).toMatchObject([{ reason: null, score: null }])
      for (const body of [{ reason: 1 }, { reason: null }, { score: 'a' }, { score: 1.5 }, { score: true }]) {
        expect([body, await reportEvent(alice, roomId, eventId, body)]).toEqual([body, [400, 'M_BAD_JSON']])
      }
    })

    test('are only taken of events that the reporter can see', async () => {
      await noReports()
      expect(await reportEvent(bob, roomId, eventId)).toEqual([404, 'M_NOT_FOUND'])
      expect(await reportEvent(alice, roomId, '$unknown')).toEqual([404, 'M_NOT_FOUND'])
      expect(await reportEvent(alice, '!other:glia.test', eventId)).toEqual([404, 'M_NOT_FOUND'])
      expect((await asAdmin('GET', '/v1/event_reports')).body.total).toBe(0)
    })

    test('come page by page, newest first or oldest first, and by reporter, room or sender', async () => {
      await noReports()
      const other = await createRoom('Other')
      const events = [eventId, await send(other, 'one'), await send(other, 'two')]
      await reportEvent(alice, roomId, events[0]!)
      await reportEvent(alice, other, events[1]!)
      await reportEvent(alice, other, events[2]!)
      const read = async (query: string) => {
        const { body } = await asAdmin('GET', `/v1/event_reports?${query}`)
        return [body.event_reports.map((report: { event_id: string }) => events.indexOf(report.event_id)), body.total, body.next_token]
      }
      expect(await read('')).toEqual([[2, 1, 0], 3, undefined])
      expect(await read('dir=f')).toEqual([[0, 1, 2], 3, undefined])
      expect(await read('limit=2')).toEqual([[2, 1], 3, 2])
      expect(await read('limit=2&from=2')).toEqual([[0], 3, undefined])
      expect(await read('limit=0')).toEqual([[], 3, 0])
      expect(await read(`room_id=${segment(other.slice(2, 12))}`)).toEqual([[2, 1], 2, undefined])
      expect(await read('user_id=lice')).toEqual([[2, 1, 0], 3, undefined])
      expect(await read('user_id=%25')).toEqual([[], 0, undefined])
      expect(await read(`event_sender_user_id=${segment(bob.userId)}`)).toEqual([[], 0, undefined])
      expect(await read(`event_sender_user_id=${segment(alice.userId)}`)).toEqual([[2, 1, 0], 3, undefined])
      for (const query of ['from=-1', 'limit=x', 'dir=up']) {
        expect((await asAdmin('GET', `/v1/event_reports?${query}`)).body.errcode).toBe('M_INVALID_PARAM')
      }
    })

    test('are not listed after their room was deleted', async () => {
      await noReports()
      const doomed = await createRoom('Doomed')
      await reportEvent(alice, doomed, await send(doomed, 'last words'))
      const { id } = (await asAdmin('GET', '/v1/event_reports')).body.event_reports[0]
      await server.api('DELETE', `/_synapse/admin/v1/rooms/${segment(doomed)}`, { token: admin.accessToken, body: {} })
      expect((await asAdmin('GET', '/v1/event_reports')).body).toEqual({ event_reports: [], total: 0 })
      expect((await asAdmin('GET', `/v1/event_reports/${id}`)).status).toBe(404)
    })

    test('have ids that are numbers', async () => {
      for (const id of ['-1', 'x', '1.5', ' ']) {
        expect((await asAdmin('GET', `/v1/event_reports/${segment(id)}`)).body).toEqual({
          errcode: 'M_INVALID_PARAM',
          error: 'The report_id parameter must be a string representing a positive integer.',
        })
      }
      expect((await asAdmin('GET', '/v1/event_reports/99999999999999999999999')).status).toBe(404)
    })
  })

  describe('of users', () => {
    const reportUser = (userId: string, body: unknown) => as(alice, 'POST', `/users/${segment(userId)}/report`, body)

    test('show the admin who and why', async () => {
      await noReports()
      expect((await reportUser(bob.userId, { reason: 'spam' })).body).toEqual({})
      expect((await reportUser(alice.userId, { reason: '' })).status).toBe(200)
      const own = {
        id: expect.any(Number),
        received_ts: expect.any(Number),
        user_id: alice.userId,
        target_user_id: alice.userId,
        reason: '',
      }
      const { body } = await asAdmin('GET', '/v1/user_reports')
      expect(body).toEqual({ user_reports: [own, { ...own, target_user_id: bob.userId, reason: 'spam' }], total: 2 })
      expect((await asAdmin('GET', `/v1/user_reports?target_user_id=${segment(bob.userId)}`)).body.total).toBe(1)
      expect((await asAdmin('GET', '/v1/user_reports?limit=1&dir=f')).body).toMatchObject({
        user_reports: [{ reason: 'spam' }],
        next_token: 1,
      })
      const { id } = body.user_reports[0]
      expect((await asAdmin('GET', `/v1/user_reports/${id}`)).body).toEqual(own)
      expect((await asAdmin('DELETE', `/v1/user_reports/${id}`)).body).toEqual({})
      expect((await asAdmin('GET', `/v1/user_reports/${id}`)).body).toEqual({ errcode: 'M_NOT_FOUND', error: 'User report not found' })
      expect((await asAdmin('DELETE', `/v1/user_reports/${id}`)).status).toBe(404)
    })

    test('do not tell whether the user exists', async () => {
      await noReports()
      for (const nobody of ['@nobody:glia.test', '@nobody:elsewhere.test', 'nobody']) {
        expect((await reportUser(nobody, { reason: 'x' })).body).toEqual({})
      }
      expect((await asAdmin('GET', '/v1/user_reports')).body.total).toBe(0)
    })

    test('need a reason, and not too long a one', async () => {
      expect((await reportUser(bob.userId, {})).body.errcode).toBe('M_MISSING_PARAM')
      expect((await reportUser(bob.userId, { reason: 4 })).body.errcode).toBe('M_BAD_JSON')
      expect((await reportUser(bob.userId, { reason: 'x'.repeat(1001) })).body.errcode).toBe('M_BAD_JSON')
    })
  })

  test('of rooms can be made by whoever knows the room', async () => {
    const report = (room: string, body: unknown) => as(bob, 'POST', `/rooms/${segment(room)}/report`, body)
    expect((await report(roomId, { reason: 'what a place' })).body).toEqual({})
    expect((await report(roomId, {})).body.errcode).toBe('M_MISSING_PARAM')
    for (const unknown of ['!unknown:glia.test', 'no-room']) {
      expect((await report(unknown, { reason: 'x' })).body).toEqual({ errcode: 'M_NOT_FOUND', error: 'Room does not exist' })
    }
  })
})

test('reports are limited', async () => {
  const server = await startTestServer({ config: { rc_reports: { per_second: 0.01, burst_count: 2 } } })
  try {
    const { userId, accessToken } = await server.register('eager')
    const statuses: number[] = []
    for (let index = 0; index < 3; index++) {
      const { status } = await server.api('POST', `/_matrix/client/v3/users/${segment(userId)}/report`, {
        token: accessToken,
        body: { reason: 'x' },
      })
      statuses.push(status)
    }
    expect(statuses).toEqual([200, 200, 429])
  } finally {
    await server.remove()
  }
})
