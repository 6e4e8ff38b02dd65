import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alice, openTimelineFixture } from '../timeline/timeline-fixture.ts'
import { deleteForwardExtremities, listForwardExtremities } from './forward-extremities.ts'

onBothDatabases('forward extremities', (dialect) => {
  let place: Awaited<ReturnType<typeof openTimelineFixture>>
  beforeAll(async () => {
    place = await openTimelineFixture(dialect)
  })
  afterAll(() => place.remove())

  test('are cut to the newest, which the next event follows', async () => {
    const roomId = await place.createRoom()
    const events: string[] = []
    for (const body of ['one', 'two', 'three'])
      events.push((await place.append(roomId, alice, 'm.room.message', { body, msgtype: 'm.text' })).eventId)
    await place.database.transaction(async (tx) => {
      for (const event_id of events.slice(0, 2))
        await tx.db.insertInto('forward_extremities').values({ room_id: roomId, event_id }).execute()
    })
    const listed = await listForwardExtremities(place.database.read, roomId)
    expect(listed.map(({ eventId }) => eventId)).toEqual([...events].reverse())

    expect(await place.timeline.transaction(roomId, (tx) => deleteForwardExtremities(tx, roomId))).toBe(2)
    expect((await listForwardExtremities(place.database.read, roomId)).map(({ eventId }) => eventId)).toEqual([events[2]])
    expect(await place.timeline.transaction(roomId, (tx) => deleteForwardExtremities(tx, roomId))).toBe(0)
    const { eventId } = await place.append(roomId, alice, 'm.room.message', { body: 'four', msgtype: 'm.text' })
    const { json } = await place.database.read.selectFrom('events').select('json').where('event_id', '=', eventId).executeTakeFirstOrThrow()
    expect(JSON.parse(json).prev_events).toEqual([events[2]])
  })
})
