import type { RoomId, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { alice, bob, carol } from '../timeline/timeline-fixture.ts'
import { gist, openSyncFixture, roomsIn } from './sync-fixture.ts'

onBothDatabases('sync', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openSyncFixture>>
  beforeAll(async () => {
    fixture = await openSyncFixture(dialect)
  })
  afterAll(() => fixture.remove())

  /** A user who is in no other test's rooms. */
  let users = 0
  const newUser = () => `@user${++users}:glia.test` as UserId
  const join = (roomId: RoomId, userId: UserId) => fixture.join(roomId, userId)
  const countStatements = async <T>(work: () => Promise<T>): Promise<{ answer: T; statements: number }> => {
    const executor = fixture.database.read.getExecutor()
    const counting = vi.spyOn(executor, 'executeQuery')
    const answer = await work()
    const statements = counting.mock.calls.length
    counting.mockRestore()
    return { answer, statements }
  }
  const tokenOf = async (userId: UserId) => (await fixture.look(userId)).next_batch

  describe('an initial sync', () => {
    test('has the newest events, the state at their start and a token', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      for (let n = 1; n <= 4; n++) await fixture.say(roomId, alice, `${n}`)
      await fixture.append(roomId, alice, 'm.room.name', { name: 'new' }, '')
      const answer = await fixture.look(me, { filter: { room: { timeline: { limit: 3 } } } })
      const room = roomsIn(answer)[roomId]!
      expect(gist(room.timeline.events)).toEqual(['3', '4', 'name: new'])
      expect(room.timeline.limited).toBe(true)
      expect(gist(room.state.events).sort()).toEqual(
        ['alice: join', 'create', 'join_rules', 'power_levels', `${me.slice(1, -10)}: join`].sort(),
      )
      expect(room.timeline.events[0]).not.toHaveProperty('room_id')
      expect(room.summary).toEqual({ 'm.joined_member_count': 2, 'm.invited_member_count': 0 })
      expect(answer).toMatchObject({
        next_batch: expect.stringMatching(/^s\d+_\d+$/),
        device_one_time_keys_count: { signed_curve25519: 0 },
        device_unused_fallback_key_types: [],
      })
      expect((answer.account_data as { events: { type: string }[] }).events.map(({ type }) => type)).toEqual(['m.push_rules'])
    })

    test('is not limited when all fits', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const room = roomsIn(await fixture.look(me))[roomId]!
      expect(room.timeline).toMatchObject({ limited: false, events: { length: 5 } })
      expect(room.state.events).toEqual([])
      expect(room.summary).toEqual({ 'm.heroes': [alice], 'm.joined_member_count': 2, 'm.invited_member_count': 0 })
    })

    test('has many rooms with few statements', async () => {
      const me = newUser()
      const rooms = []
      for (let n = 0; n < 60; n++) rooms.push(await fixture.createRoom())
      for (const roomId of rooms) await join(roomId, me)
      expect(Object.keys(roomsIn(await fixture.look(me))).sort()).toEqual(rooms.sort())
    })
  })

  describe('an incremental sync', () => {
    test('has what is new, and nothing the next time', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      const quiet = await fixture.createRoom()
      await join(roomId, me)
      await join(quiet, me)
      const since = await tokenOf(me)
      await fixture.say(roomId, alice, 'news')
      const answer = await fixture.look(me, { since })
      expect(Object.keys(roomsIn(answer))).toEqual([roomId])
      const { timeline, state, unread_notifications } = roomsIn(answer)[roomId]!
      expect(gist(timeline.events)).toEqual(['news'])
      expect(timeline.limited).toBe(false)
      expect(state.events).toEqual([])
      expect(unread_notifications).toEqual({ notification_count: 1, highlight_count: 0 })
      const next = await fixture.look(me, { since: answer.next_batch })
      expect(Object.keys(next).sort()).toEqual(['device_one_time_keys_count', 'device_unused_fallback_key_types', 'next_batch'])
    })

    test('asks the database about nothing but what changed', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const elsewhere = await fixture.createRoom()
      let since = await tokenOf(me)
      const look = async () => {
        const { answer, statements } = await countStatements(() => fixture.look(me, { since, filter: lazy }))
        since = answer.next_batch
        return statements
      }
      const lazy = { room: { state: { lazy_load_members: true } } }
      await fixture.say(roomId, alice, 'makes it remember')
      await look()
      await fixture.say(roomId, alice, 'news')
      expect(await look()).toBeLessThanOrEqual(7)
      // the position, and how many keys are left
      expect(await look()).toBe(2)
      await fixture.say(elsewhere, alice, 'not for me')
      expect(await look()).toBe(2)
    })

    test('asks about everything when others may have written', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const other = await fixture.openOtherProcess()
      let since = await tokenOf(me)
      for (const n of [1, 2]) {
        await fixture.say(roomId, alice, `here ${n}`)
        await other.append(roomId, alice, 'm.room.message', { msgtype: 'm.text', body: `there ${n}` })
        const answer = await fixture.look(me, { since })
        since = answer.next_batch
        expect(gist(roomsIn(answer)[roomId]!.timeline.events)).toEqual([`here ${n}`, `there ${n}`])
      }
      await other.append(roomId, alice, 'm.room.name', { name: 'there' }, '')
      expect(gist(roomsIn(await fixture.look(me, { since }))[roomId]!.timeline.events)).toEqual(['name: there'])
      await other.close()
    })

    test('tells state that changed in a gap, and not what the timeline tells', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const since = await tokenOf(me)
      await fixture.append(roomId, alice, 'm.room.name', { name: 'one' }, '')
      await fixture.append(roomId, alice, 'm.room.name', { name: 'two' }, '')
      await fixture.append(roomId, alice, 'm.room.topic', { topic: 'x' }, '')
      await fixture.say(roomId, alice, 'gap')
      await fixture.append(roomId, alice, 'm.room.name', { name: 'three' }, '')
      const filter = { room: { timeline: { limit: 1 } } }
      const { timeline, state } = roomsIn(await fixture.look(me, { since, filter }))[roomId]!
      expect(gist(timeline.events)).toEqual(['name: three'])
      expect(timeline.limited).toBe(true)
      expect(gist(state.events)).toEqual(['name: two', 'topic'])
      const after = await fixture.look(me, { since, filter, stateAfter: true })
      const room = roomsIn(after)[roomId] as unknown as { state_after: { events: never[] } }
      expect(gist(room.state_after.events).sort()).toEqual(['name: three', 'topic'])
      expect(room).not.toHaveProperty('state')
    })

    test('tells in the state what a filter keeps out of the timeline', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const since = await tokenOf(me)
      await fixture.append(roomId, alice, 'm.room.name', { name: 'one' }, '')
      await fixture.say(roomId, alice, 'hi')
      const { timeline, state } = roomsIn(await fixture.look(me, { since, filter: { room: { timeline: { types: ['m.room.message'] } } } }))[
        roomId
      ]!
      expect(gist(timeline.events)).toEqual(['hi'])
      expect(gist(state.events)).toEqual(['name: one'])
    })

    test('tells a room whole to who came in since, also after leaving', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      const before = await tokenOf(me)
      await join(roomId, me)
      const first = roomsIn(await fixture.look(me, { since: before }))[roomId]!
      expect(gist(first.timeline.events)).toContain('create')
      expect(first.timeline.limited).toBe(true)
      const since = await tokenOf(me)
      await fixture.member(roomId, me, me, 'leave')
      await fixture.say(roomId, alice, 'between')
      await join(roomId, me)
      const answer = await fixture.look(me, { since })
      expect(gist(roomsIn(answer)[roomId]!.timeline.events)).toContain('between')
      expect(gist(roomsIn(answer)[roomId]!.timeline.events)).toContain('create')
      expect(roomsIn(answer, 'leave')).toEqual({})
    })

    test('a profile change is no new join', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const since = await tokenOf(me)
      await fixture.append(roomId, me, 'm.room.member', { membership: 'join', displayname: 'Me' }, me)
      const { timeline } = roomsIn(await fixture.look(me, { since }))[roomId]!
      expect(timeline).toMatchObject({ limited: false, events: { length: 1 } })
    })

    test('full_state repeats the state of every room', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const since = await tokenOf(me)
      const { timeline, state } = roomsIn(await fixture.look(me, { since, fullState: true }))[roomId]!
      expect(timeline.events).toEqual([])
      expect(state.events).toHaveLength(5)
    })
  })

  describe('rooms that are not joined', () => {
    test('a room that was left is told once, up to the leaving', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const since = await tokenOf(me)
      await fixture.say(roomId, alice, 'seen')
      await fixture.member(roomId, alice, me, 'leave')
      await fixture.say(roomId, alice, 'unseen')
      const answer = await fixture.look(me, { since })
      expect(gist(roomsIn(answer, 'leave')[roomId]!.timeline.events)).toEqual(['seen', expect.stringContaining('leave')])
      expect(roomsIn(answer)).toEqual({})
      expect(roomsIn(await fixture.look(me, { since: answer.next_batch }), 'leave')).toEqual({})
      expect(roomsIn(await fixture.look(me), 'leave')).toEqual({})
      const archived = roomsIn(await fixture.look(me, { filter: { room: { include_leave: true, timeline: { limit: 2 } } } }), 'leave')
      expect(gist(archived[roomId]!.timeline.events)).toEqual(['seen', expect.stringContaining('leave')])
      expect(gist(archived[roomId]!.state.events)).toContain('create')
    })

    test('an invitation is told with stripped state, and gone when it is turned down', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await fixture.append(roomId, alice, 'm.room.name', { name: 'secret plans' }, '')
      const since = await tokenOf(me)
      const inviteId = await fixture.member(roomId, alice, me, 'invite')
      for (const answer of [await fixture.look(me, { since }), await fixture.look(me)]) {
        const { events } = (roomsIn(answer, 'invite')[roomId] as unknown as { invite_state: { events: never[] } }).invite_state
        expect(gist(events)).toEqual(expect.arrayContaining(['create', 'join_rules', 'name: secret plans', 'alice: join']))
        expect(events.at(-1)).toMatchObject({ event_id: inviteId, state_key: me, content: { membership: 'invite' } })
        expect(Object.keys(events[0]!).sort()).toEqual(['content', 'sender', 'state_key', 'type'])
      }
      const told = await tokenOf(me)
      expect(roomsIn(await fixture.look(me, { since: told }), 'invite')).toEqual({})
      await fixture.append(roomId, alice, 'm.room.name', { name: 'more secret' }, '')
      await fixture.member(roomId, me, me, 'leave')
      const left = roomsIn(await fixture.look(me, { since: told }), 'leave')[roomId]!
      expect(gist(left.timeline.events)).toEqual([expect.stringContaining('leave')])
      expect(left.state.events).toEqual([])
    })

    test('a ban from outside tells nothing of the room', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      const since = await tokenOf(me)
      await fixture.member(roomId, alice, me, 'ban')
      const left = roomsIn(await fixture.look(me, { since }), 'leave')[roomId]!
      expect(gist(left.timeline.events)).toEqual([expect.stringContaining('ban')])
      expect(left.state.events).toEqual([])
    })
  })

  describe('lazy loading', () => {
    const filter = { room: { state: { lazy_load_members: true }, timeline: { limit: 1 } } }

    test('sends the members who speak, oneself, and nobody twice', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await fixture.append(roomId, alice, 'm.room.name', { name: 'x' }, '')
      for (const userId of [bob, carol, me]) await join(roomId, userId)
      await fixture.say(roomId, bob, 'hello')
      const members = (room: { state: { events: never[] } }) => gist(room.state.events).filter((text) => text.includes(': join'))
      const first = await fixture.look(me, { filter })
      expect(members(roomsIn(first)[roomId] as never).sort()).toEqual(['bob: join', `${me.slice(1, -10)}: join`].sort())
      await fixture.say(roomId, bob, 'again')
      await fixture.say(roomId, carol, 'hi')
      const second = await fixture.look(me, { filter, since: first.next_batch })
      expect(members(roomsIn(second)[roomId] as never)).toEqual(['carol: join'])
      // the answer got lost: the members come again
      const retry = await fixture.look(me, { filter, since: first.next_batch })
      expect(members(roomsIn(retry)[roomId] as never)).toEqual(['carol: join'])
      await fixture.say(roomId, carol, 'hi')
      const third = await fixture.look(me, { filter, since: retry.next_batch })
      expect(members(roomsIn(third)[roomId] as never)).toEqual([])
      const redundant = { room: { ...filter.room, state: { lazy_load_members: true, include_redundant_members: true } } }
      const all = await fixture.look(me, { filter: redundant, since: retry.next_batch })
      expect(members(roomsIn(all)[roomId] as never)).toEqual(['carol: join'])
    })

    test('a sender whose profile changes in the timeline is sent as before it', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, bob)
      await join(roomId, me)
      const since = (await fixture.look(me, { filter })).next_batch
      await fixture.say(roomId, bob, 'old name')
      await fixture.append(roomId, bob, 'm.room.member', { membership: 'join', displayname: 'New' }, bob)
      const wide = { room: { ...filter.room, timeline: { limit: 10 } } }
      const { state } = roomsIn(await fixture.look(me, { filter: wide, since, deviceId: 'OTHER' }))[roomId]!
      expect(state.events.find(({ state_key }) => state_key === bob)!.content).toEqual({ membership: 'join' })
    })
  })

  describe('filters', () => {
    test('choose rooms, fields and format', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      const other = await fixture.createRoom()
      await join(roomId, me)
      await join(other, me)
      const only = await fixture.look(me, { filter: { room: { rooms: [roomId], timeline: { limit: 1 } }, event_fields: ['type'] } })
      expect(Object.keys(roomsIn(only))).toEqual([roomId])
      expect(roomsIn(only)[roomId]!.timeline.events).toEqual([{ type: 'm.room.member' }])
      const not = await fixture.look(me, { filter: { room: { not_rooms: [roomId], timeline: { limit: 1 } }, event_format: 'federation' } })
      expect(Object.keys(roomsIn(not))).toEqual([other])
      expect(roomsIn(not)[other]!.timeline.events[0]).toMatchObject({ depth: 5, prev_events: [expect.any(String)], room_id: other })
    })

    test('a limit of 0 gives no events, and account data can be kept out', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const answer = await fixture.look(me, { filter: { room: { timeline: { limit: 0 } }, account_data: { types: [] } } })
      expect(roomsIn(answer)[roomId]!.timeline).toMatchObject({ events: [], limited: true })
      expect(roomsIn(answer)[roomId]!.state.events).toHaveLength(5)
      expect(answer).not.toHaveProperty('account_data')
    })

    test('reads on past what is hidden', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await fixture.append(roomId, alice, 'm.room.history_visibility', { history_visibility: 'joined' }, '')
      for (let n = 0; n < 4; n++) await fixture.say(roomId, alice, 'hidden')
      await join(roomId, me)
      await fixture.say(roomId, alice, 'shown')
      const { timeline } = roomsIn(await fixture.look(me, { filter: { room: { timeline: { limit: 3 } } } }))[roomId]!
      expect(gist(timeline.events)).toEqual(['history_visibility', expect.stringContaining('join'), 'shown'])
    })
  })

  test('a knock is told with the state that the room shows', async () => {
    const me = newUser()
    const roomId = await fixture.createRoom()
    await fixture.append(roomId, alice, 'm.room.join_rules', { join_rule: 'knock' }, '')
    const since = await tokenOf(me)
    await fixture.member(roomId, me, me, 'knock')
    const knock = roomsIn(await fixture.look(me, { since }), 'knock')[roomId] as unknown as { knock_state: { events: never[] } }
    expect(gist(knock.knock_state.events)).toEqual(expect.arrayContaining(['create', 'join_rules', expect.stringContaining('knock')]))
  })

  test('ignored users: no messages, no invitations, no counts', async () => {
    const me = newUser()
    const roomId = await fixture.createRoom()
    const invitation = await fixture.createRoom()
    await join(roomId, me)
    await fixture.database.transaction(async (tx) => {
      const list = { user_id: me, room_id: '', type: 'm.ignored_user_list', content: JSON.stringify({ ignored_users: { [alice]: {} } }) }
      await tx.db
        .insertInto('account_data')
        .values({ ...list, position: await tx.takePosition() })
        .execute()
    })
    const since = await tokenOf(me)
    await fixture.say(roomId, alice, 'noise')
    await fixture.append(roomId, alice, 'm.room.name', { name: 'x' }, '')
    await fixture.member(invitation, alice, me, 'invite')
    const answer = await fixture.look(me, { since })
    expect(gist(roomsIn(answer)[roomId]!.timeline.events)).toEqual(['name: x'])
    expect(roomsIn(answer)[roomId]!.unread_notifications).toEqual({ notification_count: 0, highlight_count: 0 })
    expect(roomsIn(answer, 'invite')).toEqual({})
  })

  describe('waiting', () => {
    test('ends with the first news', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const since = await tokenOf(me)
      const waiting = fixture.look(me, { since, timeoutMs: 60_000 })
      await fixture.say(roomId, alice, 'wake up')
      expect(gist(roomsIn(await waiting)[roomId]!.timeline.events)).toEqual(['wake up'])
    })

    test('ends with an invitation, typing and the time', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      const since = await tokenOf(me)
      const invited = fixture.look(me, { since, timeoutMs: 60_000 })
      await fixture.member(roomId, alice, me, 'invite')
      expect(Object.keys(roomsIn(await invited, 'invite'))).toEqual([roomId])
      await join(roomId, me)
      const { next_batch } = await fixture.look(me, { since })
      const typed = fixture.look(me, { since: next_batch, timeoutMs: 60_000 })
      fixture.typing.start(roomId, alice, 30_000)
      const first = await typed
      expect(roomsIn(first)[roomId]!.ephemeral.events).toEqual([{ type: 'm.typing', content: { user_ids: [alice] } }])
      fixture.typing.stop(roomId, alice)
      const stopped = await fixture.look(me, { since: first.next_batch })
      expect(roomsIn(stopped)[roomId]!.ephemeral.events).toEqual([{ type: 'm.typing', content: { user_ids: [] } }])
      const idle = fixture.look(me, { since: stopped.next_batch, timeoutMs: 5000 })
      await untilWaiting(1)
      fixture.clock.advance(5000)
      expect(await idle).not.toHaveProperty('rooms')
    })

    test('goes on when all news were filtered out', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await join(roomId, me)
      const filter = { room: { timeline: { types: ['m.room.message'] }, state: { types: [] } } }
      const since = (await fixture.look(me, { filter })).next_batch
      let isAnswered = false
      const waiting = fixture.look(me, { since, filter, timeoutMs: 60_000 }).then((answer) => {
        isAnswered = true
        return answer
      })
      await fixture.append(roomId, alice, 'm.reaction', {})
      await untilWaiting(1)
      expect(isAnswered).toBe(false)
      await fixture.say(roomId, alice, 'hi')
      expect(gist(roomsIn(await waiting)[roomId]!.timeline.events)).toEqual(['hi'])
    })

    test('ends when the client goes away, and when the server stops', async () => {
      const me = newUser()
      const since = await tokenOf(me)
      const gone = new AbortController()
      const abandoned = fixture.look(me, { since, timeoutMs: 60_000, gone: gone.signal })
      await untilWaiting(1)
      gone.abort()
      await abandoned
      expect(fixture.sync.waiting).toBe(0)
      const other = fixture.openAnother()
      const waiting = fixture.ask(other, me, { since, timeoutMs: 60_000 })
      while (other.waiting === 0) await new Promise(setImmediate)
      other.stop()
      expect(await waiting).not.toHaveProperty('rooms')
      expect(await fixture.ask(other, me, { since, timeoutMs: 60_000 })).not.toHaveProperty('rooms')
    })

    async function untilWaiting(count: number): Promise<void> {
      while (fixture.sync.waiting !== count) await new Promise(setImmediate)
    }
  })

  test('account data and receipts come when they change', async () => {
    const me = newUser()
    const roomId = await fixture.createRoom()
    await join(roomId, me)
    const eventId = await fixture.say(roomId, alice, 'read me')
    const since = await tokenOf(me)
    await fixture.database.transaction(async (tx) => {
      const tag = { user_id: me, room_id: roomId, type: 'm.tag', content: '{"tags":{}}', position: await tx.takePosition() }
      await tx.db.insertInto('account_data').values(tag).execute()
      const event = await tx.db.selectFrom('events').select('position').where('event_id', '=', eventId).executeTakeFirstOrThrow()
      const receipt = { room_id: roomId, thread_id: '', event_id: eventId, event_position: event.position, ts: 1 }
      for (const [user_id, receipt_type] of [
        [me, 'm.read.private'],
        [alice, 'm.read.private'],
        [bob, 'm.read'],
      ] as const) {
        await tx.db
          .insertInto('receipts')
          .values({ ...receipt, user_id, receipt_type, position: await tx.takePosition() })
          .execute()
      }
    })
    const room = roomsIn(await fixture.look(me, { since }))[roomId]!
    expect(room.account_data.events).toEqual([{ type: 'm.tag', content: { tags: {} } }])
    expect(room.ephemeral.events).toEqual([
      { type: 'm.receipt', content: { [eventId]: { 'm.read.private': { [me]: { ts: 1 } }, 'm.read': { [bob]: { ts: 1 } } } } },
    ])
    expect(room.unread_notifications).toEqual({ notification_count: 0, highlight_count: 0 })
    const again = roomsIn(await fixture.look(me))[roomId]!
    expect(again.unread_notifications).toEqual({ notification_count: 0, highlight_count: 0 })
  })

  test('unread counts: mentions, threads, own events', async () => {
    const me = newUser()
    const roomId = await fixture.createRoom()
    await join(roomId, bob)
    await fixture.say(roomId, alice, 'before the join')
    await join(roomId, me)
    const root = await fixture.say(roomId, alice, 'one')
    await fixture.say(roomId, me, 'own')
    await fixture.say(roomId, alice, 'two', { 'm.mentions': { user_ids: [me] } })
    await fixture.say(roomId, alice, 'three', { 'm.relates_to': { rel_type: 'm.thread', event_id: root } })
    const all = await fixture.look(me)
    expect(roomsIn(all)[roomId]!.unread_notifications).toEqual({ notification_count: 3, highlight_count: 1 })
    const filter = { room: { timeline: { unread_thread_notifications: true } } }
    expect(roomsIn(await fixture.look(me, { filter }))[roomId]).toMatchObject({
      unread_notifications: { notification_count: 2, highlight_count: 1 },
      unread_thread_notifications: { [root]: { notification_count: 1, highlight_count: 0 } },
    })
    await fixture.say(roomId, alice, '@room', { 'm.mentions': { room: true } })
    const next = await fixture.look(me, { since: all.next_batch })
    expect(roomsIn(next)[roomId]!.unread_notifications).toEqual({ notification_count: 4, highlight_count: 2 })
  })

  test('unread counts: joins count only where a rule of the user says so, and a new rule counts anew', async () => {
    const me = newUser()
    const roomId = await fixture.createRoom()
    await join(roomId, me)
    await join(roomId, bob)
    const count = async () => roomsIn(await fixture.look(me))[roomId]!.unread_notifications.notification_count
    expect(await count()).toBe(0)
    const rule = { rule_id: 'joins', default: false, enabled: true, actions: ['notify'], conditions: [] }
    await fixture.database.transaction(async (tx) =>
      tx.db
        .insertInto('push_rules')
        .values({ user_id: me, own_rules: JSON.stringify({ override: [rule] }), default_changes: '{}', position: await tx.takePosition() })
        .execute(),
    )
    expect(await count()).toBe(1)
  })

  test('to-device messages come in portions until their token comes back', async () => {
    const me = newUser()
    const since = await tokenOf(me)
    await fixture.database.transaction(async (tx) => {
      for (let n = 0; n < 130; n++) {
        const message = { user_id: me, device_id: 'DEVICE', type: 'm.x', sender: alice, content: `{"n":${n}}` }
        await tx.db
          .insertInto('to_device_messages')
          .values({ ...message, position: await tx.takePosition() })
          .execute()
      }
    })
    const numbers = (answer: object) =>
      (answer as { to_device?: { events: { content: { n: number } }[] } }).to_device?.events.map(({ content }) => content.n) ?? []
    const first = await fixture.look(me, { since })
    expect(numbers(first)).toEqual(Array.from({ length: 100 }, (_, n) => n))
    expect(numbers(await fixture.look(me, { since }))).toHaveLength(100)
    const second = await fixture.look(me, { since: first.next_batch })
    expect(numbers(second)).toEqual(Array.from({ length: 30 }, (_, n) => n + 100))
    expect(numbers(await fixture.look(me, { since: second.next_batch }))).toEqual([])
    const left = await fixture.database.read.selectFrom('to_device_messages').selectAll().where('user_id', '=', me).execute()
    expect(left).toEqual([])
  })

  test('device lists: keys that changed, users who come and go', async () => {
    const me = newUser()
    const other = newUser()
    const stranger = newUser()
    const roomId = await fixture.createRoom()
    await join(roomId, me)
    const lists = async (since: string) => {
      const answer = (await fixture.look(me, { since })) as unknown as {
        device_lists?: { changed: string[]; left: string[] }
        next_batch: string
      }
      return { changed: answer.device_lists?.changed.sort() ?? [], left: answer.device_lists?.left ?? [], next: answer.next_batch }
    }
    const start = await tokenOf(me)
    await join(roomId, other)
    const joined = await lists(start)
    expect(joined).toMatchObject({ changed: [other], left: [] })
    await fixture.database.transaction(async (tx) => {
      for (const user_id of [me, other, stranger]) {
        await tx.db
          .insertInto('device_list_changes')
          .values({ user_id, position: await tx.takePosition() })
          .execute()
      }
    })
    const changed = await lists(joined.next)
    expect(changed).toMatchObject({ changed: [me, other], left: [] })
    await fixture.member(roomId, other, other, 'leave')
    const left = await lists(changed.next)
    expect(left).toMatchObject({ changed: [], left: [other] })
    await fixture.member(roomId, me, me, 'leave')
    expect(await lists(left.next)).toMatchObject({ changed: [], left: [alice] })
  })
})
