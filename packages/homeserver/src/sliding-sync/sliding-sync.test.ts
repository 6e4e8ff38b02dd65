import type { RoomId, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alice } from '../timeline/timeline-fixture.ts'
import { gist, openSlidingSyncFixture } from './sliding-sync-fixture.ts'

onBothDatabases('sliding sync', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openSlidingSyncFixture>>
  beforeAll(async () => {
    fixture = await openSlidingSyncFixture(dialect)
  })
  afterAll(() => fixture.remove())

  /** A user who is in no other test's rooms. */
  let users = 0
  const newUser = () => `@user${++users}:glia.test` as UserId
  const nameOf = (userId: UserId) => userId.slice(1, userId.indexOf(':'))
  /** The user's rooms, the one with the newest message last. */
  const roomsOf = async (userId: UserId, count: number): Promise<RoomId[]> => {
    const rooms: RoomId[] = []
    for (let n = 0; n < count; n++) {
      const roomId = await fixture.createRoom()
      await fixture.join(roomId, userId)
      await fixture.say(roomId, alice, `hello ${n}`)
      rooms.push(roomId)
    }
    return rooms
  }

  describe('lists', () => {
    test('show a window of the rooms, the newest message first', async () => {
      const me = newUser()
      const [oldest, middle, newest] = await roomsOf(me, 3)
      const answer = await fixture.look(me, { lists: { all: { ranges: [[0, 1]], timelineLimit: 1 } } })
      expect(answer.lists).toEqual({ all: { count: 3, ops: [{ op: 'SYNC', range: [0, 1], room_ids: [newest, middle] }] } })
      expect(Object.keys(answer.rooms).sort()).toEqual([middle, newest].sort())
      expect(answer.rooms[newest!]).toMatchObject({ initial: true, limited: true, num_live: 0, joined_count: 2, invited_count: 0 })
      expect(gist(answer.rooms[newest!]!.timeline)).toEqual(['hello 2'])
      expect(answer.rooms[newest!]!.timeline![0]).not.toHaveProperty('room_id')
      // changes of state do not move a room up, messages do
      await fixture.append(oldest!, alice, 'm.room.name', { name: 'x' }, '')
      const list = { all: { ranges: [[0, 0]] as [number, number][] } }
      expect((await fixture.look(me, { lists: list })).lists.all!.ops[0]!.room_ids).toEqual([newest])
      await fixture.say(oldest!, alice, 'up')
      expect((await fixture.look(me, { lists: list })).lists.all!.ops[0]!.room_ids).toEqual([oldest])
    })

    test('several ranges and lists share what they show', async () => {
      const me = newUser()
      const rooms = await roomsOf(me, 4)
      const answer = await fixture.look(me, {
        lists: {
          some: {
            ranges: [
              [0, 0],
              [2, 9],
            ],
            timelineLimit: 1,
          },
          all: { ranges: [[0, 0]], timelineLimit: 3, requiredState: [['m.room.create', '']] },
        },
      })
      expect(answer.lists.some!.ops.map(({ room_ids }) => room_ids)).toEqual([[rooms[3]], [rooms[1], rooms[0]]])
      expect(Object.keys(answer.rooms).sort()).toEqual([rooms[0]!, rooms[1]!, rooms[3]!].sort())
      expect(answer.rooms[rooms[3]!]!.timeline).toHaveLength(3)
      expect(answer.rooms[rooms[0]!]!.timeline).toHaveLength(1)
      expect(gist(answer.rooms[rooms[3]!]!.required_state)).toEqual(['create'])
      expect(answer.rooms[rooms[0]!]).not.toHaveProperty('required_state')
    })

    test('filters', async () => {
      const me = newUser()
      const [plain, secret, direct, space, child] = await roomsOf(me, 5)
      const invited = await fixture.createRoom()
      await fixture.member(invited, alice, me, 'invite')
      await fixture.append(secret!, alice, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }, '')
      await fixture.accountData.put(me, undefined, 'm.direct', { [alice]: [direct!], '@odd:glia.test': 'odd' })
      await fixture.append(space!, alice, 'm.space.child', { via: ['glia.test'] }, child!)
      await fixture.append(space!, alice, 'm.space.child', {}, plain!)
      await fixture.accountData.setTag(me, plain!, 'm.favourite', {})
      await fixture.accountData.setTag(me, plain!, 'u.work', {})
      await fixture.accountData.setTag(me, direct!, 'u.work', {})
      const shown = async (filters: object) => {
        const { lists } = await fixture.look(me, { lists: { list: { filters, timelineLimit: 0 } } })
        expect(lists.list!.count).toBe(lists.list!.ops[0]!.room_ids.length)
        return new Set(lists.list!.ops[0]!.room_ids)
      }
      const all = [plain, secret, direct, space, child, invited]
      const allBut = (...rooms: (string | undefined)[]) => new Set(all.filter((room) => !rooms.includes(room)))
      expect(await shown({})).toEqual(new Set(all))
      expect(await shown({ isDm: true })).toEqual(new Set([direct]))
      expect(await shown({ isDm: false })).toEqual(allBut(direct))
      expect(await shown({ isEncrypted: true })).toEqual(new Set([secret]))
      expect(await shown({ isEncrypted: false })).toEqual(allBut(secret))
      expect(await shown({ isInvite: true })).toEqual(new Set([invited]))
      expect(await shown({ isInvite: false })).toEqual(allBut(invited))
      expect(await shown({ spaces: [space, '!unknown:glia.test'] })).toEqual(new Set([child]))
      expect(await shown({ spaces: [] })).toEqual(new Set())
      expect(await shown({ tags: ['u.work', 'other'] })).toEqual(new Set([plain, direct]))
      expect(await shown({ tags: ['u.work'], notTags: ['m.favourite'] })).toEqual(new Set([direct]))
      expect(await shown({ notTags: ['m.favourite'] })).toEqual(allBut(plain))
      expect(await shown({ roomTypes: [null] })).toEqual(new Set(all))
      expect(await shown({ roomTypes: ['m.space'] })).toEqual(new Set())
      expect(await shown({ notRoomTypes: [null] })).toEqual(new Set())
      expect(await shown({ isInvite: false, isDm: false, isEncrypted: false, tags: ['u.work'] })).toEqual(new Set([plain]))
    })

    test('a room that comes into the window is told whole, one that comes back only with what was missed', async () => {
      const me = newUser()
      const [oldest, newest] = await roomsOf(me, 2)
      const lists = { top: { ranges: [[0, 0]] as [number, number][], timelineLimit: 5 } }
      const first = await fixture.look(me, { lists })
      expect(Object.keys(first.rooms)).toEqual([newest])
      await fixture.say(oldest!, alice, 'up')
      const second = await fixture.look(me, { lists, pos: first.pos })
      expect(Object.keys(second.rooms)).toEqual([oldest])
      expect(second.rooms[oldest!]).toMatchObject({ initial: true, num_live: 1 })
      // out of sight: not told, not forgotten
      await fixture.append(newest!, alice, 'm.room.topic', { topic: 'missed' }, '')
      const third = await fixture.look(me, { lists, pos: second.pos })
      expect(third.rooms).toEqual({})
      await fixture.say(newest!, alice, 'back')
      const fourth = await fixture.look(me, { lists, pos: third.pos })
      expect(Object.keys(fourth.rooms)).toEqual([newest])
      expect(gist(fourth.rooms[newest!]!.timeline)).toEqual(['topic', 'back'])
      expect(fourth.rooms[newest!]).toMatchObject({ limited: false, num_live: 1 })
      expect(fourth.rooms[newest!]).not.toHaveProperty('initial')
    })

    test('a window that grows tells the rooms that are new in it', async () => {
      const me = newUser()
      const [oldest, newest] = await roomsOf(me, 2)
      const first = await fixture.look(me, { lists: { all: { ranges: [[0, 0]] } } })
      expect(Object.keys(first.rooms)).toEqual([newest])
      const second = await fixture.look(me, { lists: { all: { ranges: [[0, 99]] } }, pos: first.pos })
      expect(Object.keys(second.rooms)).toEqual([oldest])
    })
  })

  describe('subscriptions', () => {
    test('tell a room that is in no list, if the user has to do with it', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      const foreign = await fixture.createRoom()
      const answer = await fixture.look(me, { subscriptions: { [roomId!]: { timelineLimit: 1 }, [foreign]: {}, 'no room': {} } })
      expect(Object.keys(answer.rooms)).toEqual([roomId])
      expect(answer.lists).toEqual({})
    })
  })

  describe('rooms', () => {
    test('tell only what changed', async () => {
      const me = newUser()
      const [roomId, quiet] = await roomsOf(me, 2)
      await fixture.append(roomId!, alice, 'm.room.name', { name: 'A' }, '')
      await fixture.append(roomId!, alice, 'm.room.avatar', { url: 'mxc://glia.test/a' }, '')
      const lists = { all: { timelineLimit: 3 } }
      const first = await fixture.look(me, { lists })
      expect(first.rooms[roomId!]).toMatchObject({ name: 'A', avatar: 'mxc://glia.test/a' })
      expect(first.rooms[roomId!]).not.toHaveProperty('heroes')
      expect(first.rooms[quiet!]).toMatchObject({ heroes: [{ user_id: alice, displayname: 'Alice' }] })
      expect(first.rooms[quiet!]).not.toHaveProperty('name')
      const idle = await fixture.look(me, { lists, pos: first.pos })
      expect(idle.rooms).toEqual({})
      expect(idle.lists).toEqual(first.lists)
      const eventId = await fixture.say(roomId!, alice, 'news')
      const second = await fixture.look(me, { lists, pos: idle.pos })
      expect(second.rooms).toEqual({
        [roomId!]: {
          bump_stamp: expect.any(Number),
          notification_count: 2,
          highlight_count: 0,
          timeline: [expect.objectContaining({ event_id: eventId })],
          limited: false,
          prev_batch: expect.any(String),
          num_live: 1,
        },
      })
      await fixture.append(roomId!, alice, 'm.room.name', { name: '' }, '')
      await fixture.append(roomId!, alice, 'm.room.avatar', {}, '')
      const third = await fixture.look(me, { lists, pos: second.pos })
      expect(third.rooms[roomId!]).toMatchObject({ name: null, avatar: null, heroes: [{ user_id: alice, displayname: 'Alice' }] })
      expect(third.rooms[roomId!]).not.toHaveProperty('bump_stamp')
      const other = newUser()
      await fixture.join(quiet!, other)
      const fourth = await fixture.look(me, { lists, pos: third.pos })
      expect(fourth.rooms[quiet!]).toMatchObject({ joined_count: 3, invited_count: 0, heroes: [{ user_id: alice }, { user_id: other }] })
    })

    test('more news than the limit', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      const lists = { all: { timelineLimit: 2 } }
      const first = await fixture.look(me, { lists })
      for (const body of ['1', '2', '3']) await fixture.say(roomId!, alice, body)
      const room = (await fixture.look(me, { lists, pos: first.pos })).rooms[roomId!]!
      expect(gist(room.timeline)).toEqual(['2', '3'])
      expect(room).toMatchObject({ limited: true, num_live: 2, notification_count: 4 })
    })

    test('no timeline is told to who wants none', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      const lists = { all: { timelineLimit: 0 } }
      const first = await fixture.look(me, { lists })
      expect(first.rooms[roomId!]).not.toHaveProperty('timeline')
      expect(first.rooms[roomId!]).not.toHaveProperty('limited')
      await fixture.say(roomId!, alice, 'up')
      const second = await fixture.look(me, { lists, pos: first.pos })
      expect(second.rooms[roomId!]).toMatchObject({ bump_stamp: expect.any(Number), notification_count: 2 })
      expect(second.rooms[roomId!]).not.toHaveProperty('timeline')
      await fixture.append(roomId!, alice, 'm.room.name', { name: 'B' }, '')
      expect((await fixture.look(me, { lists, pos: second.pos })).rooms[roomId!]).toMatchObject({ name: 'B' })
    })

    test('events of ignored users are no news', async () => {
      const me = newUser()
      const other = newUser()
      const [roomId] = await roomsOf(me, 1)
      await fixture.join(roomId!, other)
      await fixture.accountData.put(me, undefined, 'm.ignored_user_list', { ignored_users: { [other]: {} } })
      const lists = { all: {} }
      const first = await fixture.look(me, { lists })
      await fixture.append(roomId!, other, 'm.reaction', { x: 1 })
      expect((await fixture.look(me, { lists, pos: first.pos })).rooms).toEqual({})
    })

    test('reading elsewhere tells the new counts', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      const eventId = await fixture.say(roomId!, alice, 'read me')
      const lists = { all: {} }
      const first = await fixture.look(me, { lists })
      expect(first.rooms[roomId!]!.notification_count).toBe(2)
      await fixture.receipts.send(me, { roomId: roomId!, type: 'm.read.private', eventId })
      const second = await fixture.look(me, { lists, pos: first.pos })
      expect(second.rooms).toEqual({ [roomId!]: { notification_count: 0, highlight_count: 0 } })
      await fixture.receipts.send(alice, { roomId: roomId!, type: 'm.read', eventId })
      expect((await fixture.look(me, { lists, pos: second.pos })).rooms).toEqual({})
    })

    test('being a direct chat is told when it changes', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      const lists = { all: {} }
      const first = await fixture.look(me, { lists })
      expect(first.rooms[roomId!]).not.toHaveProperty('is_dm')
      await fixture.accountData.put(me, undefined, 'm.direct', { [alice]: [roomId!] })
      const second = await fixture.look(me, { lists, pos: first.pos })
      expect(second.rooms[roomId!]).toMatchObject({ is_dm: true })
      expect((await fixture.look(me, { lists, connId: 'other' })).rooms[roomId!]).toMatchObject({ is_dm: true, initial: true })
      await fixture.say(roomId!, alice, 'still')
      const third = await fixture.look(me, { lists, pos: second.pos })
      expect(third.rooms[roomId!]).not.toHaveProperty('is_dm')
      await fixture.accountData.put(me, undefined, 'm.direct', {})
      expect((await fixture.look(me, { lists, pos: third.pos })).rooms[roomId!]).toMatchObject({ is_dm: false })
    })
  })

  describe('membership', () => {
    const lists = { all: { timelineLimit: 20, requiredState: [['m.room.member', '$ME']] as [string, string][] } }

    test('an invitation has stripped state only, and the room is told afresh on joining', async () => {
      const me = newUser()
      const before = await fixture.look(me, { lists })
      const roomId = await fixture.createRoom()
      await fixture.append(roomId, alice, 'm.room.name', { name: 'Come in' }, '')
      await fixture.say(roomId, alice, 'not for you yet')
      await fixture.member(roomId, alice, me, 'invite')
      const invited = await fixture.look(me, { lists, pos: before.pos })
      expect(invited.rooms[roomId]).toEqual({
        initial: true,
        bump_stamp: expect.any(Number),
        notification_count: 0,
        highlight_count: 0,
        invite_state: expect.any(Array),
      })
      expect(gist(invited.rooms[roomId]!.invite_state)).toEqual(
        expect.arrayContaining(['create', 'name: Come in', `${nameOf(me)}: invite`]),
      )
      await fixture.say(roomId, alice, 'still not for you')
      const idle = await fixture.look(me, { lists, pos: invited.pos })
      expect(idle.rooms).toEqual({})
      await fixture.join(roomId, me)
      const joined = await fixture.look(me, { lists, pos: idle.pos })
      expect(joined.rooms[roomId]).toMatchObject({ initial: true, name: 'Come in', joined_count: 2 })
      expect(gist(joined.rooms[roomId]!.timeline)).toContain('not for you yet')
    })

    test('a knock', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await fixture.append(roomId, alice, 'm.room.join_rules', { join_rule: 'knock' }, '')
      await fixture.member(roomId, me, me, 'knock')
      const { rooms } = await fixture.look(me, { lists })
      expect(gist(rooms[roomId]!.invite_state)).toContain(`${nameOf(me)}: knock`)
      expect(rooms[roomId]).not.toHaveProperty('timeline')
    })

    test('a room that the user leaves is told once, and afresh after coming back', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      const first = await fixture.look(me, { lists })
      await fixture.member(roomId!, me, me, 'leave')
      await fixture.say(roomId!, alice, 'after')
      const left = await fixture.look(me, { lists, pos: first.pos })
      expect(left.lists.all!.count).toBe(1)
      expect(gist(left.rooms[roomId!]!.timeline)).toEqual([`${nameOf(me)}: leave`])
      expect(gist(left.rooms[roomId!]!.required_state)).toEqual([`${nameOf(me)}: leave`])
      expect(left.rooms[roomId!]).not.toHaveProperty('joined_count')
      const next = await fixture.look(me, { lists, pos: left.pos })
      expect(next).toMatchObject({ rooms: {}, lists: { all: { count: 0 } } })
      expect((await fixture.look(me, { lists })).lists.all!.count).toBe(0)
      await fixture.join(roomId!, me)
      const back = await fixture.look(me, { lists, pos: next.pos })
      expect(back.rooms[roomId!]).toMatchObject({ initial: true, joined_count: 2 })
    })

    test('who is removed goes on seeing the room as it was', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      await fixture.append(roomId!, alice, 'm.room.name', { name: 'Then' }, '')
      const first = await fixture.look(me, { lists })
      await fixture.append(roomId!, alice, 'm.room.member', { membership: 'leave' }, me)
      await fixture.append(roomId!, alice, 'm.room.name', { name: 'Now' }, '')
      await fixture.say(roomId!, alice, 'among us')
      const kicked = await fixture.look(me, { lists, pos: first.pos })
      expect(gist(kicked.rooms[roomId!]!.timeline)).toEqual([`${nameOf(me)}: leave`])
      expect(kicked.rooms[roomId!]).not.toHaveProperty('name')
      await fixture.say(roomId!, alice, 'more')
      const next = await fixture.look(me, { lists, pos: kicked.pos })
      expect(next).toMatchObject({ rooms: {}, lists: { all: { count: 1 } } })
      const wide = { all: { timelineLimit: 20, requiredState: [['*', '*']] as [string, string][] } }
      const fresh = (await fixture.look(me, { lists: wide })).rooms[roomId!]!
      expect(fresh).toMatchObject({ initial: true, name: 'Then' })
      expect(gist(fresh.timeline)!.slice(-3)).toEqual(['hello 0', 'name: Then', `${nameOf(me)}: leave`])
      expect(gist(fresh.required_state)).toContain('name: Then')
      expect(gist(fresh.required_state)).toContain(`${nameOf(me)}: leave`)
    })

    test('who is banned after having been removed sees the room as it was before', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      await fixture.append(roomId!, alice, 'm.room.history_visibility', { history_visibility: 'world_readable' }, '')
      await fixture.append(roomId!, alice, 'm.room.name', { name: 'Then' }, '')
      const wide = { all: { timelineLimit: 20, requiredState: [['*', '*']] as [string, string][] } }
      const first = await fixture.look(me, { lists: wide })
      await fixture.member(roomId!, alice, me, 'leave')
      await fixture.append(roomId!, alice, 'm.room.name', { name: 'Now' }, '')
      await fixture.member(roomId!, alice, me, 'ban')
      await fixture.say(roomId!, alice, 'to the world')
      const banned = await fixture.look(me, { lists: wide, pos: first.pos })
      expect(gist(banned.rooms[roomId!]!.required_state)).toEqual([`${nameOf(me)}: ban`])
      expect(gist(banned.rooms[roomId!]!.timeline)!.at(-1)).toEqual(`${nameOf(me)}: ban`)
      const fresh = (await fixture.look(me, { lists: wide })).rooms[roomId!]!
      expect(fresh).toMatchObject({ initial: true, name: 'Then' })
      expect(gist(fresh.required_state)).toContain('name: Then')
      expect(gist(fresh.required_state)).toContain(`${nameOf(me)}: ban`)
    })

    test('an invitation that is accepted out of sight is a new room when it comes into sight', async () => {
      const me = newUser()
      const [other] = await roomsOf(me, 1)
      const roomId = await fixture.createRoom()
      await fixture.append(roomId, alice, 'm.room.name', { name: 'Come in' }, '')
      await fixture.member(roomId, alice, me, 'invite')
      const top = { top: { ranges: [[0, 0]] as [number, number][], requiredState: [['m.room.create', '']] as [string, string][] } }
      const first = await fixture.look(me, { lists: top })
      expect(first.rooms[roomId]).toHaveProperty('invite_state')
      await fixture.join(roomId, me)
      await fixture.say(other!, alice, 'above it')
      const second = await fixture.look(me, { lists: top, pos: first.pos })
      expect(Object.keys(second.rooms)).toEqual([other])
      const third = await fixture.look(me, { lists: { top: { ...top.top, ranges: [[0, 9]] } }, pos: second.pos })
      expect(third.rooms[roomId]).toMatchObject({ initial: true, name: 'Come in' })
      expect(gist(third.rooms[roomId]!.required_state)).toEqual(['create'])
    })

    test('who is banned from outside sees nothing', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await fixture.member(roomId, alice, me, 'ban')
      expect(await fixture.look(me, { lists, subscriptions: { [roomId]: {} } })).toMatchObject({ rooms: {}, lists: { all: { count: 0 } } })
    })

    test('a rejected invitation is told as left, without the room', async () => {
      const me = newUser()
      const roomId = await fixture.createRoom()
      await fixture.member(roomId, alice, me, 'invite')
      const wide = { all: { requiredState: [['*', '*']] as [string, string][] } }
      const invited = await fixture.look(me, { lists: wide })
      await fixture.member(roomId, me, me, 'leave')
      const { rooms } = await fixture.look(me, { lists: wide, pos: invited.pos })
      expect(gist(rooms[roomId]!.timeline)!.at(-1)).toBe(`${nameOf(me)}: leave`)
      expect(gist(rooms[roomId]!.required_state)).toEqual([`${nameOf(me)}: leave`])
    })

    test('leaving and coming back between two looks tells the room afresh', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      const first = await fixture.look(me, { lists })
      await fixture.member(roomId!, me, me, 'leave')
      await fixture.join(roomId!, me)
      expect((await fixture.look(me, { lists, pos: first.pos })).rooms[roomId!]).toMatchObject({ initial: true })
    })
  })

  describe('required state', () => {
    const asked = async (userId: UserId, roomId: RoomId, requiredState: [string, string][], timelineLimit = 1, pos?: string) => {
      const answer = await fixture.look(userId, { subscriptions: { [roomId]: { requiredState, timelineLimit } }, pos })
      return { ...answer, state: gist(answer.rooms[roomId]?.required_state)?.sort() }
    }

    test('wildcards, oneself, and members that the timeline needs', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      const speaker = newUser()
      const silent = newUser()
      await fixture.join(roomId!, speaker)
      await fixture.join(roomId!, silent)
      await fixture.say(roomId!, speaker, 'I')
      const state = async (...patterns: [string, string][]) => (await asked(me, roomId!, patterns)).state
      const members = [`alice: join`, `${nameOf(me)}: join`, `${nameOf(silent)}: join`, `${nameOf(speaker)}: join`].sort()
      const others = ['create', 'join_rules', 'power_levels']
      expect(await state()).toBeUndefined()
      expect(await state(['m.room.create', ''], ['m.room.name', ''])).toEqual(['create'])
      expect(await state(['*', ''])).toEqual(others)
      expect(await state(['*', '*'])).toEqual([...members, ...others].sort())
      expect(await state(['m.room.member', '*'])).toEqual(members)
      expect(await state(['m.room.member', '$ME'])).toEqual([`${nameOf(me)}: join`])
      expect(await state(['m.room.member', silent])).toEqual([`${nameOf(silent)}: join`])
      expect(await state(['*', silent])).toEqual([`${nameOf(silent)}: join`])
      expect(await state(['m.room.member', '$LAZY'])).toEqual([`${nameOf(speaker)}: join`])
      expect(await state(['m.room.member', '$LAZY'], ['m.room.member', '$ME'], ['*', ''])).toEqual(
        [`${nameOf(me)}: join`, `${nameOf(speaker)}: join`, ...others].sort(),
      )
    })

    test('changes are told as they are after the timeline', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      const patterns: [string, string][] = [['m.room.name', '']]
      const first = await asked(me, roomId!, patterns)
      expect(first.state).toBeUndefined()
      await fixture.append(roomId!, alice, 'm.room.name', { name: '1' }, '')
      await fixture.append(roomId!, alice, 'm.room.name', { name: '2' }, '')
      await fixture.append(roomId!, alice, 'm.room.topic', { topic: 'unwanted' }, '')
      const second = await asked(me, roomId!, patterns, 1, first.pos)
      expect(second.state).toEqual(['name: 2'])
      expect(gist(second.rooms[roomId!]!.timeline)).toEqual(['topic'])
      expect((await asked(me, roomId!, patterns, 1, second.pos)).rooms).toEqual({})
    })

    test('members that were sent are not sent again, until they change', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      const patterns: [string, string][] = [['m.room.member', '$LAZY']]
      const first = await asked(me, roomId!, patterns, 5)
      expect(first.state).toEqual(['alice: join', `${nameOf(me)}: join`])
      const speaker = newUser()
      await fixture.join(roomId!, speaker)
      await fixture.say(roomId!, alice, 'welcome')
      const second = await asked(me, roomId!, patterns, 5, first.pos)
      expect(second.state).toEqual([`${nameOf(speaker)}: join`])
      await fixture.say(roomId!, speaker, 'hi')
      const third = await asked(me, roomId!, patterns, 5, second.pos)
      expect(third.state).toBeUndefined()
      await fixture.append(roomId!, speaker, 'm.room.member', { membership: 'join', displayname: 'S' }, speaker)
      for (let n = 0; n < 3; n++) await fixture.say(roomId!, alice, `${n}`)
      const fourth = await asked(me, roomId!, patterns, 2, third.pos)
      expect(gist(fourth.rooms[roomId!]!.timeline)).toEqual(['1', '2'])
      expect(fourth.rooms[roomId!]!.required_state).toMatchObject([{ state_key: speaker, content: { displayname: 'S' } }])
    })

    test('asking for more brings the rest at once', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      await fixture.append(roomId!, alice, 'm.room.name', { name: 'N' }, '')
      await fixture.append(roomId!, alice, 'm.room.topic', { topic: 'T' }, '')
      const first = await asked(me, roomId!, [['m.room.name', '']])
      expect(first.state).toEqual(['name: N'])
      const both: [string, string][] = [
        ['m.room.name', ''],
        ['m.room.topic', ''],
      ]
      const second = await asked(me, roomId!, both, 1, first.pos)
      expect(second.state).toEqual(['topic'])
      expect(second.rooms[roomId!]).not.toHaveProperty('timeline')
      // less, and then as much again: nothing was missed
      await fixture.say(roomId!, alice, 'no state')
      const third = await asked(me, roomId!, [['m.room.name', '']], 1, second.pos)
      expect(third.state).toBeUndefined()
      const fourth = await asked(me, roomId!, both, 1, third.pos)
      expect(fourth.rooms).toEqual({})
      // what changes while it is not wanted is brought when it is wanted again
      await fixture.append(roomId!, alice, 'm.room.topic', { topic: 'T2' }, '')
      const fifth = await asked(me, roomId!, [['m.room.name', '']], 1, fourth.pos)
      expect(fifth.state).toBeUndefined()
      const sixth = await asked(me, roomId!, both, 1, fifth.pos)
      expect(sixth.rooms[roomId!]!.required_state).toMatchObject([{ content: { topic: 'T2' } }])
    })
  })

  describe('a timeline that grows', () => {
    test('is told again, as far as it was not sent', async () => {
      const me = newUser()
      const [roomId] = await roomsOf(me, 1)
      for (const body of ['1', '2', '3']) await fixture.say(roomId!, alice, body)
      const asked = (timelineLimit: number, pos?: string) => fixture.look(me, { subscriptions: { [roomId!]: { timelineLimit } }, pos })
      const first = await asked(1)
      expect(gist(first.rooms[roomId!]!.timeline)).toEqual(['3'])
      const second = await asked(3, first.pos)
      expect(gist(second.rooms[roomId!]!.timeline)).toEqual(['1', '2', '3'])
      expect(second.rooms[roomId!]).toMatchObject({ unstable_expanded_timeline: true, limited: true, num_live: 0 })
      expect(second.rooms[roomId!]).not.toHaveProperty('initial')
      // smaller, and then as much again
      await fixture.say(roomId!, alice, '4')
      const third = await asked(1, second.pos)
      expect(gist(third.rooms[roomId!]!.timeline)).toEqual(['4'])
      const fourth = await asked(3, third.pos)
      expect(fourth.rooms).toEqual({})
      // a gap: what is behind it was not sent
      await fixture.say(roomId!, alice, '5')
      await fixture.say(roomId!, alice, '6')
      const fifth = await asked(1, fourth.pos)
      expect(gist(fifth.rooms[roomId!]!.timeline)).toEqual(['6'])
      const sixth = await asked(2, fifth.pos)
      expect(gist(sixth.rooms[roomId!]!.timeline)).toEqual(['5', '6'])
      const seventh = await asked(100, sixth.pos)
      expect(seventh.rooms[roomId!]).toMatchObject({ limited: false, unstable_expanded_timeline: true })
      expect((await asked(200, seventh.pos)).rooms).toEqual({})
    })
  })

  describe('a long poll', () => {
    test('ends with news of a room in sight, and not with those of others', async () => {
      const me = newUser()
      const [quiet, roomId] = await roomsOf(me, 2)
      const lists = { top: { ranges: [[0, 0]] as [number, number][] } }
      const first = await fixture.look(me, { lists })
      const waiting = fixture.look(me, { lists, pos: first.pos, timeoutMs: 30_000 })
      await fixture.append(quiet!, alice, 'm.room.topic', { topic: 'out of sight' }, '')
      await fixture.say(roomId!, alice, 'in sight')
      const answer = await waiting
      expect(Object.keys(answer.rooms)).toEqual([roomId])
      expect(gist(answer.rooms[roomId!]!.timeline)).toEqual(['in sight'])
      // what was missed while waiting is told when it comes into sight
      const wide = await fixture.look(me, { lists: { top: { ranges: [[0, 9]] } }, pos: answer.pos })
      expect(wide.rooms[quiet!]).toMatchObject({ initial: true })
    })

    test('ends when the time is over, the client goes, or the server stops', async () => {
      const me = newUser()
      await roomsOf(me, 1)
      const lists = { all: {} }
      const { pos } = await fixture.look(me, { lists })
      const another = fixture.openAnother()
      const until = async (count: number) => {
        while (another.waiting < count) await new Promise((resolve) => setImmediate(resolve))
      }
      const timed = fixture.ask(another, me, { lists, pos, timeoutMs: 1000 })
      await until(1)
      fixture.clock.advance(1000)
      expect((await timed).rooms).toEqual({})
      const gone = new AbortController()
      const left = fixture.ask(another, me, { lists, pos, timeoutMs: 1000, gone: gone.signal })
      await until(1)
      gone.abort()
      expect((await left).rooms).toEqual({})
      const stopped = fixture.ask(another, me, { lists, pos, timeoutMs: 1000 })
      await until(1)
      another.endLongPolls()
      expect((await stopped).rooms).toEqual({})
    })
  })
})
