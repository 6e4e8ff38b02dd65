import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const HOUR_MS = 3600_000
const DAY_MS = 24 * HOUR_MS
const CLIENT = '/_matrix/client/v3'
const PREVIEW = '/_glia/admin/v1/retention'

onBothDatabases('retention', (dialect) => {
  let server: TestServer
  let clock: FakeClock
  let admin: TestUser
  let ann: TestUser
  let sent = 0
  beforeEach(async () => {
    clock = new FakeClock(Date.now())
    server = await startTestServer({
      dialect,
      clock,
      config: {
        media_retention: { local_media_lifetime: '2d' },
        retention: {
          enabled: true,
          default_policy: { max_lifetime: '10d' },
          allowed_lifetime_min: '1d',
          allowed_lifetime_max: '20d',
          purge_jobs: [{ interval: '12h' }],
        },
      },
    })
    admin = await server.register('admin', { admin: true })
    ann = await server.register('ann')
  })
  afterEach(() => server.remove())

  const call = (method: string, path: string, body?: unknown, user = admin) =>
    server.api(method, path, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const get = async (path: string) => (await call('GET', path)).body
  const upload = async (text: string) => {
    const raw = { token: ann.accessToken, raw: text, headers: { 'content-type': 'text/plain' } }
    return (await server.api('POST', '/_matrix/media/v3/upload', raw)).body.content_uri.split('/').pop() as string
  }
  const download = async (mediaId: string) =>
    (await call('GET', `/_matrix/client/v1/media/download/glia.test/${mediaId}`, undefined, ann)).status
  const room = async (maxLifetimeMs?: number) => {
    const retention = { type: 'm.room.retention', state_key: '', content: { max_lifetime: maxLifetimeMs } }
    const initial_state = maxLifetimeMs === undefined ? [] : [retention]
    return (await call('POST', `${CLIENT}/createRoom`, { initial_state }, ann)).body.room_id as string
  }
  const send = (roomId: string, body: string) =>
    call('PUT', `${CLIENT}/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${sent++}`, { msgtype: 'm.text', body }, ann)
  const bodies = async (roomId: string): Promise<string[]> => {
    const { chunk } = (await call('GET', `${CLIENT}/rooms/${encodeURIComponent(roomId)}/messages?dir=f&limit=100`, undefined, ann)).body
    const events = chunk as { type: string; content: { body: string } }[]
    return events.filter(({ type }) => type === 'm.room.message').map(({ content }) => content.body)
  }
  /** Lets time pass until a task has run that is due then. @returns what it did */
  const ran = async (action: string, afterMs: number) => {
    const done = async () => (await get(`/_synapse/admin/v1/scheduled_tasks?action_name=${action}&status=complete`)).scheduled_tasks
    const before = (await done()).length
    clock.advance(afterMs)
    await expect
      .poll(
        async () => {
          clock.advance(1)
          return (await done()).length
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(before)
    return (await done()).at(-1).result
  }
  const planned = async (action: string) =>
    (await get(`/_synapse/admin/v1/scheduled_tasks?action_name=${action}&status=scheduled`)).scheduled_tasks

  test('files that nobody looks at are deleted, others stay; the preview says which', async () => {
    const [unused, used, kept, hidden] = [
      await upload('unused'),
      await upload('used!'),
      await upload('protected'),
      await upload('quarantined'),
    ]
    await call('POST', `/_synapse/admin/v1/media/protect/${kept}`)
    await call('POST', `/_synapse/admin/v1/media/quarantine/glia.test/${hidden}`)
    clock.advance(DAY_MS + HOUR_MS)
    expect(await download(used)).toBe(200)
    expect(await get(`${PREVIEW}/media/preview`)).toEqual({ files: 0, bytes: 0 })
    expect(await get(`${PREVIEW}/media/preview?local_media_lifetime=${DAY_MS}`)).toEqual({ files: 1, bytes: 'unused'.length })
    clock.advance(DAY_MS - HOUR_MS / 2)
    const info = async (mediaId: string) => (await call('GET', `/_synapse/admin/v1/media/glia.test/${mediaId}`)).status
    await expect
      .poll(
        () => {
          clock.advance(60_000)
          return info(unused)
        },
        { timeout: 20_000 },
      )
      .toBe(404)
    expect([await download(used), await info(kept), await info(hidden)]).toEqual([200, 200, 200])
    expect(await get(`${PREVIEW}/media/preview`)).toEqual({ files: 0, bytes: 0 })
  })

  test('messages go as their room says, within what is allowed', async () => {
    const [short, shorter, standard, long] = [await room(3 * DAY_MS), await room(1), await room(), await room(100 * DAY_MS)]
    const rooms = [short, shorter, standard, long]
    for (const roomId of rooms) await send(roomId, 'old')
    clock.advance(12 * HOUR_MS - 60_000)
    for (const roomId of rooms) await send(roomId, 'young')
    // all are younger than a day, which is the least that is allowed
    await ran('history_retention', 60_000)
    expect(await Promise.all(rooms.map(bodies))).toEqual(rooms.map(() => ['old', 'young']))
    for (let day = 0; day < 8; day++) await ran('history_retention', 12 * HOUR_MS)
    // the newest event of a room stays
    expect(await Promise.all(rooms.map(bodies))).toEqual([['young'], ['young'], ['old', 'young'], ['old', 'young']])
    const preview = `${PREVIEW}/history/preview?room_id=${encodeURIComponent(standard)}`
    expect(await get(preview)).toEqual({ rooms: 0, events: 0, bytes: 0 })
    expect(await get(`${preview}&max_lifetime=${DAY_MS}`)).toMatchObject({ rooms: 1, events: 1, bytes: expect.any(Number) })
    expect(await get(`${PREVIEW}/history/preview?max_lifetime=${DAY_MS}`)).toMatchObject({ rooms: 1, events: 1 })
    expect(await bodies(standard)).toEqual(['old', 'young'])
    await send(standard, 'still works')
  })

  test('the next time stays over a restart, and is gone when nothing is configured', async () => {
    const [before] = await planned('history_retention')
    expect(before.timestamp_ms).toBe(clock.nowMs() + 12 * HOUR_MS)
    clock.advance(HOUR_MS)
    await server.restart()
    expect(await planned('history_retention')).toEqual([before])
    await server.restart({ retention: { enabled: true, purge_jobs: [{ interval: '1h' }] } })
    const [sooner, ...more] = await planned('history_retention')
    expect([sooner.timestamp_ms, more]).toEqual([clock.nowMs() + HOUR_MS, []])
    await server.restart({ retention: { enabled: false }, media_retention: {} })
    expect([await planned('history_retention'), await planned('media_retention')]).toEqual([[], []])
    expect((await call('GET', `${PREVIEW}/media/preview`)).body.errcode).toBe('M_MISSING_PARAM')
  })
})
