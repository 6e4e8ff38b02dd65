import { systemClock } from '@glia/platform'
import type { RoomId, UserId } from '@glia/protocol'
import { onBothDatabases, seededRandom } from '@glia/testing'
import { expect, test } from 'vitest'
import { RecentChanges } from '../changes/index.ts'
import { readMessages, StateViews } from '../history/index.ts'
import { alice } from '../timeline/timeline-fixture.ts'
import { TypingUsers } from '../typing/index.ts'
import { createSync } from './sync.ts'
import { openSyncFixture, roomsIn, type ToldEvent } from './sync-fixture.ts'

const ROOMS = 3
const READERS = 5
const WRITERS = 4
const WRITES_EACH = 60

/** What a reader has put together from the answers it got. */
interface Picture {
  readonly userId: UserId
  /** Ids of events by room, in the order in which they were told. */
  readonly events: Map<string, string[]>
  readonly accountData: Map<string, number>
  /** Newest receipt of each user, by room. */
  readonly receipts: Map<string, string>
  since: string | undefined
}

onBothDatabases('many writers and many readers', (dialect) => {
  test('every reader is told everything once and in order, over restarts and lost answers', async () => {
    const fixture = await openSyncFixture(dialect)
    const random = seededRandom(`completeness ${dialect}`)
    const { database, signals } = fixture
    const open = () =>
      createSync({
        database,
        signals,
        changes: new RecentChanges({ database, signals }),
        clock: systemClock,
        typing: new TypingUsers({ clock: systemClock, signals }),
        views: new StateViews(),
      })
    let sync = open()
    const rooms: RoomId[] = []
    for (let n = 0; n < ROOMS; n++) rooms.push(await fixture.createRoom())
    const readers = Array.from({ length: READERS }, (_, n) => `@reader${n}:glia.test` as UserId)
    for (const roomId of rooms) for (const userId of readers) await fixture.join(roomId, userId)

    const otherProcess = await fixture.openOtherProcess()
    let writing = WRITERS
    const write = async (writer: number) => {
      for (let n = 0; n < WRITES_EACH; n++) {
        const roomId = rooms[random.integer(ROOMS)]!
        const userId = readers[random.integer(READERS)]!
        const kind = random.integer(11)
        if (kind === 10) await otherProcess.append(roomId, alice, 'm.room.message', { msgtype: 'm.text', body: `elsewhere ${writer}-${n}` })
        else if (kind < 5) await fixture.say(roomId, alice, `${writer}-${n}`)
        else if (kind < 7) await fixture.append(roomId, alice, 'm.room.topic', { topic: `${writer}-${n}` }, '')
        else if (kind < 8) await writeAccountData(userId, `m.test${random.integer(3)}`, writer * 1000 + n)
        else if (kind < 9) await writeReceipt(roomId, userId, await fixture.say(roomId, alice, `read ${writer}-${n}`))
        else await fixture.member(roomId, `@come-and-go${writer}:glia.test` as UserId, `@come-and-go${writer}:glia.test` as UserId, 'join')
        if (kind === 0) {
          sync.stop()
          sync = open()
        }
      }
      writing--
    }
    const writeAccountData = (userId: UserId, type: string, value: number) =>
      database.transaction(async (tx) => {
        const position = await tx.takePosition()
        const content = JSON.stringify({ value })
        await tx.db
          .insertInto('account_data')
          .values({ user_id: userId, room_id: '', type, content, position })
          .onConflict((conflict) => conflict.columns(['user_id', 'room_id', 'type']).doUpdateSet({ content, position }))
          .execute()
        tx.afterCommit(() => signals.tell('user.changed', { userId, position }))
      })
    const writeReceipt = (roomId: RoomId, userId: UserId, eventId: string) =>
      database.transaction(async (tx) => {
        const position = await tx.takePosition()
        const changed = { event_id: eventId, event_position: position, ts: position, position }
        await tx.db
          .insertInto('receipts')
          .values({ room_id: roomId, user_id: userId, receipt_type: 'm.read', thread_id: '', ...changed })
          .onConflict((conflict) => conflict.columns(['room_id', 'user_id', 'receipt_type', 'thread_id']).doUpdateSet(changed))
          .execute()
        tx.afterCommit(() => signals.tell('room.changed', { roomId, position }))
      })

    const read = async (userId: UserId): Promise<Picture> => {
      const picture: Picture = { userId, events: new Map(), accountData: new Map(), receipts: new Map(), since: undefined }
      for (;;) {
        const isLast = writing === 0
        const limit = 1 + random.integer(5)
        const answer = await fixture.ask(sync, userId, {
          since: picture.since,
          timeoutMs: isLast ? 0 : random.integer(20),
          filter: { room: { timeline: { limit } } },
        })
        // the answer got lost: the client asks again with the token before
        if (random.integer(5) === 0) continue
        for (const [roomId, room] of Object.entries(roomsIn(answer))) {
          const told = picture.events.get(roomId) ?? []
          picture.events.set(roomId, told)
          const missing = room.timeline.limited ? await fillGap(userId, roomId as RoomId, room.timeline.prev_batch, picture.since) : []
          told.push(...missing, ...room.timeline.events.map(({ event_id }) => event_id))
          for (const { content } of room.ephemeral.events) noteReceipts(picture, roomId, content)
        }
        for (const { type, content } of (answer.account_data as unknown as { events: ToldEvent[] } | undefined)?.events ?? []) {
          if (type.startsWith('m.test')) picture.accountData.set(type, content.value as number)
        }
        picture.since = answer.next_batch
        if (isLast) return picture
      }
    }
    const fillGap = async (userId: UserId, roomId: RoomId, from: string, to: string | undefined): Promise<string[]> => {
      const deps = { database, clock: systemClock, views: new StateViews() }
      const query = { from, to, direction: 'b', limit: 1000, filter: undefined } as const
      const { chunk } = await readMessages(deps, { userId, sessionId: undefined }, roomId, query)
      return chunk.map(({ event_id }) => event_id as string).toReversed()
    }

    const [pictures] = await Promise.all([Promise.all(readers.map(read)), ...Array.from({ length: WRITERS }, (_, n) => write(n))])

    for (const picture of pictures) {
      for (const roomId of rooms) {
        const events = await database.read
          .selectFrom('events')
          .select('event_id')
          .where('room_id', '=', roomId)
          .orderBy('position')
          .execute()
        expect(picture.events.get(roomId)).toEqual(events.map(({ event_id }) => event_id))
        const receipts = await database.read.selectFrom('receipts').selectAll().where('room_id', '=', roomId).execute()
        for (const { user_id, event_id } of receipts) expect(picture.receipts.get(`${roomId} ${user_id}`)).toBe(event_id)
      }
      const data = await database.read.selectFrom('account_data').selectAll().where('user_id', '=', picture.userId).execute()
      for (const { type, content } of data) expect(picture.accountData.get(type)).toBe((JSON.parse(content) as { value: number }).value)
    }
    expect((await database.read.selectFrom('receipts').selectAll().execute()).length).toBeGreaterThan(0)
    sync.stop()
    await otherProcess.close()
    await fixture.remove()
  })
})

function noteReceipts(picture: Picture, roomId: string, content: object): void {
  for (const [eventId, byType] of Object.entries(content as Record<string, { 'm.read'?: Record<string, unknown> }>)) {
    for (const userId of Object.keys(byType['m.read'] ?? {})) picture.receipts.set(`${roomId} ${userId}`, eventId)
  }
}
