import type { DeviceId, JsonObject, RoomId, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alice } from '../timeline/timeline-fixture.ts'
import { createToDevice } from '../to-device/index.ts'
import { addTestUser } from '../users/user-fixture.ts'
import { EVERYWHERE, openSlidingSyncFixture } from './sliding-sync-fixture.ts'

onBothDatabases('extensions of sliding sync', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openSlidingSyncFixture>>
  beforeAll(async () => {
    fixture = await openSlidingSyncFixture(dialect)
  })
  afterAll(() => fixture.remove())

  let users = 0
  const newUser = () => `@user${++users}:glia.test` as UserId
  const roomsOf = async (userId: UserId, count: number): Promise<RoomId[]> => {
    const rooms: RoomId[] = []
    for (let n = 0; n < count; n++) {
      const roomId = await fixture.createRoom()
      await fixture.join(roomId, userId)
      rooms.push(roomId)
    }
    return rooms
  }
  const top = { ranges: [[0, 0]] as [number, number][], timelineLimit: 1 }
  const all = { timelineLimit: 1 }

  test('what is not asked for is not told', async () => {
    const me = newUser()
    const [roomId] = await roomsOf(me, 1)
    await fixture.accountData.put(me, roomId, 'm.x', {})
    expect((await fixture.look(me, { lists: { all } })).extensions).toEqual({})
  })

  describe('to_device', () => {
    const send = (to: UserId, content: JsonObject, id: string) =>
      createToDevice(fixture).send({ userId: alice, sessionId: 's' }, 'm.x', `${to} ${id}`, { [to]: { DEVICE: content } })
    const newDevice = async () => {
      const userId = newUser()
      await addTestUser(fixture.database, userId, ['DEVICE' as DeviceId])
      return userId
    }

    test('messages are told until the client has taken them in', async () => {
      const me = await newDevice()
      await send(me, { n: 1 }, '1')
      await send(me, { n: 2 }, '2')
      const asked = async (since: string | undefined, pos?: string) => {
        const toDevice = { since: since === undefined ? undefined : Number(since), limit: 1 }
        const answer = await fixture.look(me, { extensions: { toDevice }, pos })
        return { ...answer, told: answer.extensions.to_device as { next_batch: string; events: object[] } }
      }
      const first = await asked(undefined)
      expect(first.told.events).toEqual([{ type: 'm.x', sender: alice, content: { n: 1 } }])
      // a new `pos` alone does not mean that they were taken in
      expect((await asked(undefined, first.pos)).told).toEqual(first.told)
      const second = await asked(first.told.next_batch, first.pos)
      expect(second.told.events).toEqual([{ type: 'm.x', sender: alice, content: { n: 2 } }])
      expect((await asked(undefined, second.pos)).told.events).toEqual(second.told.events)
      const third = await asked(second.told.next_batch, second.pos)
      expect(third.told.events).toEqual([])
      // a token of another server takes nothing away
      await send(me, { n: 3 }, '3')
      expect((await asked('999999999')).told.events).toEqual([{ type: 'm.x', sender: alice, content: { n: 3 } }])
    })

    test('a message ends a long poll', async () => {
      const me = await newDevice()
      const extensions = { toDevice: { since: undefined, limit: 10 } }
      const { pos } = await fixture.look(me, { extensions })
      const waiting = fixture.look(me, { extensions, pos, timeoutMs: 30_000 })
      await send(me, { n: 1 }, '1')
      expect((await waiting).extensions.to_device.events).toHaveLength(1)
    })
  })

  describe('e2ee', () => {
    test('device lists come with a pos only; keys always', async () => {
      const me = newUser()
      const first = await fixture.look(me, { extensions: { e2ee: true } })
      expect(first.extensions).toEqual({
        e2ee: { device_one_time_keys_count: { signed_curve25519: 0 }, device_unused_fallback_key_types: [] },
      })
      await roomsOf(me, 1)
      const waiting = await fixture.look(me, { extensions: { e2ee: true }, pos: first.pos, timeoutMs: 30_000 })
      expect(waiting.extensions.e2ee.device_lists).toEqual({ changed: expect.arrayContaining([alice]), left: [] })
    })
  })

  describe('account_data', () => {
    const extensions = { accountData: EVERYWHERE }

    test('all at first, then what changes; of rooms, those in sight', async () => {
      const me = newUser()
      const [hidden, roomId] = await roomsOf(me, 2)
      await fixture.accountData.put(me, undefined, 'm.global', { n: 1 })
      await fixture.accountData.put(me, roomId, 'm.room', { n: 1 })
      await fixture.accountData.put(me, hidden, 'm.room', { n: 1 })
      const first = await fixture.look(me, { lists: { top }, extensions })
      expect(first.extensions.account_data.global.map(({ type }: { type: string }) => type)).toEqual(['m.global', 'm.push_rules'])
      expect(first.extensions.account_data.rooms).toEqual({ [roomId!]: [{ type: 'm.room', content: { n: 1 } }] })
      const idle = await fixture.look(me, { lists: { top }, extensions, pos: first.pos })
      expect(idle.extensions.account_data).toEqual({ global: [], rooms: {} })
      const waiting = fixture.look(me, { lists: { top }, extensions, pos: idle.pos, timeoutMs: 30_000 })
      await fixture.accountData.put(me, roomId, 'm.room', { n: 2 })
      const second = await waiting
      expect(second.extensions.account_data).toEqual({ global: [], rooms: { [roomId!]: [{ type: 'm.room', content: { n: 2 } }] } })
      // into sight
      const third = await fixture.look(me, { lists: { all }, extensions, pos: second.pos })
      expect(third.extensions.account_data.rooms).toEqual({ [hidden!]: [{ type: 'm.room', content: { n: 1 } }] })
      // changed out of sight, told when back in it
      await fixture.accountData.put(me, hidden, 'm.room', { n: 3 })
      const fourth = await fixture.look(me, { lists: { top }, extensions, pos: third.pos })
      expect(fourth.extensions.account_data.rooms).toEqual({})
      const fifth = await fixture.look(me, { lists: { all }, extensions, pos: fourth.pos })
      expect(fifth.extensions.account_data.rooms).toEqual({ [hidden!]: [{ type: 'm.room', content: { n: 3 } }] })
    })

    test('only of some lists and subscriptions', async () => {
      const me = newUser()
      const [subscribed, other, listed] = await roomsOf(me, 3)
      for (const roomId of [subscribed, other, listed]) await fixture.accountData.put(me, roomId, 'm.room', { a: 1 })
      const told = async (lists: string[], rooms: string[]) => {
        const answer = await fixture.look(me, {
          lists: { top, second: { ...top, ranges: [[1, 1]] } },
          subscriptions: { [subscribed!]: {} },
          extensions: { accountData: { lists, rooms } },
        })
        return new Set(Object.keys(answer.extensions.account_data.rooms))
      }
      expect(await told(['*'], ['*'])).toEqual(new Set([subscribed, other, listed]))
      expect(await told(['top'], [])).toEqual(new Set([listed]))
      expect(await told([], ['*'])).toEqual(new Set([subscribed]))
      expect(await told([], [subscribed!, other!])).toEqual(new Set([subscribed]))
      expect(await told(['unknown'], [])).toEqual(new Set())
    })
  })

  describe('receipts', () => {
    const extensions = { receipts: EVERYWHERE }

    test('those at the events that are told, then what changes; private ones are for oneself', async () => {
      const me = newUser()
      const other = newUser()
      const [roomId] = await roomsOf(me, 1)
      await fixture.join(roomId!, other)
      const old = await fixture.say(roomId!, alice, 'old')
      await fixture.receipts.send(other, { roomId: roomId!, type: 'm.read', eventId: old })
      await fixture.receipts.send(me, { roomId: roomId!, type: 'm.read.private', eventId: old })
      const newest = await fixture.say(roomId!, alice, 'new')
      await fixture.receipts.send(alice, { roomId: roomId!, type: 'm.read', eventId: newest })
      const first = await fixture.look(me, { lists: { top }, extensions })
      expect(first.extensions.receipts.rooms).toEqual({
        [roomId!]: {
          type: 'm.receipt',
          content: {
            [old]: { 'm.read.private': { [me]: { ts: expect.any(Number) } } },
            [newest]: { 'm.read': { [alice]: { ts: expect.any(Number) } } },
          },
        },
      })
      const waiting = fixture.look(me, { lists: { top }, extensions, pos: first.pos, timeoutMs: 30_000 })
      await fixture.receipts.send(other, { roomId: roomId!, type: 'm.read.private', eventId: newest })
      await fixture.receipts.send(other, { roomId: roomId!, type: 'm.read', eventId: newest })
      const second = await waiting
      expect(second.rooms).toEqual({})
      expect(second.extensions.receipts.rooms).toEqual({
        [roomId!]: { type: 'm.receipt', content: { [newest]: { 'm.read': { [other]: { ts: expect.any(Number) } } } } },
      })
    })

    test('what was missed out of sight is told when back in it', async () => {
      const me = newUser()
      const [hidden, roomId] = await roomsOf(me, 2)
      const eventId = await fixture.say(hidden!, alice, 'x')
      await fixture.say(roomId!, alice, 'y')
      const first = await fixture.look(me, { lists: { all }, extensions })
      await fixture.receipts.send(alice, { roomId: hidden!, type: 'm.read', eventId })
      const second = await fixture.look(me, { lists: { top }, extensions, pos: first.pos })
      expect(second.extensions.receipts.rooms).toEqual({})
      const third = await fixture.look(me, { lists: { all }, extensions, pos: second.pos })
      expect(third.extensions.receipts.rooms[hidden!].content).toEqual({ [eventId]: { 'm.read': { [alice]: expect.anything() } } })
    })
  })

  describe('typing', () => {
    const extensions = { typing: EVERYWHERE }

    test('who types, when that changes', async () => {
      const me = newUser()
      const [hidden, roomId] = await roomsOf(me, 2)
      const typing = (users: UserId[]) => ({ type: 'm.typing', content: { user_ids: users } })
      fixture.typing.start(roomId!, alice, 1_000_000)
      const first = await fixture.look(me, { lists: { all }, extensions })
      expect(first.extensions.typing.rooms).toEqual({ [roomId!]: typing([alice]) })
      const idle = await fixture.look(me, { lists: { all }, extensions, pos: first.pos })
      expect(idle.extensions.typing.rooms).toEqual({})
      const waiting = fixture.look(me, { lists: { all }, extensions, pos: idle.pos, timeoutMs: 30_000 })
      fixture.typing.stop(roomId!, alice)
      const second = await waiting
      expect(second.extensions.typing.rooms).toEqual({ [roomId!]: typing([]) })
      // begins in sight, ends out of it
      fixture.typing.start(hidden!, alice, 1_000_000)
      const third = await fixture.look(me, { lists: { all }, extensions, pos: second.pos })
      expect(third.extensions.typing.rooms).toEqual({ [hidden!]: typing([alice]) })
      fixture.typing.stop(hidden!, alice)
      const fourth = await fixture.look(me, { lists: { top }, extensions, pos: third.pos })
      expect(fourth.extensions.typing.rooms).toEqual({})
      const fifth = await fixture.look(me, { lists: { all }, extensions, pos: fourth.pos })
      expect(fifth.extensions.typing.rooms).toEqual({ [hidden!]: typing([]) })
    })
  })

  test('a token without a device gets no messages and no keys', async () => {
    const me = newUser()
    const request = {
      userId: me,
      deviceId: undefined as DeviceId | undefined,
      sessionId: 'session',
      connId: '',
      pos: undefined,
      lists: new Map(),
      subscriptions: new Map(),
      extensions: { toDevice: { since: undefined, limit: 1 }, e2ee: true, accountData: undefined, receipts: undefined, typing: undefined },
    }
    const answer = await fixture.slidingSync.answer(request, { timeoutMs: 0, gone: new AbortController().signal })
    expect(answer.extensions).toEqual({
      to_device: { next_batch: expect.any(String), events: [] },
      e2ee: { device_one_time_keys_count: {}, device_unused_fallback_key_types: [] },
    })
  })
})
