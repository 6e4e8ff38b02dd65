import type { Requester } from '@glia/http'
import { createLogger } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import { FakeClock, onBothDatabases, openTestDatabase, seededRandom, type TestDatabase } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeserverMigrations } from '../../migrations/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { SignalBus } from '../signals.ts'
import { createPresence, type Presence } from './presence.ts'
import { findPresence } from './presence-store.ts'

const ALICE = '@alice:x' as UserId

onBothDatabases('presence in several processes', (dialect) => {
  let opened: TestDatabase<HomeserverSchema>
  let clock: FakeClock
  let signals: SignalBus
  const processes: Presence[] = []
  beforeEach(async () => {
    opened = await openTestDatabase<HomeserverSchema>(dialect, homeserverMigrations)
    clock = new FakeClock()
    signals = new SignalBus()
  })
  afterEach(async () => {
    for (const process of processes.splice(0)) await process.stop()
    await opened.remove()
  })

  const startProcess = (seed: string): Presence => {
    const presence = createPresence({
      database: opened.database,
      signals,
      clock,
      random: seededRandom(seed),
      logger: createLogger({ level: 'silent', format: 'text' }),
      tryLimit: () => 0,
      limit: () => {},
    })
    presence.start()
    processes.push(presence)
    return presence
  }
  const on = (deviceId: string) => ({ userId: ALICE, deviceId: deviceId as DeviceId, sessionId: deviceId }) as Requester
  const stateNow = async () => (await findPresence(opened.database.read, ALICE))?.state
  /** Lets time pass in small steps until the state is this one. @returns ms that passed */
  const passUntil = async (state: string): Promise<number> => {
    const startMs = clock.nowMs()
    while ((await stateNow()) !== state) {
      clock.advance(5000)
      // behind what the timers began
      await opened.database.transaction((tx) => tx.lock('the test'))
    }
    return clock.nowMs() - startMs
  }

  test('a user is online as long as one process hears of a device', async () => {
    const [first, second] = [startProcess('1'), startProcess('2')]
    const ended = first.syncing(on('LAPTOP'), 'online')
    await passUntil('online')
    const phoneEnded = second.syncing(on('PHONE'), 'unavailable')
    await second.set(on('PHONE'), 'unavailable', undefined)
    expect(await stateNow()).toBe('online')
    ended()
    await passUntil('unavailable')
    phoneEnded()
    await passUntil('offline')
  })

  test('what a process heard ends with it', async () => {
    const [first] = [startProcess('1'), startProcess('2')]
    first.syncing(on('LAPTOP'), 'online')
    await passUntil('online')
    await processes.shift()!.stop()
    expect(await stateNow()).toBe('online')
    expect(await passUntil('offline')).toBeGreaterThan(30_000)
    expect(await opened.database.read.selectFrom('presence_sources').selectAll().execute()).toEqual([])
  })

  test('others are told when they see something new, and only then', async () => {
    const told: string[] = []
    signals.on('presence.changed', ({ userId }) => told.push(userId))
    const process = startProcess('1')
    await process.set(on('LAPTOP'), 'online', 'here')
    await process.set(on('LAPTOP'), 'online', 'here')
    await process.set(on('PHONE'), 'unavailable', 'here')
    expect(told).toHaveLength(1)
    await process.set(on('PHONE'), 'unavailable', 'there')
    expect(told).toHaveLength(2)
  })
})
