import type { Database } from '@glia/database'
import { createLogger } from '@glia/platform'
import type { EventId } from '@glia/protocol'
import { FakeClock, onBothDatabases, openTestDatabase, type TestDatabase } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeserverMigrations } from '../../migrations/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { Sending } from '../timeline/index.ts'
import { DelayTimer, LEASE_MS } from './delay-timer.ts'

onBothDatabases('the timer of delayed events', (dialect) => {
  let opened: TestDatabase<HomeserverSchema>
  let database: Database<HomeserverSchema>
  let clock: FakeClock
  let timers: DelayTimer[]
  const sent: string[] = []
  let onSent = () => {}
  let fail = () => {}
  beforeEach(async () => {
    opened = await openTestDatabase<HomeserverSchema>(dialect, homeserverMigrations)
    database = opened.database
    clock = new FakeClock()
    timers = []
    sent.length = 0
    fail = () => {}
  })
  afterEach(async () => {
    for (const timer of timers) await timer.stop()
    await opened.remove()
  })

  const sending = {
    async sendMessage(_requester, { transactionId }) {
      fail()
      sent.push(transactionId)
      onSent()
      return '$event' as EventId
    },
  } as Partial<Sending> as Sending

  const startTimer = async () => {
    const timer = new DelayTimer({
      database,
      clock,
      logger: createLogger({ level: 'silent', format: 'text' }),
      sending,
      findUser: async () => ({ isDeactivated: false, isGuest: false, isSuspended: false, isShadowBanned: false }),
      isSoleProcess: false,
    })
    timers.push(timer)
    await timer.start()
  }
  const add = (delayId: string, sendAtMs: number, claimedUntilMs: number | null = null) =>
    database.transaction((tx) =>
      tx.db
        .insertInto('delayed_events')
        .values({
          delay_id: delayId,
          user_id: '@a:x',
          session_id: 's',
          device_id: null,
          room_id: `!${delayId}`,
          type: 'x',
          state_key: null,
          content: '{}',
          delay_ms: 1,
          running_since_ms: 0,
          send_at_ms: sendAtMs,
          made_at_position: 0,
          claimed_until_ms: claimedUntilMs,
        })
        .execute(),
    )
  const sentAll = (count: number) =>
    new Promise<void>((resolve) => {
      onSent = () => sent.length >= count && resolve()
      onSent()
    })

  test('of several processes one sends each event', async () => {
    const ids = Array.from({ length: 120 }, (_, n) => `d${n}`)
    for (const id of ids) await add(id, clock.nowMs() + 1000)
    for (let n = 0; n < 3; n++) await startTimer()
    for (const timer of timers) timer.wakeAt(clock.nowMs() + 1000)
    clock.advance(1000)
    await sentAll(ids.length)
    for (const timer of timers.splice(0)) await timer.stop()
    expect([...sent].sort()).toEqual(ids.sort())
    expect(await database.read.selectFrom('delayed_events').selectAll().execute()).toEqual([])
  })

  test('what a process that died had claimed is sent by another when its time is over', async () => {
    await add('left', clock.nowMs(), clock.nowMs() + LEASE_MS)
    await startTimer()
    await settled()
    clock.advance(LEASE_MS - 1)
    await settled()
    expect(sent).toEqual([])
    clock.advance(1)
    await sentAll(1)
    expect(sent).toEqual(['left'])
  })

  test('a fault leaves the event, and it is tried again', async () => {
    await add('again', clock.nowMs())
    const failed = new Promise<void>((resolve) => {
      fail = () => {
        resolve()
        throw new Error('the database is away')
      }
    })
    await startTimer()
    await failed
    await settled()
    fail = () => {}
    expect(await database.read.selectFrom('delayed_events').select('delay_id').execute()).toHaveLength(1)
    clock.advance(LEASE_MS)
    await sentAll(1)
    expect(sent).toEqual(['again'])
  })

  async function settled(): Promise<void> {
    await Promise.all(timers.map((timer) => timer.idle()))
  }
})
