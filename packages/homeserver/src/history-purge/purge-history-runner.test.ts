import { eventTypes, type UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runInterrupted } from '../tasks/interrupted-task.ts'
import { alice, bob, openTimelineFixture, serverName } from '../timeline/timeline-fixture.ts'
import { historyPurgeRunner } from './purge-history-runner.ts'

onBothDatabases('a purge of history', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openTimelineFixture>>
  beforeEach(async () => {
    fixture = await openTimelineFixture(dialect)
  })
  afterEach(() => fixture.remove())

  test('goes on where it was after a stop at every step, and counts nothing twice', async () => {
    const { database, timeline } = fixture
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    await timeline.transaction(roomId, (tx) =>
      timeline.edit(tx, roomId, async (room) => {
        for (let index = 0; index < 450; index++) {
          await room.append({ type: eventTypes.message, sender: index % 2 ? alice : bob, content: { body: String(index) } })
        }
      }),
    )
    const rows = () => database.read.selectFrom('events').select(['event_id', 'depth', 'state_key']).orderBy('position').execute()
    const before = await rows()
    const state = before.filter(({ state_key }) => state_key !== null)
    const beforeDepth = before.at(-2)!.depth
    const parameters = { beforeDepth, deletesLocalEvents: true }
    const { result, steps } = await runInterrupted(historyPurgeRunner({ database, timeline, serverName }), {
      resourceId: roomId,
      parameters,
    })
    expect(steps).toBeGreaterThan(1)
    expect(result).toMatchObject({ deleted_events: 448, kept_events: state.length })
    expect(await rows()).toEqual([...state, ...before.slice(-2)])
    const again = await runInterrupted(historyPurgeRunner({ database, timeline, serverName }), { resourceId: roomId, parameters })
    expect(again.result).toMatchObject({ deleted_events: 0 })
  })

  test('never takes what the next event has to follow', async () => {
    const { database, timeline } = fixture
    const roomId = await fixture.createRoom()
    const { eventId } = await fixture.append(roomId, alice, eventTypes.message, { body: 'last' })
    const parameters = { beforeDepth: 1_000_000, deletesLocalEvents: true }
    await runInterrupted(historyPurgeRunner({ database, timeline, serverName }), { resourceId: roomId, parameters })
    const kept = await database.read.selectFrom('events').select('event_id').where('state_key', 'is', null).execute()
    expect(kept).toEqual([{ event_id: eventId }])
    await fixture.append(roomId, alice, eventTypes.message, { body: 'next' })
  })

  test('leaves other rooms and messages of local users alone', async () => {
    const { database, timeline } = fixture
    const roomId = await fixture.createRoom()
    const other = await fixture.createRoom()
    await fixture.append(roomId, alice, eventTypes.message, { body: 'mine' })
    await fixture.append(other, alice, eventTypes.message, { body: 'other' })
    const remote = '@dora:elsewhere.test' as UserId
    await fixture.join(roomId, remote)
    await fixture.append(roomId, remote, eventTypes.message, { body: 'theirs' })
    await fixture.append(roomId, alice, eventTypes.message, { body: 'last' })
    const parameters = { beforeDepth: 1_000_000, deletesLocalEvents: false }
    const runner = historyPurgeRunner({ database, timeline, serverName })
    expect((await runInterrupted(runner, { resourceId: roomId, parameters })).result).toMatchObject({ deleted_events: 1 })
    const kept = await database.read
      .selectFrom('events')
      .select('json')
      .where('type', '=', eventTypes.message)
      .orderBy('position')
      .execute()
    expect(kept.map(({ json }) => JSON.parse(json).content.body)).toEqual(['mine', 'other', 'last'])
  })
})
