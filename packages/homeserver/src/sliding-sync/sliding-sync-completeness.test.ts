import type { RoomId, UserId } from '@glia/protocol'
import { onBothDatabases, seededRandom } from '@glia/testing'
import { expect, test } from 'vitest'
import { alice } from '../timeline/timeline-fixture.ts'
import { type Ask, EVERYWHERE, openSlidingSyncFixture, type ToldAnswer, type ToldEvent } from './sliding-sync-fixture.ts'

const ROOMS = 6
const ROUNDS = 150

/** What a client has put together of a room. */
interface RoomPicture {
  /** The newest events without a gap. */
  events: string[]
  state: Map<string, string>
  name: string | undefined
  joined: number
  accountData: number
  readers: Map<string, string>
}

interface Picture {
  pos: string | undefined
  rooms: Map<string, RoomPicture>
}

onBothDatabases('a client that looks here and there', (dialect) => {
  test('is told everything once and in order, over lost answers, restarts and returns to the pos before', async () => {
    const fixture = await openSlidingSyncFixture(dialect)
    const random = seededRandom(`sliding completeness ${dialect}`)
    const me = '@me:glia.test' as UserId
    const rooms: RoomId[] = []
    for (let n = 0; n < ROOMS; n++) rooms.push(await fixture.createRoom())
    for (const roomId of rooms) await fixture.join(roomId, me)
    let slidingSync = fixture.openAnother()
    let guests = 0

    const write = async (n: number) => {
      const roomId = rooms[random.integer(ROOMS)]!
      const kind = random.integer(12)
      if (kind < 4) await fixture.say(roomId, alice, `${n}`)
      else if (kind < 5) await fixture.append(roomId, alice, 'm.room.topic', { topic: `${n}` }, '')
      else if (kind < 7) await fixture.append(roomId, alice, 'm.room.name', { name: n % 3 === 0 ? '' : `${n}` }, '')
      else if (kind < 8) await fixture.join(roomId, `@guest${++guests}:glia.test` as UserId)
      else if (kind < 9) await fixture.accountData.put(me, roomId, 'm.test', { n })
      else if (kind < 10) {
        const eventId = await fixture.say(roomId, me, `mine ${n}`)
        await fixture.receipts.send(alice, { roomId, type: 'm.read', eventId })
      } else if (kind < 11) {
        await fixture.member(roomId, me, me, 'leave')
        await fixture.say(roomId, alice, `while away ${n}`)
        await fixture.join(roomId, me)
      } else slidingSync = fixture.openAnother()
    }
    const extensions = { accountData: EVERYWHERE, receipts: EVERYWHERE }
    const patterns: [string, string][][] = [
      [['m.room.name', '']],
      [
        ['m.room.name', ''],
        ['m.room.topic', ''],
      ],
      [['*', '']],
    ]
    const randomAsk = (): Ask => {
      const first = random.integer(ROOMS)
      return {
        lists: {
          some: {
            ranges: [[first, first + random.integer(3)]],
            timelineLimit: 1 + random.integer(6),
            requiredState: patterns[random.integer(patterns.length)]!,
          },
        },
        ...(random.integer(3) === 0
          ? { subscriptions: { [rooms[random.integer(ROOMS)]!]: { timelineLimit: 3, requiredState: patterns[2]! } } }
          : {}),
        extensions,
      }
    }

    let before: Picture = { pos: undefined, rooms: new Map() }
    let picture = before
    let expanded = 0
    let backwards = 0
    for (let round = 0; round < ROUNDS; round++) {
      for (let n = random.integer(4); n > 0; n--) await write(round * 10 + n)
      // the app died before it had put down what it got last
      if (random.integer(8) === 0 && before.pos !== undefined) {
        picture = before
        backwards++
      }
      const answer = await fixture.ask(slidingSync, me, { ...randomAsk(), pos: picture.pos })
      if (random.integer(5) === 0) continue
      if (Object.values(answer.rooms).some((room) => room.unstable_expanded_timeline)) expanded++
      before = picture
      picture = applied(picture, answer)
    }
    const last = { lists: { all: { ranges: [[0, 99]] as [number, number][], timelineLimit: 4, requiredState: patterns[2]! } }, extensions }
    picture = applied(picture, await fixture.ask(slidingSync, me, { ...last, pos: picture.pos }))

    expect(expanded).toBeGreaterThan(5)
    expect(backwards).toBeGreaterThan(5)
    for (const roomId of rooms) {
      const told = picture.rooms.get(roomId)!
      const events = await fixture.database.read
        .selectFrom('events')
        .select('event_id')
        .where('room_id', '=', roomId)
        .orderBy('position')
        .execute()
      expect(told.events.length).toBeGreaterThanOrEqual(Math.min(4, events.length))
      expect(told.events).toEqual(events.map(({ event_id }) => event_id).slice(-told.events.length))
      const state = await fixture.database.read
        .selectFrom('current_state')
        .select(['type', 'event_id'])
        .where('room_id', '=', roomId)
        .where('type', '!=', 'm.room.member')
        .execute()
      expect(Object.fromEntries(told.state)).toEqual(Object.fromEntries(state.map(({ type, event_id }) => [type, event_id])))
      const room = await fixture.database.read.selectFrom('rooms').selectAll().where('room_id', '=', roomId).executeTakeFirstOrThrow()
      expect(told.name).toBe(room.name || undefined)
      expect(told.joined).toBe(room.joined_members)
      const data = await fixture.accountData.get(me, roomId, 'm.test').catch(() => undefined)
      expect(told.accountData).toBe(data?.n ?? 0)
      const receipts = await fixture.database.read.selectFrom('receipts').selectAll().where('room_id', '=', roomId).execute()
      for (const { user_id, event_id } of receipts) {
        // one at an event that the client was never sent is not told
        if (told.events.includes(event_id)) expect(told.readers.get(user_id)).toBe(event_id)
      }
    }
    await fixture.remove()
  })
})

function applied({ rooms: known }: Picture, answer: ToldAnswer): Picture {
  const rooms = structuredClone(known)
  for (const [roomId, told] of Object.entries(answer.rooms)) {
    if (told.initial) rooms.set(roomId, { events: [], state: new Map(), name: undefined, joined: 0, accountData: 0, readers: new Map() })
    const room = rooms.get(roomId)!
    const ids = (told.timeline ?? []).map(({ event_id }) => event_id)
    if (told.limited || told.unstable_expanded_timeline) room.events = ids
    else room.events.push(...ids)
    for (const event of told.required_state ?? []) if (event.type !== 'm.room.member') room.state.set(event.type, event.event_id)
    if (told.name !== undefined) room.name = told.name ?? undefined
    if (told.joined_count !== undefined) room.joined = told.joined_count
  }
  for (const [roomId, entries] of Object.entries(answer.extensions.account_data.rooms as Record<string, ToldEvent[]>)) {
    for (const { type, content } of entries) if (type === 'm.test') rooms.get(roomId)!.accountData = content.n as number
  }
  for (const [roomId, { content }] of Object.entries(answer.extensions.receipts.rooms as Record<string, ToldEvent>)) {
    for (const [eventId, byType] of Object.entries(content as Record<string, { 'm.read'?: object }>)) {
      for (const userId of Object.keys(byType['m.read'] ?? {})) rooms.get(roomId)!.readers.set(userId, eventId)
    }
  }
  return { pos: answer.pos, rooms }
}
