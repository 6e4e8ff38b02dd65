import type { Database } from '@glia/database'
import { silentLogger } from '@glia/platform'
import type { DeviceId, ServerName, UserId } from '@glia/protocol'
import { FakeClock, onBothDatabases, openTestDatabase, type TestDatabase } from '@glia/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { homeserverMigrations } from '../../migrations/index.ts'
import { createDevices, type Devices } from '../devices/index.ts'
import { type ActivityRecorder, createActivityRecorder } from './activity-recorder.ts'
import { createUserDeactivation } from './deactivate-user.ts'
import { createDepartures } from './departures.ts'
import type { UserTables } from './tables.ts'
import { createUsers, type Users } from './users.ts'

const serverName = 'glia.test' as ServerName

onBothDatabases('users', (dialect) => {
  let place: TestDatabase<UserTables>
  let database: Database<UserTables>
  let clock: FakeClock
  let users: Users
  let devices: Devices
  beforeAll(async () => {
    place = await openTestDatabase<UserTables>(dialect, homeserverMigrations)
    database = place.database
  })
  beforeEach(() => {
    clock = new FakeClock()
    users = createUsers({ database, clock, serverName })
    devices = createDevices({ database, clock })
  })
  afterAll(() => place.remove())

  let count = 0
  const newUser = (fields: { isAdmin?: boolean; isGuest?: boolean } = {}): Promise<UserId> =>
    database.transaction((tx) => users.create(tx, { localpart: `u${count++}`, ...fields }))

  test('are found by their exact id', async () => {
    const userId = await newUser({ isAdmin: true })
    expect(await users.find(userId)).toMatchObject({ userId, isAdmin: true, isGuest: false, createdAtMs: clock.nowMs() })
    expect(await users.find(userId.replace('u', 'U') as UserId)).toBeUndefined()
  })

  test('guests have no display name, others their localpart', async () => {
    expect((await users.find(await newUser({ isGuest: true })))?.displayName).toBeUndefined()
    expect((await users.find(await newUser()))?.displayName).toMatch(/^u\d+$/)
  })

  test('the counters say what counting would say, also after many changes at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => newUser({ isGuest: i % 3 === 0, isAdmin: i % 4 === 0 })))
    await Promise.all(
      ids.flatMap((userId, i) => [
        database.transaction((tx) => users.update(tx, userId, { locked: i % 2 === 0 ? 1 : 0 })),
        database.transaction((tx) => users.update(tx, userId, { deactivated: 1, user_type: i % 5 === 0 ? 'bot' : null })),
        database.transaction((tx) => users.update(tx, userId, { admin: i % 3 === 0 ? 1 : 0 })),
        database.transaction((tx) => users.update(tx, userId, { deactivated: 0, shadow_banned: i % 2 === 0 ? 1 : 0 })),
      ]),
    )
    const counted = await sql<object>`
      SELECT admin, deactivated, locked, is_guest, approved, shadow_banned, COALESCE(user_type, '') AS user_type, COUNT(*) AS users
      FROM users GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7`.execute(database.read)
    const kept = await sql<object>`
      SELECT admin, deactivated, locked, is_guest, approved, shadow_banned, user_type, users
      FROM user_counts WHERE users <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7`.execute(database.read)
    expect(kept.rows).toEqual(counted.rows)
  })

  test('a name that is taken is refused, and the transaction leaves nothing behind', async () => {
    const userId = await newUser()
    const localpart = userId.slice(1, userId.indexOf(':'))
    const attempt = database.transaction(async (tx) => {
      await users.update(tx, userId, { locked: 1 })
      await users.create(tx, { localpart })
    })
    await expect(attempt).rejects.toMatchObject({ errcode: 'M_USER_IN_USE' })
    expect((await users.find(userId))?.isLocked).toBe(false)
  })

  test('a change of somebody who is not there changes nothing', async () => {
    expect(await database.transaction((tx) => users.update(tx, '@nobody:glia.test' as UserId, { admin: 1 }))).toBeUndefined()
  })

  test.each([
    ['Upper', 'M_INVALID_USERNAME'],
    ['', 'M_INVALID_USERNAME'],
    ['_x', 'M_INVALID_USERNAME'],
    ['1234', 'M_INVALID_USERNAME'],
    ['ü', 'M_INVALID_USERNAME'],
    ['x'.repeat(245), 'M_INVALID_USERNAME'],
    ['u0', 'M_USER_IN_USE'],
  ])('the name %s is not available', async (localpart, errcode) => {
    await expect(users.checkLocalpartAvailable(localpart)).rejects.toMatchObject({ errcode })
  })

  test.each(['x'.repeat(244), 'a-z.0_9=/+b'])('the name %s is available', async (localpart) => {
    await expect(users.checkLocalpartAvailable(localpart)).resolves.toBeUndefined()
  })

  describe('devices', () => {
    test('hooks run in the same transaction, with the devices that were really there', async () => {
      const userId = await newUser()
      const seen: unknown[] = []
      devices.onDevicesChanged(async (_tx, ...args) => void seen.push(['changed', ...args]))
      devices.onDevicesDeleted(async (_tx, ...args) => void seen.push(['deleted', ...args]))
      const device = (deviceId: string) => ({ userId, deviceId: deviceId as DeviceId, displayName: 'x' })
      await database.transaction(async (tx) => {
        expect(await devices.upsert(tx, device('A'))).toEqual({ isNew: true })
        expect(await devices.upsert(tx, device('A'))).toEqual({ isNew: false })
        await devices.upsert(tx, device('B'))
        await devices.remove(tx, userId, ['A', 'A', 'UNKNOWN'] as DeviceId[])
        await devices.removeAll(tx, userId, { exceptDeviceId: 'B' as DeviceId })
      })
      expect(seen).toEqual([
        ['changed', userId, ['A']],
        ['changed', userId, ['B']],
        ['deleted', userId, ['A']],
      ])
      expect((await devices.list(userId)).map(({ deviceId }) => deviceId)).toEqual(['B'])
    })

    test('a hook that fails keeps the device', async () => {
      const userId = await newUser()
      await database.transaction((tx) => devices.upsert(tx, { userId, deviceId: 'A' as DeviceId, displayName: undefined }))
      devices.onDevicesDeleted(async () => {
        throw new Error('no')
      })
      await expect(database.transaction((tx) => devices.remove(tx, userId, ['A' as DeviceId]))).rejects.toThrow('no')
      expect(await devices.list(userId)).toHaveLength(1)
    })
  })

  describe('activity', () => {
    let activity: ActivityRecorder
    let userId: UserId
    beforeEach(async () => {
      activity = createActivityRecorder({ database, clock, logger: silentLogger })
      userId = await newUser()
      await database.transaction((tx) => devices.upsert(tx, { userId, deviceId: 'A' as DeviceId, displayName: undefined }))
    })
    const seen = (ip: string, deviceId: string | undefined = 'A') =>
      activity.record({ userId, deviceId: deviceId as DeviceId | undefined, ip, userAgent: 'agent' })
    const addresses = () =>
      database.read
        .selectFrom('user_addresses')
        .select(['device_id', 'ip', 'last_seen_ms'])
        .where('user_id', '=', userId)
        .orderBy('ip')
        .execute()

    test('is written in one batch, the newest to user and device', async () => {
      seen('10.0.0.1')
      clock.advance(1000)
      seen('10.0.0.2')
      activity.record({ userId, deviceId: undefined, ip: '10.0.0.3', userAgent: 'x'.repeat(5000) })
      expect(await addresses()).toEqual([])
      await activity.flush()
      const now = clock.nowMs()
      expect(await addresses()).toEqual([
        { device_id: 'A', ip: '10.0.0.1', last_seen_ms: now - 1000 },
        { device_id: 'A', ip: '10.0.0.2', last_seen_ms: now },
        { device_id: '', ip: '10.0.0.3', last_seen_ms: now },
      ])
      expect((await users.find(userId))?.lastSeenMs).toBe(now)
      expect(await devices.find(userId, 'A' as DeviceId)).toMatchObject({
        lastSeenMs: now,
        lastSeenIp: '10.0.0.2',
        lastSeenUserAgent: 'agent',
      })
    })

    test('of the same kind is written again only after two minutes', async () => {
      const first = clock.nowMs()
      seen('10.0.0.1')
      await activity.flush()
      clock.advance(119_999)
      seen('10.0.0.1')
      await activity.flush()
      expect((await addresses())[0]?.last_seen_ms).toBe(first)
      clock.advance(1)
      seen('10.0.0.1')
      await activity.flush()
      expect((await addresses())[0]?.last_seen_ms).toBe(first + 120_000)
    })

    test('is written by itself while started, and once more when stopped', async () => {
      activity.start()
      seen('10.0.0.1')
      clock.advance(5000)
      await activity.flush()
      expect(await addresses()).toHaveLength(1)
      seen('10.0.0.2')
      await activity.stop()
      expect(await addresses()).toHaveLength(2)
    })

    test('older than 28 days is forgotten', async () => {
      seen('10.0.0.1')
      await activity.flush()
      clock.advance(28 * 86_400_000 + 1)
      seen('10.0.0.2')
      await activity.flush()
      expect((await addresses()).map(({ ip }) => ip)).toEqual(['10.0.0.2'])
    })
  })

  test('deactivation is all or nothing, and rooms are left after it', async () => {
    const userId = await newUser()
    await database.transaction((tx) => devices.upsert(tx, { userId, deviceId: 'A' as DeviceId, displayName: undefined }))
    const left: UserId[] = []
    let failing = true
    const auth = {
      setPasswordHash: async () => {},
      endSessions: async () => {
        if (failing) throw new Error('no')
      },
    } as never
    const deactivation = createUserDeactivation({
      database,
      users,
      devices,
      auth: () => auth,
      departures: createDepartures({ database, clock, logger: silentLogger, leaveAllRooms: async (id) => void left.push(id) }),
    })
    await expect(deactivation.deactivate(userId, { erase: true })).rejects.toThrow('no')
    expect(await users.find(userId)).toMatchObject({ isDeactivated: false, isErased: false })
    expect([await devices.list(userId), left]).toEqual([[expect.anything()], []])
    failing = false
    await deactivation.deactivate(userId, { erase: true })
    expect(await users.find(userId)).toMatchObject({ isDeactivated: true, isErased: true, displayName: undefined })
    expect([await devices.list(userId), left]).toEqual([[], [userId]])
    await expect(deactivation.deactivate('@nobody:glia.test' as UserId, { erase: false })).rejects.toMatchObject({ errcode: 'M_NOT_FOUND' })
  })

  test('who had not left all rooms when the server died leaves them after the next start', async () => {
    const userId = await newUser()
    const make = (leaveAllRooms: (id: UserId) => Promise<void>) =>
      createDepartures({ database, clock, logger: silentLogger, leaveAllRooms })
    const first = make(() => Promise.reject(new Error('died')))
    await database.transaction((tx) => first.note(tx, userId))
    await first.depart(userId)
    const left: UserId[] = []
    const second = make(async (id) => void left.push(id))
    await second.start()
    await expect.poll(() => left).toEqual([userId])
    await second.stop()
    const third = make(async (id) => void left.push(id))
    await third.start()
    await third.stop()
    expect(left).toEqual([userId])
  })

  test('who is in very many rooms is not waited for', async () => {
    const userId = await newUser()
    let finish = () => {}
    const departures = createDepartures({
      database,
      clock,
      logger: silentLogger,
      leaveAllRooms: () => new Promise((resolve) => (finish = resolve)),
    })
    const departing = departures.depart(userId)
    clock.advance(2_000)
    await departing
    finish()
    await departures.stop()
  })
})
