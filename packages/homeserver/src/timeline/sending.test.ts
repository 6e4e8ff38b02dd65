import { silentLogger } from '@glia/platform'
import type { EventId, RoomId, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRoomsFixture, requesterOf } from '../membership/rooms-fixture.ts'
import { findEvent } from './event-store.ts'
import { purgeRoom } from './purge-room.ts'
import { alice, bob, carol } from './timeline-fixture.ts'
import { createTransactionCleanup } from './transaction-cleanup.ts'

onBothDatabases('sending', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openRoomsFixture>>
  let roomId: RoomId
  beforeAll(async () => {
    fixture = await openRoomsFixture(dialect)
    roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
  })
  afterAll(() => fixture.remove())

  const text = (body: string) => ({ msgtype: 'm.text', body })
  const send = (userId = alice, transactionId = `t${Math.random()}`, type = 'm.room.message', content: object = text('hi'), flags = {}) =>
    fixture.sending.sendMessage(requesterOf(userId, flags), { roomId, type, content: content as never, transactionId })
  const count = async () => {
    const { events } = await fixture.database.read
      .selectFrom('events')
      .select((eb) => eb.fn.countAll<number>().as('events'))
      .where('room_id', '=', roomId)
      .executeTakeFirstOrThrow()
    return events
  }

  test('the same request sent many times at once makes one event', async () => {
    const before = await count()
    const ids = await Promise.all(Array.from({ length: 10 }, () => send(alice, 'same')))
    expect(new Set(ids).size).toBe(1)
    expect(await send(alice, 'same')).toBe(ids[0])
    expect(await count()).toBe(before + 1)
  })

  test('requests that share a transaction know of each other', async () => {
    const before = await count()
    const [, ...ids] = await Promise.all([send(), ...Array.from({ length: 5 }, () => send(alice, 'shared'))])
    expect(new Set(ids).size).toBe(1)
    expect(await count()).toBe(before + 2)
    const reaction = { 'm.relates_to': { rel_type: 'm.annotation', event_id: ids[0], key: '👍' } }
    const react = () => send(alice, undefined, 'm.reaction', reaction)
    const [first, ...results] = await Promise.allSettled([send(), react(), react(), react(), react()])
    expect(first!.status).toBe('fulfilled')
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
  })

  test('a refused request does not take others along that share its transaction', async () => {
    const before = await count()
    const stranger = '@stranger:glia.test' as UserId
    const results = await Promise.allSettled([alice, bob, stranger, alice, stranger, bob].map((user) => send(user)))
    expect(results.map(({ status }) => status[0]).join('')).toBe('ffrfrf')
    expect(await count()).toBe(before + 4)
  })

  test('another session, type or user is another request', async () => {
    const first = await send(alice, 'x')
    const others = [
      await send(alice, 'x', 'm.room.message', text('hi'), { sessionId: 'another' }),
      await send(alice, 'x', 'm.other'),
      await send(bob, 'x'),
    ]
    expect(new Set([first, ...others]).size).toBe(4)
  })

  test('a refused request may be sent again and is then carried out', async () => {
    await expect(send(carol, 'again')).rejects.toMatchObject({ errcode: 'M_FORBIDDEN', message: `User ${carol} not in room ${roomId}` })
    await fixture.join(roomId, carol)
    expect(await send(carol, 'again')).toMatch(/^\$/)
  })

  test('old transaction ids are forgotten', async () => {
    const first = await send(alice, 'old')
    fixture.clock.advance(25 * 60 * 60 * 1000)
    await send(alice, 'young')
    await createTransactionCleanup({ database: fixture.database, clock: fixture.clock, logger: silentLogger }).run()
    const left = await fixture.database.read.selectFrom('event_transactions').select('transaction_id').execute()
    expect(left).toEqual([{ transaction_id: 'young' }])
    expect(await send(alice, 'old')).not.toBe(first)
  })

  test.each([
    ['a message without body', 'm.room.message', { msgtype: 'm.text' }, 'M_UNKNOWN'],
    ['a relation to nothing', 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$x', key: 'a' } }, 'M_UNKNOWN'],
    ['a type with a NUL', 'a\0b', {}, 'M_INVALID_PARAM'],
    ['a type over 255 bytes', 'ü'.repeat(130), {}, 'M_TOO_LARGE'],
  ])('refuses %s', async (_, type, content, errcode) => {
    const before = await count()
    await expect(send(alice, undefined, type, content)).rejects.toMatchObject({ errcode })
    expect(await count()).toBe(before)
  })

  test('refuses the same reaction twice, and threads within threads', async () => {
    const target = await send()
    const reaction = { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: '👍' } }
    await send(alice, undefined, 'm.reaction', reaction)
    await expect(send(alice, undefined, 'm.reaction', reaction)).rejects.toMatchObject({ errcode: 'M_DUPLICATE_ANNOTATION' })
    await send(bob, undefined, 'm.reaction', reaction)
    const threaded = await send(alice, undefined, 'm.room.message', {
      ...text('a'),
      'm.relates_to': { rel_type: 'm.thread', event_id: target },
    })
    const nested = { ...text('b'), 'm.relates_to': { rel_type: 'm.thread', event_id: threaded } }
    await expect(send(alice, undefined, 'm.room.message', nested)).rejects.toMatchObject({ errcode: 'M_UNKNOWN' })
  })

  test('a reaction may come again once the first is redacted', async () => {
    const target = await send()
    const reaction = { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: '👍' } }
    const first = await send(bob, undefined, 'm.reaction', reaction)
    await redact(bob, first)
    expect(await send(bob, undefined, 'm.reaction', reaction)).not.toBe(first)
  })

  test('suspended users send nothing but redactions of their own', async () => {
    const own = await send(bob)
    const other = await send(alice)
    const flags = { isSuspended: true }
    await expect(send(bob, undefined, undefined, undefined, flags)).rejects.toMatchObject({ errcode: 'M_USER_SUSPENDED' })
    const topic = { roomId, type: 'm.x', stateKey: '', content: {} }
    await expect(fixture.sending.sendState(requesterOf(bob, flags), topic)).rejects.toMatchObject({ errcode: 'M_USER_SUSPENDED' })
    await expect(redact(bob, other, flags)).rejects.toMatchObject({ errcode: 'M_USER_SUSPENDED' })
    await redact(bob, own, flags)
    expect(await findEvent(fixture.database.read, own)).toMatchObject({ content: {} })
  })

  test('shadow-banned users are told of events that are not there', async () => {
    const before = await count()
    const sent = send(bob, undefined, undefined, undefined, { isShadowBanned: true })
    await expect.poll(() => fixture.clock.advance(10_000), { timeout: 5000 }).toBeUndefined()
    const eventId = await sent
    expect(eventId).toMatch(/^\$[A-Za-z0-9]{43}$/)
    expect(await findEvent(fixture.database.read, eventId)).toBeUndefined()
    expect(await count()).toBe(before)
  })

  const redact = (userId: typeof alice, redacts: string, flags = {}) =>
    fixture.sending.redact(requesterOf(userId, flags), {
      roomId,
      redacts: redacts as EventId,
      content: {},
      transactionId: `r${Math.random()}`,
    })

  test('redacting asks for the level, the room and the event', async () => {
    const own = await send(bob)
    const other = await send(alice)
    const create = await fixture.database.read
      .selectFrom('current_state')
      .select('event_id')
      .where('room_id', '=', roomId)
      .where('type', '=', 'm.room.create')
      .executeTakeFirstOrThrow()
    await redact(bob, own)
    await expect(redact(bob, other)).rejects.toMatchObject({
      errcode: 'M_FORBIDDEN',
      message: "You don't have permission to redact events",
    })
    await expect(redact(bob, '$unknown')).rejects.toMatchObject({ errcode: 'M_NOT_FOUND' })
    await expect(redact(bob, '$nul\0')).rejects.toMatchObject({ errcode: 'M_NOT_FOUND' })
    await expect(redact(alice, create.event_id)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
    const elsewhere = await fixture.createRoom()
    const foreign = await fixture.append(elsewhere, alice, 'm.room.message', text('x'))
    await expect(redact(alice, foreign.eventId)).rejects.toMatchObject({ errcode: 'M_UNKNOWN', status: 400 })
    expect(await redact(alice, '$unknown')).toMatch(/^\$/)
    await redact(alice, other)
    expect(await findEvent(fixture.database.read, other)).toMatchObject({ content: {} })
  })

  test.each([
    ['levels that are text', 'm.room.power_levels', { users: { [alice]: '100' } }, 'M_BAD_JSON'],
    ['levels of no user', 'm.room.power_levels', { users: { alice: 100 } }, 'M_UNKNOWN'],
    ['an ACL against ourselves', 'm.room.server_acl', { allow: ['*'], deny: ['*.test'] }, 'M_UNKNOWN'],
    ['an unknown alias', 'm.room.canonical_alias', { alias: '#nothing:glia.test' }, 'M_BAD_ALIAS'],
    ['an alias that is none', 'm.room.canonical_alias', { alt_aliases: ['nothing'] }, 'M_INVALID_PARAM'],
    ['a tombstone that leads back', 'm.room.tombstone', { replacement_room: 'THIS' }, 'M_UNKNOWN'],
  ])('refuses state with %s', async (_, type, content, errcode) => {
    const before = await count()
    const filled = JSON.parse(JSON.stringify(content).replace('THIS', roomId))
    await expect(fixture.setState(roomId, alice, type, filled)).rejects.toMatchObject({ errcode })
    expect(await count()).toBe(before)
  })

  test('creators of version 12 have no place among the levels', async () => {
    const v12 = await fixture.createRoom('12')
    const levels = fixture.setState(v12, alice, 'm.room.power_levels', { users: { [alice]: 100 } })
    await expect(levels).rejects.toMatchObject({ errcode: 'M_UNKNOWN', message: `Creator user ${alice} must not appear in content.users` })
  })

  test('purging a room in steps leaves nothing of it, and others alone', async () => {
    const gone = await fixture.createRoom()
    await fixture.join(gone, bob)
    for (let i = 0; i < 20; i++) {
      await fixture.sending.sendMessage(requesterOf(bob), { roomId: gone, type: 'm.x', content: {}, transactionId: `${i}` })
    }
    const before = await count()
    let steps = 0
    for (let isDone = false; !isDone; steps++) ({ isDone } = await fixture.database.transaction((tx) => purgeRoom(tx, gone, 10)))
    expect(steps).toBeGreaterThan(5)
    for (const table of [
      'rooms',
      'events',
      'state_groups',
      'state_changes',
      'current_state',
      'forward_extremities',
      'memberships',
    ] as const) {
      const rows = await fixture.database.read.selectFrom(table).select('room_id').where('room_id', '=', gone).execute()
      expect(rows).toEqual([])
    }
    const groups = fixture.database.read.selectFrom('state_groups').select('id')
    const entries = await fixture.database.read
      .selectFrom('state_group_entries')
      .select('event_id')
      .where('group_id', 'not in', groups)
      .execute()
    expect(entries).toEqual([])
    const events = fixture.database.read.selectFrom('events').select('event_id')
    const keys = await fixture.database.read
      .selectFrom('event_transactions')
      .select('event_id')
      .where('event_id', 'not in', events)
      .execute()
    expect(keys).toEqual([])
    expect(await count()).toBe(before)
  })
})
