import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const CLIENT = '/_matrix/client/v3'
const REPORTS = '/_glia/admin/v1/reports'
const SECRET = 'a secret of the test'

/** Takes posts; says no as long as it is told to. */
async function startReceiver() {
  const received: { body: string; signature: string | undefined }[] = []
  const waiting: (() => void)[] = []
  let status = 200
  const http = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push({ body, signature: request.headers['x-glia-signature'] as string | undefined })
    response.writeHead(status).end()
    for (const wake of waiting.splice(0)) wake()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook`,
    received,
    answerWith: (next: number) => {
      status = next
    },
    async until(count: number) {
      while (received.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    close: () => new Promise((resolve) => http.close(resolve)),
  }
}

onBothDatabases('reports as work', (dialect) => {
  let server: TestServer
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let admin: TestUser
  let mia: TestUser
  let alice: TestUser
  let bob: TestUser
  let roomId: string
  let eventId: string
  beforeAll(async () => {
    receiver = await startReceiver()
    const reports = { webhook_url: receiver.url, webhook_secret: SECRET }
    server = await startTestServer({ dialect, config: { glia: { reports } } })
    admin = await server.register('admin', { admin: true })
    mia = await server.register('mia')
    alice = await server.register('alice')
    bob = await server.register('bob')
    await call(admin, 'PUT', `/_glia/admin/v1/users/${mia.userId}/role`, { role: 'moderator' })
    roomId = (await call(alice, 'POST', `${CLIENT}/createRoom`, { preset: 'public_chat' })).body.room_id
    await call(bob, 'POST', `${CLIENT}/join/${encodeURIComponent(roomId)}`)
    const message = { msgtype: 'm.text', body: 'a bad word' }
    eventId = (await call(alice, 'PUT', `${CLIENT}/rooms/${encodeURIComponent(roomId)}/send/m.room.message/1`, message)).body.event_id
  })
  afterAll(async () => {
    await server.remove()
    await receiver.close()
  })

  const call = (user: TestUser, method: string, path: string, body?: unknown) =>
    server.api(method, path, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const list = async (query = '') => (await call(mia, 'GET', `${REPORTS}?${query}`)).body
  const reportAll = async () => {
    const room = `${CLIENT}/rooms/${encodeURIComponent(roomId)}`
    await call(bob, 'POST', `${room}/report/${encodeURIComponent(eventId)}`, { reason: 'rude' })
    await call(bob, 'POST', `${room}/report`, { reason: 'full of it' })
    await call(bob, 'POST', `${CLIENT}/users/${alice.userId}/report`, { reason: 'always so' })
  }

  test('come in one list, newest first, and tell the webhook who and what, not what was said', async () => {
    await reportAll()
    const { reports } = await list()
    const common = { received_at: expect.any(Number), reporter: bob.userId, state: 'new', assignee: null, changed_at: expect.any(Number) }
    expect(reports).toEqual([
      { id: expect.any(Number), kind: 'user', reason: 'always so', room_id: null, event_id: null, target_user_id: alice.userId, ...common },
      { id: expect.any(Number), kind: 'room', reason: 'full of it', room_id: roomId, event_id: null, target_user_id: null, ...common },
      {
        id: expect.any(Number),
        kind: 'event',
        reason: 'rude',
        room_id: roomId,
        event_id: eventId,
        target_user_id: alice.userId,
        ...common,
      },
    ])
    await receiver.until(3)
    const told = receiver.received.map(({ body }) => JSON.parse(body)).find(({ report }) => report.kind === 'event')
    expect(told).toEqual({
      type: 'report.new',
      report: {
        id: reports[2].id,
        kind: 'event',
        received_at: reports[2].received_at,
        reporter: bob.userId,
        room_id: roomId,
        event_id: eventId,
        target_user_id: alice.userId,
      },
    })
    for (const { body, signature } of receiver.received) {
      expect(signature).toBe(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`)
    }
  })

  test('are taken on, commented and closed, and keep who did what', async () => {
    const [{ id }] = (await list('kind=event')).reports
    await call(mia, 'PUT', `${REPORTS}/${id}`, { state: 'in_progress', assignee: mia.userId })
    await call(mia, 'PUT', `${REPORTS}/${id}`, { note: 'asked alice' })
    const closed = await call(admin, 'PUT', `${REPORTS}/${id}`, { state: 'resolved', assignee: null, note: 'settled' })
    expect(closed.body).toMatchObject({
      id,
      state: 'resolved',
      assignee: null,
      event: { event_id: eventId, type: 'm.room.message', sender: alice.userId, content: { body: 'a bad word' } },
      history: [
        { at: expect.any(Number), user_id: mia.userId, state: 'in_progress', assignee: mia.userId },
        { user_id: mia.userId, note: 'asked alice' },
        { user_id: admin.userId, state: 'resolved', assignee: null, note: 'settled' },
      ],
    })
    expect((await call(admin, 'GET', `${REPORTS}/counts`)).body).toEqual({ new: 2, in_progress: 0, resolved: 1, dismissed: 0 })
    await server.restart()
    expect((await call(admin, 'GET', `${REPORTS}/${id}`)).body).toEqual(closed.body)
  })

  test('are found by state, kind, assignee, room and user, page by page', async () => {
    const [{ id: userReport }, { id: roomReport }] = (await list('state=new')).reports
    await call(admin, 'PUT', `${REPORTS}/${roomReport}`, { assignee: admin.userId })
    const idsOf = async (query: string) => (await list(query)).reports.map(({ id }: { id: number }) => id)
    expect(await idsOf(`assignee=${admin.userId}`)).toEqual([roomReport])
    expect(await idsOf('assignee=none&state=new')).toEqual([userReport])
    expect(await idsOf(`room_id=${encodeURIComponent(roomId)}&kind=room`)).toEqual([roomReport])
    expect((await idsOf(`target_user_id=${alice.userId}`)).length).toBe(2)
    const pages: number[] = []
    for (let from: number | undefined; ; ) {
      const { reports, next_token } = await list(`limit=1${from === undefined ? '' : `&from=${from}`}`)
      pages.push(...reports.map(({ id }: { id: number }) => id))
      from = next_token
      if (from === undefined) break
    }
    expect(pages).toEqual(await idsOf(''))
  })

  test('are gone when they are deleted by the API of Synapse', async () => {
    const [{ id }] = (await list('kind=user')).reports
    await call(admin, 'DELETE', `/_synapse/admin/v1/user_reports/${id}`)
    expect((await call(admin, 'GET', `${REPORTS}/${id}`)).body.errcode).toBe('M_NOT_FOUND')
    expect((await call(admin, 'PUT', `${REPORTS}/${id}`, { note: 'x' })).body.errcode).toBe('M_NOT_FOUND')
  })

  test.each([
    [{}, 'M_MISSING_PARAM'],
    [{ state: 'perhaps' }, 'M_BAD_JSON'],
    [{ assignee: '@bob:glia.test' }, 'M_INVALID_PARAM'],
    [{ assignee: '@nobody:glia.test' }, 'M_INVALID_PARAM'],
    [{ note: 'x'.repeat(10_001) }, 'M_BAD_JSON'],
  ])('are not changed by %o', async (body, errcode) => {
    const [report] = (await list()).reports
    expect((await call(mia, 'PUT', `${REPORTS}/${report.id}`, body)).body.errcode).toBe(errcode)
    expect((await list()).reports[0]).toEqual(report)
  })

  test('are told again after the webhook said no, also after a restart', async () => {
    receiver.answerWith(503)
    const before = receiver.received.length
    await call(bob, 'POST', `${CLIENT}/users/${alice.userId}/report`, { reason: 'again' })
    await receiver.until(before + 1)
    const waiting = async () =>
      (await call(admin, 'GET', '/_synapse/admin/v1/scheduled_tasks?action_name=report_alert&job_status=scheduled')).body.scheduled_tasks
    await expect.poll(async () => (await waiting()).length, { timeout: 10_000 }).toBe(1)
    await server.restart()
    const [task] = await waiting()
    expect(task.timestamp_ms).toBeGreaterThan(Date.now() - 60_000)
    receiver.answerWith(200)
    await receiver.until(before + 2)
    expect(JSON.parse(receiver.received.at(-1)!.body)).toEqual(JSON.parse(receiver.received.at(-2)!.body))
  })

  test('are not for users', async () => {
    expect((await call(bob, 'GET', REPORTS)).body.errcode).toBe('M_FORBIDDEN')
  })
})
