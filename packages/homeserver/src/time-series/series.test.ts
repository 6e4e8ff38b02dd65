import { createHttpServer } from '@glia/http'
import { createLogger } from '@glia/platform'
import { eventTypes } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { requesterOf } from '../membership/rooms-fixture.ts'
import { alice, bob, openTimelineFixture } from '../timeline/timeline-fixture.ts'
import { addTestUser } from '../users/user-fixture.ts'
import { createSampler, timeSeriesRoutes } from './index.ts'

const HOUR_MS = 3600_000
const logger = createLogger({ level: 'silent', format: 'text' })

onBothDatabases('time series', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openTimelineFixture>>
  let sampler: ReturnType<typeof createSampler>
  let app: ReturnType<typeof createHttpServer>
  beforeEach(async () => {
    fixture = await openTimelineFixture(dialect)
    const { database, clock } = fixture
    sampler = createSampler({ database, clock, logger })
    app = createHttpServer({
      routes: timeSeriesRoutes({ database, clock }),
      authenticator: {
        authenticate: async () => requesterOf(alice, { isAdmin: true }),
        authenticateAuthAdmin: () => Promise.reject(new Error('unused')),
        isPrivileged: () => Promise.reject(new Error('unused')),
      },
      auditTrail: { begin: () => Promise.reject(new Error('unused')) },
      serverName: 'glia.test',
      logger,
      clock,
      errorPage: ({ message }) => message,
      trustProxy: false,
      checkAnswers: true,
    })
  })
  afterEach(async () => {
    await app.close()
    await fixture.remove()
  })

  const get = async (query: string) => {
    const answer = await app.inject({ url: `/_glia/admin/v1/time_series?${query}`, headers: { authorization: 'Bearer t' } })
    return answer.json()
  }
  const hourOf = (ms: number) => Math.floor(ms / HOUR_MS) * HOUR_MS
  /** Goes to the middle of the next hour. */
  const nextHour = () => fixture.clock.advance(hourOf(fixture.clock.nowMs()) + 1.5 * HOUR_MS - fixture.clock.nowMs())

  test('tell what there is and what happened, hour by hour', async () => {
    const { clock, database } = fixture
    await nextHour()
    await sampler.run()
    const first = hourOf(clock.nowMs()) - HOUR_MS
    const roomId = await fixture.createRoom()
    await fixture.append(roomId, alice, eventTypes.message, { body: '1' })
    await fixture.append(roomId, alice, eventTypes.encrypted, { ciphertext: '2' })
    await fixture.append(roomId, alice, 'm.reaction', {})
    await addTestUser(database, bob)
    await database.transaction((tx) =>
      tx.db.updateTable('users').set({ created_at_ms: clock.nowMs(), last_seen_ms: clock.nowMs() }).where('user_id', '=', bob).execute(),
    )
    await nextHour()
    await sampler.run()
    await sampler.run()
    const { series } = await get('step=hour')
    expect(series.messages).toEqual([{ at: first + HOUR_MS, value: 2 }])
    expect(series.rooms).toEqual([
      { at: first, value: 0 },
      { at: first + HOUR_MS, value: 1 },
    ])
    expect(series.registrations).toEqual([
      { at: first, value: 0 },
      { at: first + HOUR_MS, value: 1 },
    ])
    for (const name of ['active_users_daily', 'active_users_weekly', 'active_users_monthly']) {
      expect(series[name].map(({ value }: { value: number }) => value)).toEqual([0, 1])
    }
    expect(series.database_bytes[0].value).toBeGreaterThan(1000)
    expect(series.media_bytes.map(({ value }: { value: number }) => value)).toEqual([0, 0])
  })

  test('add up what happened in a day, and keep the last of everything else', async () => {
    const { clock } = fixture
    const day = Math.ceil(clock.nowMs() / (24 * HOUR_MS)) * 24 * HOUR_MS
    await clock.advance(day + HOUR_MS / 2 - clock.nowMs())
    await sampler.run()
    for (let hour = 0; hour < 3; hour++) {
      const roomId = await fixture.createRoom()
      await fixture.append(roomId, alice, eventTypes.message, { body: 'hello' })
      await nextHour()
      await sampler.run()
    }
    const { series } = await get(`names=messages,rooms&since=${day}`)
    expect(series).toEqual({ messages: [{ at: day, value: 3 }], rooms: [{ at: day, value: 3 }] })
  })

  test('count messages that came before a late sample in their own hour', async () => {
    const { clock } = fixture
    await nextHour()
    await sampler.run()
    const roomId = await fixture.createRoom()
    await nextHour()
    // in the hour that is sampled next, but before the sample of the hour before is taken
    await fixture.append(roomId, alice, eventTypes.message, { body: 'early' })
    const hour = hourOf(clock.nowMs())
    await sampler.run()
    await fixture.append(roomId, alice, eventTypes.message, { body: 'late' })
    await nextHour()
    await sampler.run()
    expect((await get('step=hour&names=messages')).series.messages).toEqual([
      { at: hour - HOUR_MS, value: 0 },
      { at: hour, value: 2 },
    ])
  })

  test('are sampled at the start and after each hour', async () => {
    sampler.start()
    await sampler.stop()
    const { series } = await get('step=hour&names=users')
    expect(series.users).toHaveLength(1)
    sampler.start()
    await nextHour()
    await sampler.stop()
    expect((await get('step=hour&names=users')).series.users).toHaveLength(2)
  })

  test.each([
    'names=nonsense',
    'names=users,',
    'step=week',
    'since=0&step=day',
    `since=${Date.UTC(2020)}&until=${Date.UTC(2021)}&step=hour`,
  ])('refuse %s', async (query) => {
    expect((await get(query)).errcode).toBe('M_INVALID_PARAM')
  })
})
