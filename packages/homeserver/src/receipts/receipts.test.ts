import type { EventId, JsonObject, RoomId, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { get as getAccountData } from '../account-data/index.ts'
import { findEvent } from '../timeline/index.ts'
import { alice, bob, carol, openTimelineFixture } from '../timeline/timeline-fixture.ts'
import { createReceipts, type Receipts, readPositions, receiptChanges } from './index.ts'

onBothDatabases('receipts', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openTimelineFixture>>
  let receipts: Receipts
  let roomId: RoomId
  beforeAll(async () => {
    fixture = await openTimelineFixture(dialect)
    receipts = createReceipts(fixture)
  })
  afterAll(() => fixture.remove())
  beforeEach(async () => {
    roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
  })

  const say = async (relation?: JsonObject) => {
    const content = { msgtype: 'm.text', body: 'x', ...(relation ? { 'm.relates_to': relation } : {}) }
    return append('m.room.message', content)
  }
  const append = async (type: string, content: JsonObject) => {
    const { eventId } = await fixture.append(roomId, alice, type, content)
    return { eventId, position: (await findEvent(fixture.database.read, eventId))!.position }
  }
  const send = (userId: UserId, type: string, eventId: string, threadId?: unknown) =>
    receipts.send(userId, { roomId, type, eventId, threadId })
  const seenBy = async (viewer: UserId, since = 0) =>
    receiptChanges(fixture.database.read, [roomId], since, await fixture.database.currentPosition(), viewer)
  const position = async (userId: UserId) => (await readPositions(fixture.database.read, userId, [roomId])).get(roomId)

  test('move forward only', async () => {
    const [first, second] = [await say(), await say()]
    await send(bob, 'm.read', second.eventId)
    const before = await fixture.database.currentPosition()
    await send(bob, 'm.read', first.eventId)
    await send(bob, 'm.read', second.eventId)
    expect(await fixture.database.currentPosition()).toBe(before)
    expect(await seenBy(alice)).toMatchObject([
      { roomId, receiptType: 'm.read', userId: bob, eventId: second.eventId, threadId: undefined, ts: fixture.clock.nowMs() },
    ])
    expect(await position(bob)).toEqual({ room: second.position, threads: new Map() })
  })

  test('of two at once the newer one stays', async () => {
    const events = []
    for (let i = 0; i < 8; i++) events.push(await say())
    await Promise.all(events.toReversed().map(({ eventId }) => send(bob, 'm.read', eventId)))
    expect((await seenBy(alice)).map(({ eventId }) => eventId)).toEqual([events.at(-1)!.eventId])
  })

  test('come once, after the position of the last look', async () => {
    await send(bob, 'm.read', (await say()).eventId)
    const since = await fixture.database.currentPosition()
    expect(await seenBy(alice, since)).toEqual([])
    await send(bob, 'm.read', (await say()).eventId)
    expect(await seenBy(alice, since)).toHaveLength(1)
  })

  test('that are private show to their owner only, and count as read', async () => {
    const event = await say()
    await send(bob, 'm.read.private', event.eventId)
    expect(await seenBy(alice)).toEqual([])
    expect(await seenBy(bob)).toMatchObject([{ receiptType: 'm.read.private', userId: bob }])
    expect((await position(bob))?.room).toBe(event.position)
    const later = await say()
    await send(bob, 'm.read', later.eventId)
    expect((await position(bob))?.room).toBe(later.position)
  })

  test('wake the room, private ones the owner only', async () => {
    const event = await say()
    const told: string[] = []
    const ends = [
      fixture.signals.on('room.changed', (signal) => told.push(signal.roomId)),
      fixture.signals.on('user.changed', ({ userId }) => told.push(userId)),
    ]
    await send(bob, 'm.read.private', event.eventId)
    await send(bob, 'm.read', event.eventId)
    for (const end of ends) end()
    expect(told).toEqual([bob, roomId])
  })

  describe('in threads', () => {
    test('are kept for each thread', async () => {
      const root = await say()
      const main = await say()
      const answer = await say({ rel_type: 'm.thread', event_id: root.eventId })
      const reaction = await append('m.reaction', {
        'm.relates_to': { rel_type: 'm.annotation', event_id: answer.eventId, key: 'x' },
      })
      await send(bob, 'm.read', main.eventId, 'main')
      await send(bob, 'm.read', reaction.eventId, root.eventId)
      expect((await position(bob))?.threads).toEqual(
        new Map([
          ['main', main.position],
          [root.eventId, reaction.position],
        ]),
      )
      expect((await position(bob))?.room).toBe(0)
      expect((await seenBy(alice)).map(({ threadId }) => threadId)).toEqual(['main', root.eventId])
    })

    test('must name the thread of the event; a root is in both', async () => {
      const root = await say()
      const other = await say()
      const answer = await say({ rel_type: 'm.thread', event_id: root.eventId })
      await send(bob, 'm.read', root.eventId, 'main')
      await send(bob, 'm.read', root.eventId, root.eventId)
      for (const [event, thread] of [
        [answer, 'main'],
        [other, root.eventId],
        [answer, other.eventId],
        [answer, ''],
        [answer, 5],
      ] as const) {
        await expect(send(bob, 'm.read', event.eventId, thread)).rejects.toMatchObject({ errcode: 'M_INVALID_PARAM', status: 400 })
      }
    })
  })

  describe('m.fully_read', () => {
    const marker = async () => (await getAccountData(fixture.database.read, bob, roomId, 'm.fully_read'))?.event_id

    test('is account data of the room and moves forward only', async () => {
      const [first, second] = [await say(), await say()]
      await send(bob, 'm.fully_read', second.eventId)
      await send(bob, 'm.fully_read', first.eventId)
      expect(await marker()).toBe(second.eventId)
      expect(await seenBy(bob)).toEqual([])
    })

    test('has no thread and needs a known event', async () => {
      const event = await say()
      await expect(send(bob, 'm.fully_read', event.eventId, 'main')).rejects.toMatchObject({ errcode: 'M_INVALID_PARAM' })
      await expect(send(bob, 'm.fully_read', '$unknown')).rejects.toMatchObject({ status: 404 })
      expect(await marker()).toBeUndefined()
    })
  })

  test('read markers set all three, or none', async () => {
    const event = await say()
    const all = { 'm.fully_read': event.eventId, 'm.read': event.eventId, 'm.read.private': event.eventId }
    await expect(receipts.setMarkers(bob, roomId, { ...all, 'm.read': 'nonsense' })).rejects.toMatchObject({ status: 400 })
    expect(await seenBy(bob)).toEqual([])
    await receipts.setMarkers(bob, roomId, all)
    expect((await seenBy(bob)).map(({ receiptType }) => receiptType).sort()).toEqual(['m.read', 'm.read.private'])
    expect(await getAccountData(fixture.database.read, bob, roomId, 'm.fully_read')).toEqual({ event_id: event.eventId })
    await receipts.setMarkers(bob, roomId, {})
  })

  test('are refused of who is not joined, of unknown kinds and for what is no event', async () => {
    const event = await say()
    await expect(send(carol, 'm.read', event.eventId)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN', status: 403 })
    await expect(send(bob, 'm.other', event.eventId)).rejects.toMatchObject({ errcode: 'M_UNKNOWN', status: 400 })
    await expect(send(bob, 'm.read', 'nonsense')).rejects.toMatchObject({ errcode: 'M_UNKNOWN', status: 400 })
    await expect(receipts.send(bob, { roomId: 'no\0room', type: 'm.read', eventId: event.eventId })).rejects.toMatchObject({ status: 403 })
    await send(bob, 'm.read', '$unknown' as EventId)
    expect(await seenBy(bob)).toEqual([])
  })
})
