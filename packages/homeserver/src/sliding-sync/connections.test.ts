import type { DeviceId, RoomId, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alice } from '../timeline/timeline-fixture.ts'
import { MAX_UNUSED_MS } from './connections.ts'
import { type Ask, gist, openSlidingSyncFixture } from './sliding-sync-fixture.ts'

onBothDatabases('connections of sliding sync', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openSlidingSyncFixture>>
  beforeAll(async () => {
    fixture = await openSlidingSyncFixture(dialect)
  })
  afterAll(() => fixture.remove())

  let users = 0
  const newUser = () => `@user${++users}:glia.test` as UserId
  const roomOf = async (userId: UserId): Promise<RoomId> => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, userId)
    return roomId
  }
  const rowsOf = async (userId: UserId) => {
    const connections = await fixture.database.read
      .selectFrom('sliding_sync_connections')
      .select('connection_id')
      .where('user_id', '=', userId)
      .execute()
    const ids = ['', ...connections.map(({ connection_id }) => connection_id)]
    const answers = await fixture.database.read
      .selectFrom('sliding_sync_answers')
      .select('answer_id')
      .where('connection_id', 'in', ids)
      .execute()
    const entries = await fixture.database.read
      .selectFrom('sliding_sync_entries')
      .select('name')
      .where('connection_id', 'in', ids)
      .execute()
    return { connections: connections.length, answers: answers.length, entries: entries.length }
  }
  const lists = {
    top: { ranges: [[0, 0]] as [number, number][], timelineLimit: 3, requiredState: [['m.room.member', '$LAZY']] as [string, string][] },
  }
  const unknownPos = expect.objectContaining({ errcode: 'M_UNKNOWN_POS' })
  /** What is told of each room, without what differs at every look. */
  const toldIn = ({ rooms }: Awaited<ReturnType<typeof fixture.look>>) =>
    Object.fromEntries(
      Object.entries(rooms).map(([roomId, room]) => [roomId, [room.initial, gist(room.timeline), gist(room.required_state)]]),
    )

  test('the same pos is answered alike, the one before still works, older ones do not', async () => {
    const me = newUser()
    const rooms = [await roomOf(me), await roomOf(me), await roomOf(me)]
    const first = await fixture.look(me, { lists })
    expect(Object.keys(first.rooms)).toEqual([rooms[2]])
    await fixture.say(rooms[0]!, alice, 'a')
    const second = await fixture.look(me, { lists, pos: first.pos })
    // the answer was lost
    const again = await fixture.look(me, { lists, pos: first.pos })
    expect(toldIn(again)).toEqual(toldIn(second))
    expect(toldIn(second)).toEqual({ [rooms[0]!]: [true, expect.any(Array), expect.any(Array)] })
    await fixture.say(rooms[1]!, alice, 'b')
    const third = await fixture.look(me, { lists, pos: again.pos })
    expect(Object.keys(third.rooms)).toEqual([rooms[1]])
    // the other answer to `first` is forgotten, `first` itself is not yet
    await expect(fixture.look(me, { lists, pos: second.pos })).rejects.toEqual(unknownPos)
    expect(Object.keys((await fixture.look(me, { lists, pos: first.pos })).rooms)).toEqual([rooms[1]])
    await fixture.say(rooms[0]!, alice, 'c')
    const fourth = await fixture.look(me, { lists, pos: third.pos })
    expect(toldIn(fourth)).toEqual({ [rooms[0]!]: [undefined, ['c'], undefined] })
    expect(toldIn(await fixture.look(me, { lists, pos: third.pos }))).toEqual(toldIn(fourth))
    expect(Object.keys((await fixture.look(me, { lists, pos: again.pos })).rooms)).toEqual([rooms[0]])
    await expect(fixture.look(me, { lists, pos: first.pos })).rejects.toEqual(unknownPos)
  })

  test('a request that is changed and sent again is answered as the one that it replaces was not', async () => {
    const me = newUser()
    const rooms = [await roomOf(me), await roomOf(me)]
    const first = await fixture.look(me, { lists })
    const wide = { top: { ...lists.top, ranges: [[0, 1]] as [number, number][] } }
    expect(Object.keys((await fixture.look(me, { lists: wide, pos: first.pos })).rooms)).toEqual([rooms[0]])
    const instead = await fixture.look(me, { lists, pos: first.pos })
    expect(instead.rooms).toEqual({})
    expect(toldIn(await fixture.look(me, { lists: wide, pos: instead.pos }))).toMatchObject({ [rooms[0]!]: [true, {}, {}] })
  })

  test('a request that is sent again and again does not fill the database', async () => {
    const me = newUser()
    await roomOf(me)
    await roomOf(me)
    const first = await fixture.look(me, { lists })
    const wide = { top: { ...lists.top, ranges: [[0, 1]] as [number, number][] } }
    for (let n = 0; n < 10; n++) await fixture.look(me, { lists: wide, pos: first.pos })
    expect((await rowsOf(me)).answers).toBeLessThan(6)
  })

  test('nothing is written when nothing changes for the client', async () => {
    const me = newUser()
    const roomId = await roomOf(me)
    const first = await fixture.look(me, { lists })
    const second = await fixture.look(me, { lists, pos: first.pos })
    await fixture.say(roomId, alice, 'one more')
    const third = await fixture.look(me, { lists, pos: second.pos })
    expect(gist(third.rooms[roomId]!.timeline)).toEqual(['one more'])
    expect(third.pos.split('/')[0]).toBe(first.pos.split('/')[0])
    expect((await rowsOf(me)).answers).toBe(1)
    // a client that wants no rooms leaves nothing behind
    const other = newUser()
    await fixture.look(other, { extensions: { e2ee: true, toDevice: { since: undefined, limit: 10 } } })
    expect(await rowsOf(other)).toEqual({ connections: 0, answers: 0, entries: 0 })
  })

  test('connections know nothing of each other', async () => {
    const me = newUser()
    const roomId = await roomOf(me)
    const asks: Ask[] = [{ lists }, { lists, connId: 'other' }, { lists, deviceId: 'OTHER' }]
    const positions: string[] = []
    for (const ask of asks) {
      const answer = await fixture.look(me, ask)
      expect(answer.rooms[roomId]).toMatchObject({ initial: true })
      positions.push(answer.pos)
    }
    await fixture.say(roomId, alice, 'to all')
    for (const [n, ask] of asks.entries()) {
      const answer = await fixture.look(me, { ...ask, pos: positions[n] })
      expect(toldIn(answer)).toEqual({ [roomId]: [undefined, ['to all'], undefined] })
    }
    await expect(fixture.look(me, { ...asks[1], pos: positions[0] })).rejects.toEqual(unknownPos)
    await expect(fixture.look(newUser(), { lists, pos: positions[0] })).rejects.toEqual(unknownPos)
  })

  test('starting afresh ends what was before', async () => {
    const me = newUser()
    const roomId = await roomOf(me)
    const first = await fixture.look(me, { lists })
    expect((await fixture.look(me, { lists })).rooms[roomId]).toMatchObject({ initial: true })
    await expect(fixture.look(me, { lists, pos: first.pos })).rejects.toEqual(unknownPos)
    expect((await rowsOf(me)).connections).toBe(1)
  })

  test('a restart changes nothing', async () => {
    const me = newUser()
    const [hidden, roomId] = [await roomOf(me), await roomOf(me)]
    const first = await fixture.look(me, { lists })
    await fixture.say(hidden, alice, 'top')
    const second = await fixture.look(me, { lists, pos: first.pos })
    // now out of sight, and news in it
    await fixture.append(roomId, alice, 'm.room.topic', { topic: 'x' }, '')
    const third = await fixture.look(me, { lists, pos: second.pos })
    await fixture.say(roomId, alice, 'back')
    const expected = toldIn(await fixture.look(me, { lists, pos: third.pos }))
    expect(expected).toEqual({ [roomId]: [undefined, ['topic', 'back'], undefined] })
    expect(toldIn(await fixture.ask(fixture.openAnother(), me, { lists, pos: third.pos }))).toEqual(expected)
    const restarted = fixture.openAnother()
    const fourth = await fixture.ask(restarted, me, { lists, pos: third.pos })
    await fixture.say(roomId, alice, 'more')
    const fifth = await fixture.ask(fixture.openAnother(), me, { lists, pos: fourth.pos })
    expect(toldIn(fifth)).toEqual({ [roomId]: [undefined, ['more'], undefined] })
  })

  test.each(['nonsense', '', '10/s25_4_1_2_3_1_1_6', '0/s999999999', 'abc/s1', '0/s1_2_3_4'])('pos %j is unknown', async (pos) => {
    await expect(fixture.look(newUser(), { lists, pos })).rejects.toEqual(unknownPos)
  })

  test('a connection that was not used for long is forgotten', async () => {
    const me = newUser()
    await roomOf(me)
    const first = await fixture.look(me, { lists })
    fixture.clock.advance(MAX_UNUSED_MS - 1)
    const second = await fixture.look(me, { lists, pos: first.pos })
    fixture.clock.advance(MAX_UNUSED_MS - 1)
    await fixture.look(me, { lists, pos: second.pos })
    fixture.clock.advance(MAX_UNUSED_MS + 1)
    await expect(fixture.look(me, { lists, pos: second.pos })).rejects.toEqual(unknownPos)
    const cleaning = fixture.openAnother()
    cleaning.start()
    fixture.clock.advance(60 * 60 * 1000)
    await cleaning.stop()
    expect(await rowsOf(me)).toEqual({ connections: 0, answers: 0, entries: 0 })
  })

  test('a device has so many connections and no more', async () => {
    const me = newUser()
    await roomOf(me)
    const positions: string[] = []
    for (let n = 0; n < 17; n++) {
      fixture.clock.advance(1)
      positions.push((await fixture.look(me, { lists, connId: `${n}` })).pos)
    }
    expect((await rowsOf(me)).connections).toBe(16)
    await expect(fixture.look(me, { lists, connId: '0', pos: positions[0] })).rejects.toEqual(unknownPos)
    expect((await fixture.look(me, { lists, connId: '1', pos: positions[1] })).rooms).toEqual({})
  })

  test('nothing is left of a deleted device', async () => {
    const me = newUser()
    await roomOf(me)
    await fixture.look(me, { lists, deviceId: 'GONE' })
    await fixture.look(me, { lists, deviceId: 'KEPT' })
    await fixture.database.transaction((tx) => fixture.slidingSync.deleteForDevices(tx, me, ['GONE' as DeviceId]))
    const left = await fixture.database.read.selectFrom('sliding_sync_connections').select('device_id').where('user_id', '=', me).execute()
    expect(left).toEqual([{ device_id: 'KEPT' }])
  })
})
