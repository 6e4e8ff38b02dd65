import { type Database, openDatabase } from '@glia/database'
import type { RoomId, UserId } from '@glia/protocol'
import { onBothDatabases, openTestDatabase, type TestDatabase } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeserverMigrations } from '../../migrations/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type RoomChange, SignalBus } from '../signals.ts'
import { PerUser, RecentChanges } from './index.ts'

const alice = '@alice:glia.test' as UserId
const bob = '@bob:glia.test' as UserId
const room = '!room:glia.test' as RoomId
const other = '!other:glia.test' as RoomId

onBothDatabases('recent changes', (dialect) => {
  let place: TestDatabase<HomeserverSchema>
  let signals: SignalBus
  let changes: RecentChanges
  beforeEach(async () => {
    place = await openTestDatabase<HomeserverSchema>(dialect, homeserverMigrations)
    signals = new SignalBus()
    changes = new RecentChanges({ database: place.database, signals })
  })
  afterEach(() => place.remove())

  /** Takes positions in a transaction. @returns the last one */
  const take = (tell: (position: number) => void, options: { count?: number; database?: Database<HomeserverSchema> } = {}) =>
    (options.database ?? place.database).transaction(async (tx) => {
      const { count = 1 } = options
      const last = (await tx.takePosition(count)) + count - 1
      tx.afterCommit(() => tell(last))
      return last
    })
  const changeRoom = (roomId: RoomId, ...what: RoomChange[]) =>
    take((position) => signals.tell('room.changed', { roomId, position, ...(what.length > 0 ? { what } : {}) }))
  const changeUser = (userId: UserId) => take((position) => signals.tell('user.changed', { userId, position }))

  test('tells what changed where, of what was committed here', async () => {
    const start = await changeRoom(other)
    const now = await changeRoom(room, 'message')
    const found = changes.between(start, now)!
    expect(found.ofRoom(room)).toBe(true)
    expect(found.ofRoom(room, 'message')).toBe(true)
    expect(found.ofRoom(room, 'state', 'receipt')).toBe(false)
    expect(found.ofRoom(other)).toBe(false)
    expect(found.ofUser(alice)).toBe(false)
    expect(found.ofAnyRoom('message')).toBe(true)
    expect(found.ofAnyRoom('member')).toBe(false)
    expect(changes.between(start, await changeUser(alice))!.ofUser(alice)).toBe(true)
    expect(changes.between(now, await changeUser(bob))!.ofRoom(room)).toBe(false)
  })

  test('takes a change that does not say what it is for any', async () => {
    const start = await changeRoom(other)
    const found = changes.between(start, await changeRoom(room))!
    for (const what of ['message', 'state', 'member', 'receipt', 'devices'] as const) expect(found.ofRoom(room, what)).toBe(true)
  })

  test('knows nothing of before its time, nor of what is to come', async () => {
    const now = await changeRoom(room)
    expect(changes.between(now - 2, now)).toBeUndefined()
    expect(changes.between(now - 1, now + 1)).toBeUndefined()
    expect(changes.between(now + 5, now + 5)!.ofUser(alice)).toBe(false)
  })

  test('counts all positions of a transaction, and none of one that failed', async () => {
    const start = await changeRoom(room)
    const failing = place.database.transaction(async (tx) => {
      await tx.takePosition(3)
      throw new Error('fails')
    })
    await expect(failing).rejects.toThrow('fails')
    const now = await take((position) => signals.tell('user.changed', { userId: alice, position }), { count: 5 })
    expect(now).toBe(start + 5)
    expect(changes.between(start, now)!.ofUser(alice)).toBe(true)
    expect(changes.between(start, now)!.ofUser(bob)).toBe(false)
  })

  test('does not trust a transaction that tells nothing', async () => {
    const start = await changeRoom(room)
    const silent = await take(() => {})
    expect(changes.between(start, silent)).toBeUndefined()
    expect(changes.between(silent, await changeUser(alice))!.ofUser(alice)).toBe(true)
  })

  test('does not know what another process did, but what came after, sooner or later', async () => {
    const second = await openDatabase<HomeserverSchema>(place.options, () => {})
    const start = await changeRoom(room)
    const theirs = await take(() => {}, { database: second })
    let now = await changeUser(alice)
    expect(now).toBe(theirs + 1)
    expect(changes.between(start, now)).toBeUndefined()
    expect(changes.between(theirs, now)).toBeUndefined()
    for (let n = 0; n < 70; n++) now = await changeUser(alice)
    expect(changes.between(start, now)).toBeUndefined()
    expect(changes.between(now - 1, now)!.ofUser(alice)).toBe(true)
    await second.close()
  })

  test('keeps what was read of a user until something of the user changes', async () => {
    const known = new PerUser<string>(changes, 10)
    const first = await changeUser(alice)
    known.set(alice, first, 'value')
    expect(known.get(alice, first)).toBe('value')
    expect(known.get(bob, first)).toBeUndefined()
    const second = await changeUser(bob)
    expect(known.get(alice, second)).toBe('value')
    expect(known.get(alice, first)).toBe('value')
    const third = await changeUser(alice)
    expect(known.get(alice, third)).toBeUndefined()
    expect(known.get(alice, third + 1)).toBeUndefined()
  })
})
