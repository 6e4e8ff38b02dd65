import { eventTypes, type RoomId, roomVersion, stateMapKey, type UserId, verifyContentHash } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findEvent, findEvents } from './event-store.ts'
import { currentState, currentStateEvent, currentStateEvents, stateOfGroup } from './state-store.ts'
import { alice, bob, carol, openTimelineFixture } from './timeline-fixture.ts'

onBothDatabases('the timeline', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openTimelineFixture>>
  beforeAll(async () => {
    fixture = await openTimelineFixture(dialect)
  })
  afterAll(() => fixture.remove())

  const room = (roomId: RoomId) =>
    fixture.database.read.selectFrom('rooms').selectAll().where('room_id', '=', roomId).executeTakeFirstOrThrow()
  const eventsOf = (roomId: RoomId) =>
    fixture.database.read.selectFrom('events').selectAll().where('room_id', '=', roomId).orderBy('position').execute()

  test.each(['10', '11', '12'])('makes a room of version %s', async (version) => {
    const roomId = await fixture.createRoom(version)
    const events = await eventsOf(roomId)
    expect(events.map(({ type, depth }) => [type, depth])).toEqual([
      ['m.room.create', 1],
      ['m.room.member', 2],
      ['m.room.power_levels', 3],
      ['m.room.join_rules', 4],
    ])
    expect(await room(roomId)).toMatchObject({
      version,
      creator: alice,
      join_rules: 'public',
      joined_members: 1,
      joined_local_members: 1,
      invited_members: 0,
      state_events: 4,
      last_position: events[3]!.position,
    })
    if (version === '12') expect(roomId.slice(1)).toBe(events[0]!.event_id.slice(1))
    const { pdu } = (await findEvent(fixture.database.read, events[3]!.event_id))!
    expect(verifyContentHash(pdu)).toBe(true)
    expect(pdu.prev_events).toEqual([events[2]!.event_id])
    const auth = [events[2]!.event_id, events[1]!.event_id]
    expect(pdu.auth_events).toEqual(version === '12' ? auth : [events[0]!.event_id, ...auth])
  })

  test('a message changes neither state nor counters', async () => {
    const roomId = await fixture.createRoom()
    const before = await room(roomId)
    const { eventId, isNew } = await fixture.append(roomId, alice, 'm.room.message', { body: 'hi', url: 'mxc://a/b' })
    expect(isNew).toBe(true)
    const row = (await eventsOf(roomId)).at(-1)!
    expect(row).toMatchObject({ event_id: eventId, state_key: null, depth: 5, contains_url: 1 })
    expect(row.state_after).toBe(row.state_before)
    expect(await room(roomId)).toEqual({ ...before, last_position: row.position })
  })

  test('keeps relations in columns', async () => {
    const roomId = await fixture.createRoom()
    const { eventId } = await fixture.append(roomId, alice, 'm.room.message', { body: 'hi' })
    const relation = { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key: '👍' } }
    const reaction = await fixture.append(roomId, alice, 'm.reaction', relation)
    expect(await findEvent(fixture.database.read, reaction.eventId)).toMatchObject({ relatesTo: eventId, relType: 'm.annotation' })
  })

  test('refuses what the rules refuse, and writes nothing', async () => {
    const roomId = await fixture.createRoom()
    const refused = fixture.append(roomId, bob, 'm.room.message', { body: 'hi' })
    await expect(refused).rejects.toMatchObject({ errcode: 'M_FORBIDDEN', message: `User ${bob} not in room ${roomId} (None)` })
    expect(await eventsOf(roomId)).toHaveLength(4)
  })

  test.each([
    ['an unknown room', '!unknown:glia.test', { body: 'x' }, 'M_NOT_FOUND'],
    ['an event over 65,536 bytes', undefined, { body: 'x'.repeat(66_000) }, 'M_TOO_LARGE'],
    ['a fraction', undefined, { ratio: 0.5 }, 'M_BAD_JSON'],
  ])('refuses %s', async (_, unknownRoom, content, errcode) => {
    const roomId = (unknownRoom as RoomId | undefined) ?? (await fixture.createRoom())
    await expect(fixture.append(roomId, alice, 'm.room.message', content)).rejects.toMatchObject({ errcode })
  })

  test('does not send again what the state says already', async () => {
    const roomId = await fixture.createRoom()
    const first = await fixture.append(roomId, alice, 'm.room.name', { name: 'One' }, '')
    expect(await fixture.append(roomId, alice, 'm.room.name', { name: 'One' }, '')).toEqual({ eventId: first.eventId, isNew: false })
    const second = await fixture.append(roomId, alice, 'm.room.name', { name: 'Two' }, '')
    expect(second.isNew).toBe(true)
    expect(await findEvent(fixture.database.read, second.eventId)).toMatchObject({ replacesState: first.eventId })
    expect(await room(roomId)).toMatchObject({ name: 'Two', state_events: 5 })
  })

  test('counts members through every change', async () => {
    const roomId = await fixture.createRoom()
    const remote = '@dora:elsewhere.test' as UserId
    await fixture.append(roomId, alice, 'm.room.member', { membership: 'invite' }, bob)
    await fixture.append(roomId, alice, 'm.room.member', { membership: 'invite' }, remote)
    expect(await room(roomId)).toMatchObject({ joined_members: 1, invited_members: 2 })
    await fixture.join(roomId, bob)
    await fixture.join(roomId, carol)
    expect(await room(roomId)).toMatchObject({ joined_members: 3, joined_local_members: 3, invited_members: 1 })
    await fixture.append(roomId, alice, 'm.room.member', { membership: 'ban' }, carol)
    await fixture.append(roomId, alice, 'm.room.member', { membership: 'leave' }, remote)
    expect(await room(roomId)).toMatchObject({ joined_members: 2, joined_local_members: 2, invited_members: 0, state_events: 7 })
    const members = await fixture.database.read
      .selectFrom('memberships')
      .select(['user_id', 'membership', 'sender', 'is_local', 'display_name'])
      .where('room_id', '=', roomId)
      .orderBy('user_id')
      .execute()
    expect(members).toEqual([
      { user_id: alice, membership: 'join', sender: alice, is_local: 1, display_name: 'Alice' },
      { user_id: bob, membership: 'join', sender: bob, is_local: 1, display_name: null },
      { user_id: carol, membership: 'ban', sender: alice, is_local: 1, display_name: null },
      { user_id: remote, membership: 'leave', sender: alice, is_local: 0, display_name: null },
    ])
  })

  test('keeps the state at every event, across snapshots', async () => {
    const roomId = await fixture.createRoom()
    for (let i = 0; i < 230; i++) await fixture.append(roomId, alice, 'm.room.topic', { topic: `topic ${i}` }, '')
    const events = await eventsOf(roomId)
    const groups = await fixture.database.read.selectFrom('state_groups').selectAll().where('room_id', '=', roomId).execute()
    expect(groups.filter(({ previous_id }) => previous_id === null)).toHaveLength(3)
    for (const index of [3, 4, 99, 105, 106, 107, 233]) {
      const event = events[index]!
      const state = await stateOfGroup(fixture.database.read, event.state_after)
      expect(state.size).toBe(Math.min(index + 1, 5))
      expect(state.get(stateMapKey(event.type, ''))).toBe(event.event_id)
      if (index > 4) {
        const before = await stateOfGroup(fixture.database.read, event.state_before, { tuples: [[event.type, '']] })
        expect([...before.values()]).toEqual([events[index - 1]!.event_id])
      }
    }
    expect(await stateOfGroup(fixture.database.read, 0)).toEqual(new Map())
    expect(await currentState(fixture.database.read, roomId)).toEqual(await stateOfGroup(fixture.database.read, events.at(-1)!.state_after))
  })

  test('reads the parts of a state that are asked for', async () => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    const typesOf = async (selection: Parameters<typeof currentStateEvents>[2]) =>
      (await currentStateEvents(fixture.database.read, roomId, selection)).map(({ type, stateKey }) => `${type} ${stateKey}`).sort()
    expect(await typesOf({ tuples: [[eventTypes.member, bob]] })).toEqual([`m.room.member ${bob}`])
    expect(await typesOf({ types: [eventTypes.member] })).toEqual([`m.room.member ${alice}`, `m.room.member ${bob}`])
    expect(await typesOf({ allExcept: [eventTypes.member], tuples: [[eventTypes.member, bob]] })).toHaveLength(4)
    expect(await typesOf({ allExcept: [] })).toHaveLength(5)
    expect(await typesOf({ tuples: [] })).toEqual([])
    expect(await typesOf(undefined)).toHaveLength(5)
  })

  test('writers at the same time make no fork and lose no position', async () => {
    const roomId = await fixture.createRoom()
    const other = await fixture.createRoom('12')
    for (const id of [roomId, other]) await fixture.join(id, bob)
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        i % 3 === 0
          ? fixture.append(roomId, alice, 'm.room.topic', { topic: `t${i}` }, '')
          : fixture.append(i % 3 === 1 ? roomId : other, i % 2 ? alice : bob, 'm.room.message', { body: `${i}` }),
      ),
    )
    for (const [id, count] of [
      [roomId, 45],
      [other, 25],
    ] as const) {
      const events = await eventsOf(id)
      expect(events).toHaveLength(count)
      const stored = await findEvents(
        fixture.database.read,
        events.map(({ event_id }) => event_id),
      )
      const inOrder = events.map(({ event_id }) => stored.get(event_id as never)!)
      for (const [index, event] of inOrder.entries()) {
        expect(event.depth).toBe(index + 1)
        expect(event.pdu.prev_events).toEqual(index === 0 ? [] : [inOrder[index - 1]!.eventId])
        if (index > 0) expect(event.stateBefore).toBe(inOrder[index - 1]!.stateAfter)
      }
      expect((await room(id)).last_position).toBe(inOrder.at(-1)!.position)
    }
  })

  test('one refused writer does not take the others of its batch along', async () => {
    const roomId = await fixture.createRoom()
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => fixture.append(roomId, i % 4 === 1 ? bob : alice, 'm.room.message', { body: `${i}` })),
    )
    expect(results.map(({ status }) => status)).toEqual(results.map((_, i) => (i % 4 === 1 ? 'rejected' : 'fulfilled')))
    expect(await eventsOf(roomId)).toHaveLength(13)
  })

  test('tells of the room and of the member only after the commit', async () => {
    const roomId = await fixture.createRoom()
    const told: unknown[] = []
    const stop = [
      fixture.signals.on('room.changed', (signal) => told.push(signal)),
      fixture.signals.on('user.changed', (signal) => told.push(signal)),
    ]
    await expect(fixture.append(roomId, bob, 'm.room.message', { body: 'no' })).rejects.toThrow()
    expect(told).toEqual([])
    await fixture.join(roomId, bob)
    for (const end of stop) end()
    const position = (await room(roomId)).last_position
    expect(told).toEqual([
      { roomId, position, what: ['member'] },
      { userId: bob, position },
    ])
  })

  describe('a redaction', () => {
    const redact = (roomId: RoomId, sender: UserId, redacts: string) =>
      fixture.timeline.transaction(roomId, (tx) =>
        fixture.timeline.append(tx, { roomId, sender, type: 'm.room.redaction', content: { reason: 'spam' }, redacts: redacts as never }),
      )

    test.each(['10', '11'])('takes the content away in version %s', async (version) => {
      const roomId = await fixture.createRoom(version)
      const target = await fixture.append(roomId, alice, 'm.room.message', { body: 'secret' })
      const redaction = await redact(roomId, alice, target.eventId)
      const redacted = (await findEvent(fixture.database.read, target.eventId))!
      expect(redacted).toMatchObject({ content: {}, redactedBy: redaction.eventId })
      expect(redacted.json).not.toContain('secret')
      const { pdu, redacts } = (await findEvent(fixture.database.read, redaction.eventId))!
      expect(redacts).toBe(target.eventId)
      expect(version === '10' ? pdu.redacts : pdu.content.redacts).toBe(target.eventId)
      expect(roomVersion(version)!.redactsInContent).toBe(pdu.redacts === undefined)
    })

    test('of current state keeps the columns in step', async () => {
      const roomId = await fixture.createRoom()
      const name = await fixture.append(roomId, alice, 'm.room.name', { name: 'Bad name' }, '')
      const member = await currentStateEvent(fixture.database.read, roomId, 'm.room.member', alice)
      await redact(roomId, alice, name.eventId)
      await redact(roomId, alice, member!.eventId)
      expect(await room(roomId)).toMatchObject({ name: null, joined_members: 1 })
      const row = await fixture.database.read
        .selectFrom('memberships')
        .select(['membership', 'display_name'])
        .where('room_id', '=', roomId)
        .executeTakeFirst()
      expect(row).toEqual({ membership: 'join', display_name: null })
    })

    test('is seen by the events after it in the same transaction', async () => {
      const roomId = await fixture.createRoom()
      const name = await fixture.append(roomId, alice, 'm.room.name', { name: 'Bad name' }, '')
      const content = await fixture.database.transaction((tx) =>
        fixture.timeline.edit(tx, roomId, async (writer) => {
          await writer.state('m.room.name', '')
          await writer.append({ type: 'm.room.redaction', sender: alice, content: {}, redacts: name.eventId })
          await writer.flush()
          return (await writer.state('m.room.name', ''))?.content
        }),
      )
      expect(content).toEqual({})
    })

    test('of older state leaves the columns alone', async () => {
      const roomId = await fixture.createRoom()
      const old = await fixture.append(roomId, alice, 'm.room.name', { name: 'Old' }, '')
      await fixture.append(roomId, alice, 'm.room.name', { name: 'New' }, '')
      await redact(roomId, alice, old.eventId)
      expect(await room(roomId)).toMatchObject({ name: 'New' })
    })

    test('reaches no other room and does not replace an earlier one', async () => {
      const roomId = await fixture.createRoom()
      const elsewhere = await fixture.createRoom()
      const target = await fixture.append(elsewhere, alice, 'm.room.message', { body: 'kept' })
      await redact(roomId, alice, target.eventId)
      expect(await findEvent(fixture.database.read, target.eventId)).toMatchObject({ content: { body: 'kept' }, redactedBy: undefined })
      const first = await redact(elsewhere, alice, target.eventId)
      await redact(elsewhere, alice, target.eventId)
      expect(await findEvent(fixture.database.read, target.eventId)).toMatchObject({ redactedBy: first.eventId })
    })
  })
})
