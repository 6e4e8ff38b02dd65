import type { EventId, JsonObject, RoomId, UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alice, bob, carol, openTimelineFixture } from '../timeline/timeline-fixture.ts'
import {
  type HistoryDeps,
  readContext,
  readEvent,
  readJoinedMembers,
  readMembers,
  readMessages,
  readRelations,
  readState,
  readStateEvent,
  readThreads,
  StateViews,
} from './index.ts'

onBothDatabases('reading rooms', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openTimelineFixture>>
  let deps: HistoryDeps
  beforeAll(async () => {
    fixture = await openTimelineFixture(dialect)
    deps = { database: fixture.database, views: new StateViews(), clock: fixture.clock }
  })
  afterAll(() => fixture.remove())

  const as = (userId: UserId) => ({ userId, sessionId: 'session' })
  const say = async (roomId: RoomId, sender: UserId, body: string, more: JsonObject = {}) =>
    (await fixture.append(roomId, sender, 'm.room.message', { msgtype: 'm.text', body, ...more })).eventId
  const visibility = (roomId: RoomId, value: string) =>
    fixture.append(roomId, alice, 'm.room.history_visibility', { history_visibility: value }, '')
  const leave = (roomId: RoomId, userId: UserId) => fixture.append(roomId, userId, 'm.room.member', { membership: 'leave' }, userId)
  const invite = (roomId: RoomId, userId: UserId) => fixture.append(roomId, alice, 'm.room.member', { membership: 'invite' }, userId)
  const newestFirst = { from: undefined, to: undefined, direction: 'b', limit: 100, filter: undefined } as const
  const bodies = async (roomId: RoomId, userId: UserId) =>
    (await readMessages(deps, as(userId), roomId, newestFirst)).chunk.flatMap(({ content }) => content.body ?? []).toReversed()

  describe('history visibility', () => {
    test.each([
      ['world_readable', ['before', 'invited', 'joined']],
      ['shared', ['before', 'invited', 'joined']],
      ['invited', ['invited', 'joined']],
      ['joined', ['joined']],
    ])('%s shows a later member the right part', async (value, expected) => {
      const roomId = await fixture.createRoom()
      await visibility(roomId, value)
      await say(roomId, alice, 'before')
      await invite(roomId, bob)
      await say(roomId, alice, 'invited')
      await fixture.join(roomId, bob)
      await say(roomId, alice, 'joined')
      expect(await bodies(roomId, bob)).toEqual(expected)
      await leave(roomId, bob)
      await say(roomId, alice, 'after')
      expect(await bodies(roomId, bob)).toEqual(expected)
    })

    test('a change of visibility hides nothing that was visible when it was sent', async () => {
      const roomId = await fixture.createRoom()
      await visibility(roomId, 'shared')
      await say(roomId, alice, 'one')
      await visibility(roomId, 'joined')
      await say(roomId, alice, 'two')
      await fixture.join(roomId, bob)
      expect(await bodies(roomId, bob)).toEqual(['one'])
      const { chunk } = await readMessages(deps, as(bob), roomId, newestFirst)
      expect(chunk.filter(({ type }) => type === 'm.room.history_visibility')).toHaveLength(2)
    })

    test('strangers read only what is open to the world', async () => {
      const roomId = await fixture.createRoom()
      await say(roomId, alice, 'closed')
      await expect(bodies(roomId, bob)).rejects.toMatchObject({ status: 403, errcode: 'M_FORBIDDEN' })
      await visibility(roomId, 'world_readable')
      await say(roomId, alice, 'open')
      expect(await bodies(roomId, bob)).toEqual(['open'])
      await expect(bodies('!no:where' as RoomId, bob)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
    })

    test('an invitation, refused or not, is not enough', async () => {
      const roomId = await fixture.createRoom()
      await invite(roomId, bob)
      await expect(readState(deps, as(bob), roomId)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
      await leave(roomId, bob)
      await expect(readState(deps, as(bob), roomId)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
    })

    test('who forgot the room reads nothing', async () => {
      const roomId = await fixture.createRoom()
      await fixture.join(roomId, bob)
      await leave(roomId, bob)
      await readState(deps, as(bob), roomId)
      await fixture.database.transaction((tx) =>
        tx.db.updateTable('memberships').set({ forgotten: 1 }).where('room_id', '=', roomId).where('user_id', '=', bob).execute(),
      )
      await expect(readState(deps, as(bob), roomId)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
    })

    test('who was invited again after leaving reads up to the leaving', async () => {
      const roomId = await fixture.createRoom()
      await fixture.join(roomId, bob)
      await say(roomId, alice, 'seen')
      await leave(roomId, bob)
      await say(roomId, alice, 'missed')
      await invite(roomId, bob)
      expect(await bodies(roomId, bob)).toEqual(['seen'])
    })
  })

  test('pages back and forth meet every event once', async () => {
    const roomId = await fixture.createRoom()
    for (let n = 1; n <= 7; n++) await say(roomId, alice, `${n}`)
    for (const direction of ['b', 'f'] as const) {
      const seen: EventId[] = []
      let from: string | undefined
      for (let pages = 0; ; pages++) {
        expect(pages).toBeLessThan(10)
        const page = await readMessages(deps, as(alice), roomId, { from, to: undefined, direction, limit: 3, filter: undefined })
        seen.push(...page.chunk.map(({ event_id }) => event_id))
        if (page.end === undefined) break
        from = page.end
      }
      expect(seen).toHaveLength(11)
      expect(new Set(seen).size).toBe(11)
    }
  })

  test('a filter of types is told to the database', async () => {
    const roomId = await fixture.createRoom()
    await say(roomId, alice, 'x')
    const filter = JSON.stringify({ types: ['m.room.message'], not_senders: [bob] })
    const page = await readMessages(deps, as(alice), roomId, { ...newestFirst, filter })
    expect(page.chunk.map(({ type }) => type)).toEqual(['m.room.message'])
    const none = await readMessages(deps, as(alice), roomId, { ...newestFirst, filter: '{"types":[]}' })
    expect(none).toMatchObject({ chunk: [], end: undefined })
    for (const bad of ['{', '[]', '{"types":3}', '{"limit":-1}']) {
      await expect(readMessages(deps, as(alice), roomId, { ...newestFirst, filter: bad })).rejects.toMatchObject({ status: 400 })
    }
    await expect(readMessages(deps, as(alice), roomId, { ...newestFirst, from: 'nonsense' })).rejects.toMatchObject({
      status: 400,
      errcode: 'M_UNKNOWN',
    })
  })

  test('lazy loading adds the members of the senders', async () => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    await fixture.join(roomId, carol)
    await say(roomId, bob, 'x')
    const filter = JSON.stringify({ types: ['m.room.message'], lazy_load_members: true })
    const page = await readMessages(deps, as(alice), roomId, { ...newestFirst, filter })
    expect(page.state!.map(({ state_key }) => state_key)).toEqual([bob])
  })

  test('answers as of leaving', async () => {
    const roomId = await fixture.createRoom()
    await fixture.append(roomId, alice, 'm.room.name', { name: 'old' }, '')
    await fixture.join(roomId, bob)
    await leave(roomId, bob)
    await fixture.append(roomId, alice, 'm.room.name', { name: 'new' }, '')
    await fixture.append(roomId, alice, 'm.room.topic', { topic: 'new' }, '')
    await fixture.join(roomId, carol)
    expect((await readStateEvent(deps, as(bob), roomId, 'm.room.name', '')).content).toEqual({ name: 'old' })
    expect((await readStateEvent(deps, as(alice), roomId, 'm.room.name', '')).content).toEqual({ name: 'new' })
    await expect(readStateEvent(deps, as(bob), roomId, 'm.room.topic', '')).rejects.toMatchObject({ errcode: 'M_NOT_FOUND' })
    const members = await readMembers(deps, as(bob), roomId, { at: undefined, membership: undefined, notMembership: undefined })
    expect(members.map(({ state_key, content }) => [state_key, content.membership]).sort()).toEqual([
      [alice, 'join'],
      [bob, 'leave'],
    ])
    await expect(readJoinedMembers(deps, as(bob), roomId)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' })
    const joined = await readJoinedMembers(deps, as(alice), roomId)
    expect(joined.map(({ userId }) => userId).sort()).toEqual([alice, carol])
    expect(joined.find(({ userId }) => userId === alice)).toMatchObject({ displayName: 'Alice', avatarUrl: null })
  })

  test('members as of a token', async () => {
    const roomId = await fixture.createRoom()
    const before = `s${await fixture.database.currentPosition()}_0`
    await fixture.join(roomId, bob)
    const ask = async (at: string | undefined, notMembership?: string) =>
      (await readMembers(deps, as(alice), roomId, { at, membership: undefined, notMembership })).map(({ state_key }) => state_key).sort()
    expect(await ask(before)).toEqual([alice])
    expect(await ask(undefined)).toEqual([alice, bob])
    expect(await ask(undefined, 'join')).toEqual([])
    await expect(ask(undefined, 'member')).rejects.toMatchObject({ errcode: 'M_INVALID_PARAM' })
  })

  test('context of an event', async () => {
    const roomId = await fixture.createRoom()
    const ids = []
    for (let n = 0; n < 5; n++) ids.push(await say(roomId, alice, `${n}`))
    const context = await readContext(deps, as(alice), roomId, ids[2]!, { limit: 3, filter: undefined })
    expect(context.event.event_id).toBe(ids[2])
    expect(context.eventsBefore.map(({ event_id }) => event_id)).toEqual([ids[1]])
    expect(context.eventsAfter.map(({ event_id }) => event_id)).toEqual([ids[3], ids[4]])
    expect(context.state.map(({ type }) => type)).toContain('m.room.create')
    const before = await readMessages(deps, as(alice), roomId, { ...newestFirst, from: context.start, limit: 1 })
    expect(before.chunk.map(({ event_id }) => event_id)).toEqual([ids[0]])
    await expect(readContext(deps, as(alice), roomId, '$none', { limit: 3, filter: undefined })).rejects.toMatchObject({
      errcode: 'M_NOT_FOUND',
    })
    await expect(readEvent(deps, as(bob), roomId, ids[0]!)).rejects.toMatchObject({ errcode: 'M_NOT_FOUND' })
  })

  test('unsigned tells what was before, who is asking, and why an event is empty', async () => {
    const roomId = await fixture.createRoom()
    const first = await fixture.append(roomId, alice, 'm.room.name', { name: 'one' }, '')
    const second = await fixture.append(roomId, alice, 'm.room.name', { name: 'two' }, '')
    fixture.clock.advance(500)
    const event = await readEvent(deps, as(alice), roomId, second.eventId)
    expect(event).toMatchObject({
      room_id: roomId,
      content: { name: 'two' },
      unsigned: { age: 500, replaces_state: first.eventId, prev_content: { name: 'one' }, prev_sender: alice, membership: 'join' },
    })
    expect(Object.keys(event)).not.toContain('depth')
    const secret = await say(roomId, alice, 'secret')
    const redaction = await fixture.timeline.transaction(roomId, (tx) =>
      fixture.timeline.append(tx, { roomId, sender: alice, type: 'm.room.redaction', content: { reason: 'spam' }, redacts: secret }),
    )
    const redacted = await readEvent(deps, as(alice), roomId, secret)
    expect(redacted.content).toEqual({})
    expect(redacted.unsigned).toMatchObject({
      redacted_because: { event_id: redaction.eventId, redacts: secret, content: { reason: 'spam', redacts: secret } },
    })
  })

  test('relations are bundled and listed', async () => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    const root = await say(roomId, alice, 'root')
    const relate = (rel_type: string, more: JsonObject = {}) => ({ 'm.relates_to': { rel_type, event_id: root }, ...more })
    await say(roomId, bob, 'forged', relate('m.replace', { 'm.new_content': { body: 'forged' } }))
    const edit = await say(roomId, alice, '* edit', relate('m.replace', { 'm.new_content': { body: 'edit' } }))
    const reply = await say(roomId, bob, 'in thread', relate('m.thread'))
    const reference = await say(roomId, bob, 'reference', relate('m.reference'))
    const event = await readEvent(deps, as(alice), roomId, root)
    expect(event.content.body).toBe('root')
    expect(event.unsigned!['m.relations']).toMatchObject({
      'm.replace': { event_id: edit, content: { 'm.new_content': { body: 'edit' } } },
      'm.thread': { count: 1, current_user_participated: false, latest_event: { event_id: reply } },
      'm.reference': { chunk: [{ event_id: reference }] },
    })
    const list = (limit: number, from?: string, relType?: string) =>
      readRelations(deps, as(alice), roomId, root, {
        relType,
        eventType: undefined,
        direction: 'b',
        from,
        to: undefined,
        limit,
        recurse: false,
      })
    const first = await list(3)
    expect(first.chunk.map(({ event_id }) => event_id)).toEqual([reference, reply, edit])
    expect((await list(3, first.nextBatch)).chunk).toHaveLength(1)
    expect((await list(3, undefined, 'm.thread')).chunk.map(({ event_id }) => event_id)).toEqual([reply])
    await fixture.timeline.transaction(roomId, (tx) =>
      fixture.timeline.append(tx, { roomId, sender: alice, type: 'm.room.redaction', content: {}, redacts: root }),
    )
    const redacted = await readEvent(deps, as(alice), roomId, root)
    expect(Object.keys(redacted.unsigned!['m.relations']!)).toEqual(['m.thread', 'm.reference'])
    const threads = await readThreads(deps, as(bob), roomId, { include: 'participated', limit: 5, from: undefined })
    expect(threads.chunk.map(({ event_id }) => event_id)).toEqual([root])
  })

  test('what an erased user said is empty for who came later, and not for who was there', async () => {
    const roomId = await fixture.createRoom()
    const eraser = '@eraser:glia.test' as UserId
    await fixture.join(roomId, eraser)
    await say(roomId, eraser, 'forget me')
    await fixture.database.transaction((tx) =>
      tx.db
        .insertInto('users')
        .values({ ...nobody, user_id: eraser, localpart: 'eraser', created_at_ms: 0, erased: 1 })
        .execute(),
    )
    await fixture.join(roomId, bob)
    expect(await bodies(roomId, alice)).toEqual(['forget me'])
    expect(await bodies(roomId, bob)).toEqual([])
    const { chunk } = await readMessages(deps, as(bob), roomId, newestFirst)
    expect(chunk.find(({ type }) => type === 'm.room.message')).toMatchObject({ sender: eraser, content: {} })
  })

  test('messages of ignored users are left out, their state is not', async () => {
    const roomId = await fixture.createRoom()
    await fixture.join(roomId, bob)
    await say(roomId, bob, 'noise')
    await fixture.database.transaction(async (tx) =>
      tx.db
        .insertInto('account_data')
        .values({
          user_id: alice,
          room_id: '',
          type: 'm.ignored_user_list',
          content: JSON.stringify({ ignored_users: { [bob]: {} } }),
          position: await tx.takePosition(),
        })
        .execute(),
    )
    const { chunk } = await readMessages(deps, as(alice), roomId, newestFirst)
    expect(chunk.map(({ type, sender }) => [type, sender])).toContainEqual(['m.room.member', bob])
    expect(chunk.filter(({ content }) => content.body === 'noise')).toEqual([])
    await fixture.database.transaction((tx) => tx.db.deleteFrom('account_data').where('user_id', '=', alice).execute())
  })
})

const nobody = {
  user_type: null,
  appservice_id: null,
  display_name: null,
  avatar_url: null,
  consent_version: null,
  consent_at_ms: null,
  last_seen_ms: null,
}
