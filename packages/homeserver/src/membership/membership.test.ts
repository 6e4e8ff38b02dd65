import type { JsonObject, RoomId, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addEntry } from '../lists/index.ts'
import { alice, bob, carol } from '../timeline/timeline-fixture.ts'
import { addTestUser } from '../users/user-fixture.ts'
import { inviteState } from './invite-state.ts'
import { openRoomsFixture, requesterOf } from './rooms-fixture.ts'

onBothDatabases('membership', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openRoomsFixture>>
  beforeAll(async () => {
    fixture = await openRoomsFixture(dialect)
    fixture.profiles.set(bob, { displayName: 'Bob', avatarUrl: 'mxc://glia.test/bob' })
  })
  afterAll(() => fixture.remove())

  const dora = '@dora:glia.test' as UserId
  const makeRoom = async (joinRules: JsonObject = { join_rule: 'invite' }, version = '11') => {
    const roomId = await fixture.createRoom(version)
    await fixture.setState(roomId, alice, 'm.room.join_rules', joinRules)
    return roomId
  }
  const as = requesterOf

  describe('joining', () => {
    test('fills the profile in', async () => {
      const roomId = await makeRoom({ join_rule: 'public' })
      expect(await fixture.membership.join(as(bob), roomId, { content: { reason: 'why not' } })).toBe(roomId)
      expect(await fixture.memberOf(roomId, bob)).toEqual({
        membership: 'join',
        displayname: 'Bob',
        avatar_url: 'mxc://glia.test/bob',
        reason: 'why not',
      })
    })

    test('takes nobody at their word who vouches for them', async () => {
      const roomId = await makeRoom({ join_rule: 'public' })
      const content = { membership: 'join', join_authorised_via_users_server: alice }
      await fixture.membership.change(as(carol), { roomId, target: carol, content })
      expect(await fixture.memberOf(roomId, carol)).toEqual({ membership: 'join' })
    })

    test('again makes no event', async () => {
      const roomId = await makeRoom({ join_rule: 'public' })
      await fixture.membership.join(as(bob), roomId)
      const before = await fixture.database.currentPosition()
      await Promise.all(Array.from({ length: 5 }, () => fixture.membership.join(as(bob), roomId, { content: { reason: 'again' } })))
      expect(await fixture.database.currentPosition()).toBe(before)
    })

    test('by many at once counts each once', async () => {
      const roomId = await makeRoom({ join_rule: 'public' })
      const users = Array.from({ length: 30 }, (_, i) => `@user${i}:glia.test` as UserId)
      await Promise.all([...users, ...users].map((user) => fixture.membership.join(as(user), roomId)))
      const room = await fixture.database.read
        .selectFrom('rooms')
        .select(['joined_members', 'joined_local_members'])
        .where('room_id', '=', roomId)
        .executeTakeFirst()
      expect(room).toEqual({ joined_members: 31, joined_local_members: 31 })
    })

    test.each([
      ['neither id nor alias', 'foo', 'M_UNKNOWN', 400],
      ['an unknown room', '!unknown:glia.test', 'M_UNKNOWN', 404],
      ['an unknown alias', '#unknown:glia.test', 'M_NOT_FOUND', 404],
      ['an id with a NUL', '!a\0:glia.test', 'M_UNKNOWN', 400],
    ])('refuses %s', async (_, target, errcode, status) => {
      await expect(fixture.membership.join(as(bob), target)).rejects.toMatchObject({ errcode, status })
    })

    test('a private room takes an invite, and only for the invited', async () => {
      const roomId = await makeRoom()
      await expect(fixture.membership.join(as(bob), roomId)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
      await fixture.membership.invite(as(alice), bob, { roomId })
      await expect(fixture.membership.join(as(carol), roomId)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
      expect(await fixture.membership.join(as(bob), roomId)).toBe(roomId)
    })

    test('a blocked room takes nobody in', async () => {
      const roomId = await makeRoom({ join_rule: 'public' })
      await fixture.database.transaction((tx) =>
        addEntry(tx, 'rooms', { item: roomId, reason: null, addedBy: alice, addedAtMs: 0, expiresAtMs: null }),
      )
      const refusal = { errcode: 'M_UNKNOWN', status: 403, message: 'This room has been blocked on this server' }
      await expect(fixture.membership.join(as(bob), roomId)).rejects.toMatchObject(refusal)
      await expect(fixture.membership.invite(as(alice), bob, { roomId })).rejects.toMatchObject(refusal)
      await expect(fixture.membership.knock(as(bob), roomId)).rejects.toMatchObject(refusal)
      await fixture.membership.leave(as(alice), { roomId })
    })

    test('guests come in only where they may, and go when that ends', async () => {
      const roomId = await makeRoom({ join_rule: 'public' })
      const guest = '@guest:glia.test' as UserId
      await addTestUser(fixture.database, guest)
      await fixture.database.transaction((tx) => tx.db.updateTable('users').set({ is_guest: 1 }).where('user_id', '=', guest).execute())
      const join = () => fixture.membership.join(as(guest, { isGuest: true }), roomId)
      await expect(join()).rejects.toMatchObject({ errcode: 'M_FORBIDDEN', message: 'Guest access not allowed' })
      await fixture.setState(roomId, alice, 'm.room.guest_access', { guest_access: 'can_join' })
      await join()
      expect(await fixture.memberOf(roomId, guest)).toMatchObject({ membership: 'join', kind: 'guest' })
      await fixture.setState(roomId, alice, 'm.room.guest_access', { guest_access: 'forbidden' })
      expect(await fixture.memberOf(roomId, guest)).toEqual({ membership: 'leave' })
      expect(await fixture.memberOf(roomId, alice)).toMatchObject({ membership: 'join' })
    })
  })

  describe('a restricted room', () => {
    const restricted = (allowed: RoomId) => ({ join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: allowed }] })

    test.each(['10', '11', '12'])('of version %s lets members of the other room in, vouched for by one who may invite', async (version) => {
      const hall = await makeRoom({ join_rule: 'public' })
      const roomId = await makeRoom(restricted(hall), version)
      await expect(fixture.membership.join(as(bob), roomId)).rejects.toMatchObject({
        errcode: 'M_FORBIDDEN',
        message: 'You do not belong to any of the required rooms/spaces to join this room.',
      })
      await fixture.membership.join(as(bob), hall)
      const claim = { join_authorised_via_users_server: '@evil:glia.test' }
      await fixture.membership.change(as(bob), { roomId, target: bob, content: { membership: 'join', ...claim } })
      expect(await fixture.memberOf(roomId, bob)).toMatchObject({ membership: 'join', join_authorised_via_users_server: alice })
      await fixture.upkeep.propagateProfile(bob)
      expect(await fixture.memberOf(roomId, bob)).not.toHaveProperty('join_authorised_via_users_server')
    })

    test('needs somebody of ours who may invite', async () => {
      const hall = await makeRoom({ join_rule: 'public' })
      const roomId = await makeRoom(restricted(hall))
      await fixture.membership.join(as(bob), hall)
      await fixture.membership.leave(as(alice), { roomId })
      await expect(fixture.membership.join(as(bob), roomId)).rejects.toMatchObject({ errcode: 'M_UNABLE_TO_GRANT_JOIN' })
    })

    test('takes the invited without asking further', async () => {
      const hall = await makeRoom({ join_rule: 'public' })
      const roomId = await makeRoom(restricted(hall))
      await fixture.membership.invite(as(alice), carol, { roomId })
      await fixture.membership.join(as(carol), roomId)
      expect(await fixture.memberOf(roomId, carol)).toEqual({ membership: 'join' })
    })
  })

  describe('inviting', () => {
    test('tells the invited who asks them where', async () => {
      const roomId = await makeRoom()
      await fixture.setState(roomId, alice, 'm.room.name', { name: 'Then' })
      await fixture.membership.invite(as(alice), bob, { roomId, content: { reason: 'come' } })
      await fixture.setState(roomId, alice, 'm.room.name', { name: 'Now' })
      const { event_id } = await fixture.database.read
        .selectFrom('memberships')
        .select('event_id')
        .where('room_id', '=', roomId)
        .where('user_id', '=', bob)
        .executeTakeFirstOrThrow()
      const state = await inviteState(fixture.database.read, roomId, event_id as never)
      expect(state.map(({ type, state_key, content }) => [type, state_key, content])).toEqual([
        ['m.room.create', '', { room_version: '11' }],
        ['m.room.join_rules', '', { join_rule: 'invite' }],
        ['m.room.name', '', { name: 'Then' }],
        ['m.room.member', alice, { membership: 'join', displayname: 'Alice' }],
      ])
      expect(Object.keys(state[0]!).sort()).toEqual(['content', 'sender', 'state_key', 'type'])
    })

    test.each<[string, (roomId: RoomId) => Promise<unknown>, string, string]>([
      ['by a stranger', (roomId) => fixture.membership.invite(as(carol), bob, { roomId }), 'M_FORBIDDEN', `${carol} not in room`],
      ['of a member', (roomId) => fixture.membership.invite(as(alice), alice, { roomId }), 'M_FORBIDDEN', 'is already in the room.'],
      ['of no user', (roomId) => fixture.membership.invite(as(alice), 'bob', { roomId }), 'M_INVALID_PARAM', "start with '@'"],
      [
        'of a user elsewhere',
        (roomId) => fixture.membership.invite(as(alice), '@x:elsewhere.test', { roomId }),
        'M_FORBIDDEN',
        'Federation denied with elsewhere.test.',
      ],
      [
        'by a suspended user',
        (roomId) => fixture.membership.invite(as(alice, { isSuspended: true }), bob, { roomId }),
        'M_USER_SUSPENDED',
        'Sending invites while account is suspended is not allowed.',
      ],
      ['of who takes none', (roomId) => fixture.membership.invite(as(alice), dora, { roomId }), 'M_INVITE_BLOCKED', ''],
    ])('%s is refused', async (_, invite, errcode, message) => {
      fixture.blockers.add(dora)
      const roomId = await makeRoom()
      await expect(invite(roomId)).rejects.toMatchObject({ errcode, message: expect.stringContaining(message) })
    })
  })

  describe('bans and kicks', () => {
    test('a ban keeps out whoever it names, until it ends', async () => {
      const roomId = await makeRoom({ join_rule: 'public' })
      await fixture.membership.ban(as(alice), bob, { roomId, content: { reason: 'spam' } })
      expect(await fixture.memberOf(roomId, bob)).toEqual({ membership: 'ban', reason: 'spam' })
      const badState = (action: string) => ({ errcode: 'M_BAD_STATE', message: `Cannot ${action} user who was banned` })
      await expect(fixture.membership.join(as(bob), roomId)).rejects.toMatchObject(badState('join'))
      await expect(fixture.membership.invite(as(alice), bob, { roomId })).rejects.toMatchObject(badState('invite'))
      await expect(fixture.membership.kick(as(alice), bob, { roomId })).rejects.toMatchObject(badState('kick'))
      await expect(fixture.membership.leave(as(bob), { roomId })).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
      await fixture.membership.ban(as(alice), bob, { roomId, content: { reason: 'spam' } })
      await fixture.membership.unban(as(alice), bob, { roomId })
      await expect(fixture.membership.unban(as(alice), bob, { roomId })).rejects.toMatchObject({
        errcode: 'M_BAD_STATE',
        message: 'Cannot unban user who was not banned (membership=leave)',
      })
      await fixture.membership.join(as(bob), roomId)
    })

    test('a kick needs somebody to kick and the level for it', async () => {
      const roomId = await makeRoom({ join_rule: 'public' })
      await expect(fixture.membership.kick(as(alice), bob, { roomId })).rejects.toMatchObject({
        message: 'The target user is not in the room',
      })
      await fixture.membership.join(as(bob), roomId)
      await expect(fixture.membership.kick(as(bob), alice, { roomId })).rejects.toMatchObject({ message: `You cannot kick user ${alice}.` })
      await fixture.membership.kick(as(alice), bob, { roomId, content: { reason: 'out' } })
      expect(await fixture.memberOf(roomId, bob)).toEqual({ membership: 'leave', reason: 'out' })
    })
  })

  test('knocking, being let in, and taking a knock back', async () => {
    const roomId = await makeRoom({ join_rule: 'knock' })
    await fixture.membership.knock(as(bob), roomId, { reason: 'please' })
    expect(await fixture.memberOf(roomId, bob)).toMatchObject({ membership: 'knock', displayname: 'Bob', reason: 'please' })
    await fixture.membership.invite(as(alice), bob, { roomId })
    await expect(fixture.membership.knock(as(bob), roomId)).rejects.toMatchObject({ message: 'You are already invited to this room' })
    await fixture.membership.join(as(bob), roomId)
    await fixture.membership.knock(as(carol), roomId)
    await fixture.membership.leave(as(carol), { roomId })
    expect(await fixture.memberOf(roomId, carol)).toEqual({ membership: 'leave' })
  })

  test('a room is forgotten only after leaving it, until somebody calls the user back', async () => {
    const roomId = await makeRoom({ join_rule: 'public' })
    await fixture.membership.join(as(bob), roomId)
    const forgotten = async () =>
      (
        await fixture.database.read
          .selectFrom('memberships')
          .select('forgotten')
          .where('room_id', '=', roomId)
          .where('user_id', '=', bob)
          .executeTakeFirst()
      )?.forgotten
    await expect(fixture.membership.forget(bob, roomId)).rejects.toMatchObject({ errcode: 'M_UNKNOWN', status: 400 })
    await fixture.membership.leave(as(bob), { roomId })
    await fixture.membership.forget(bob, roomId)
    expect(await forgotten()).toBe(1)
    await fixture.membership.invite(as(alice), bob, { roomId })
    expect(await forgotten()).toBe(0)
  })

  describe('in the name of users', () => {
    test('leaving everything ends joins, invites and knocks, not bans', async () => {
      const rooms = [await makeRoom({ join_rule: 'public' }), await makeRoom(), await makeRoom({ join_rule: 'knock' }), await makeRoom()]
      await fixture.membership.join(as(dora), rooms[0]!)
      fixture.blockers.clear()
      await fixture.membership.invite(as(alice), dora, { roomId: rooms[1]! })
      await fixture.membership.knock(as(dora), rooms[2]!)
      await fixture.membership.ban(as(alice), dora, { roomId: rooms[3]! })
      await fixture.upkeep.leaveAllRooms(dora)
      await fixture.upkeep.leaveAllRooms(dora)
      const states = await Promise.all(rooms.map((roomId) => fixture.memberOf(roomId, dora)))
      expect(states.map((content) => content?.membership)).toEqual(['leave', 'leave', 'leave', 'ban'])
      expect(await fixture.upkeep.leaveRoomAs(dora, rooms[0]!)).toBeUndefined()
    })

    test('a new profile shows in joined rooms, beside what else the member event says', async () => {
      const joined = await makeRoom({ join_rule: 'public' })
      const invited = await makeRoom()
      const ella = '@ella:glia.test' as UserId
      await fixture.membership.change(as(ella), { roomId: joined, target: ella, content: { membership: 'join', 'x.y': 1 } })
      await fixture.membership.invite(as(alice), ella, { roomId: invited })
      fixture.profiles.set(ella, { displayName: 'Ella' })
      await fixture.upkeep.propagateProfile(ella)
      expect(await fixture.memberOf(joined, ella)).toEqual({ membership: 'join', displayname: 'Ella', 'x.y': 1 })
      expect(await fixture.memberOf(invited, ella)).toEqual({ membership: 'invite' })
      fixture.profiles.set(ella, {})
      await fixture.upkeep.propagateProfile(ella)
      expect(await fixture.memberOf(joined, ella)).toEqual({ membership: 'join', 'x.y': 1 })
    })

    test('a forced join goes through an invite where it must', async () => {
      const roomId = await makeRoom()
      await expect(fixture.upkeep.joinAs(carol, roomId)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
      await fixture.upkeep.forceJoin(carol, roomId)
      expect(await fixture.memberOf(roomId, carol)).toEqual({ membership: 'join' })
      await fixture.membership.leave(as(alice), { roomId })
      await fixture.membership.leave(as(carol), { roomId })
      await expect(fixture.upkeep.forceJoin(carol, roomId)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
    })
  })
})
