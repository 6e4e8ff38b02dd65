import { eventTypes, type RoomId, type UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runInterrupted } from '../tasks/interrupted-task.ts'
import { alice, bob, openTimelineFixture, serverName } from '../timeline/timeline-fixture.ts'
import type { UserRedaction } from './redact-user.ts'
import { userRedactionRunner } from './redact-user-runner.ts'

onBothDatabases('a redaction of all that a user wrote', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openTimelineFixture>>
  beforeEach(async () => {
    fixture = await openTimelineFixture(dialect)
  })
  afterEach(() => fixture.remove())

  const redact = (changes: Partial<UserRedaction> = {}) => {
    const { database, timeline } = fixture
    const redaction: UserRedaction = {
      userId: bob,
      requestedBy: alice,
      rooms: null,
      reason: null,
      limit: 1000,
      asAdmin: false,
      sentBetweenMs: { from: null, to: null },
      ...changes,
    }
    return runInterrupted(userRedactionRunner({ database, timeline, serverName }), { resourceId: bob, parameters: { ...redaction } })
  }
  const say = (roomId: RoomId, sender: UserId, body: string) => fixture.append(roomId, sender, eventTypes.message, { body })
  const sayMuch = (roomId: RoomId, sender: UserId, times: number) =>
    fixture.timeline.transaction(roomId, (tx) =>
      fixture.timeline.edit(tx, roomId, async (room) => {
        for (let index = 0; index < times; index++) await room.append({ type: eventTypes.message, sender, content: { body: 'x' } })
      }),
    )
  const readable = async (roomId: RoomId, sender: UserId = bob) => {
    const rows = await fixture.database.read
      .selectFrom('events')
      .select('json')
      .where('room_id', '=', roomId)
      .where('type', '=', eventTypes.message)
      .where('sender', '=', sender)
      .orderBy('position')
      .execute()
    return rows.flatMap(({ json }) => JSON.parse(json).content.body ?? [])
  }
  const redactions = (roomId: RoomId) =>
    fixture.database.read
      .selectFrom('events')
      .select(['sender', 'redacts', 'depth', 'state_before', 'state_after'])
      .where('room_id', '=', roomId)
      .where('type', '=', eventTypes.redaction)
      .orderBy('position')
      .execute()

  test('goes on where it was after a stop at every step, and redacts nothing twice', async () => {
    const rooms: RoomId[] = []
    for (let index = 0; index < 3; index++) {
      const roomId = await fixture.createRoom()
      await fixture.join(roomId, bob)
      await sayMuch(roomId, bob, 90)
      rooms.push(roomId)
    }
    await say(rooms[0]!, alice, 'mine')
    const { steps, result } = await redact()
    expect(steps).toBeGreaterThan(2)
    expect(result).toMatchObject({ failed_redactions: {}, redacted: 273 })
    for (const roomId of rooms) {
      expect(await readable(roomId)).toEqual([])
      const made = await redactions(roomId)
      expect(made).toHaveLength(91)
      expect(new Set(made.map(({ redacts }) => redacts)).size).toBe(91)
    }
    expect(await readable(rooms[0]!, alice)).toEqual(['mine'])
    expect((await redact()).result).toMatchObject({ redacted: 0 })
  })

  test('looks at so many events in each room, newest first, also after a stop', async () => {
    const [one, two] = [await fixture.createRoom(), await fixture.createRoom()]
    for (const roomId of [one, two]) await fixture.join(roomId, bob)
    await say(one, bob, 'first')
    await sayMuch(one, bob, 60)
    await sayMuch(two, bob, 60)
    await say(one, bob, 'last')
    expect((await redact({ limit: 61 })).result).toMatchObject({ redacted: 122 })
    expect(await readable(one)).toEqual(['first'])
    expect(await readable(two)).toEqual([])
  })

  test.each(['kicked', 'banned', 'muted'])('works for a user who was %s, and the room goes on', async (how) => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    await say(roomId, bob, 'bad')
    if (how === 'muted') {
      const levels = { users: { [alice]: 100, [bob]: -1 } }
      await fixture.append(roomId, alice, eventTypes.powerLevels, levels, '')
    } else {
      await fixture.append(roomId, alice, eventTypes.member, { membership: how === 'kicked' ? 'leave' : 'ban' }, bob)
    }
    const newest = await say(roomId, alice, 'after')
    const { result } = await redact({ rooms: [roomId], reason: 'spam' })
    expect(result).toMatchObject({ failed_redactions: {}, redacted: 2 })
    expect(await readable(roomId)).toEqual([])
    const made = await redactions(roomId)
    expect(made.map(({ sender }) => sender)).toEqual([bob, bob])
    expect(made.every(({ state_before, state_after }) => state_before === state_after)).toBe(true)
    const ends = await fixture.database.read.selectFrom('forward_extremities').select('event_id').where('room_id', '=', roomId).execute()
    expect(ends).toEqual([{ event_id: newest.eventId }])
    const { eventId } = await say(roomId, alice, 'still here')
    const json = await fixture.database.read.selectFrom('events').select('json').where('event_id', '=', eventId).executeTakeFirstOrThrow()
    expect(JSON.parse(json.json).prev_events).toEqual([newest.eventId])
  })

  test('keeps what was sent before or after given times', async () => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    const times: number[] = []
    for (const body of ['a', 'b', 'c', 'd']) {
      fixture.clock.advance(1000)
      times.push(fixture.clock.nowMs())
      await say(roomId, bob, body)
    }
    await redact({ sentBetweenMs: { from: times[1]!, to: times[2]! } })
    expect(await readable(roomId)).toEqual(['a', 'd'])
  })

  test('reaches only the rooms named, or those that the user is in or banned from', async () => {
    const [joined, left, banned] = [await fixture.createRoom(), await fixture.createRoom(), await fixture.createRoom()]
    for (const roomId of [joined, left, banned]) {
      await fixture.join(roomId, bob)
      await say(roomId, bob, 'x')
    }
    await fixture.append(left, bob, eventTypes.member, { membership: 'leave' }, bob)
    await fixture.append(banned, alice, eventTypes.member, { membership: 'ban' }, bob)
    await redact({ rooms: ['!unknown:glia.test'] })
    expect(await readable(joined)).toEqual(['x'])
    await redact()
    expect([await readable(joined), await readable(left), await readable(banned)]).toEqual([[], ['x'], []])
    await redact({ rooms: [left] })
    expect(await readable(left)).toEqual([])
  })

  test('as the admin needs the admin’s power, and notes what fails', async () => {
    const [strange, own, weak] = [await fixture.createRoom(), await fixture.createRoom(), await fixture.createRoom()]
    const admin = '@admin:glia.test' as UserId
    const sent: string[] = []
    for (const roomId of [strange, own, weak]) {
      await fixture.join(roomId, bob)
      sent.push((await say(roomId, bob, 'x')).eventId)
      if (roomId !== strange) await fixture.join(roomId, admin)
    }
    await fixture.append(own, alice, eventTypes.powerLevels, { users: { [alice]: 100, [admin]: 50 } }, '')
    const { result } = await redact({ asAdmin: true, requestedBy: admin })
    expect([await readable(strange), await readable(own), await readable(weak)]).toEqual([['x'], [], ['x']])
    const failed = result.failed_redactions as Record<string, string>
    expect(failed[sent[0]!]).toBe(`403: User ${admin} not in room ${strange}`)
    expect(failed[sent[1]!]).toBeUndefined()
    expect(failed[sent[2]!]).toBe("403: You don't have permission to redact events")
    expect((await redactions(own)).map(({ sender }) => sender)).toEqual([admin, admin])
  })

  test('of a user of another server is done by the admin', async () => {
    const roomId = await fixture.createRoom()
    const remote = '@dora:elsewhere.test' as UserId
    await fixture.join(roomId, remote)
    await say(roomId, remote, 'x')
    await redact({ userId: remote })
    expect(await readable(roomId, remote)).toEqual([])
    expect((await redactions(roomId)).map(({ sender }) => sender)).toEqual([alice, alice])
  })
})
