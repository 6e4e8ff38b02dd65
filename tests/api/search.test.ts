import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Scene, startScene } from '../support/scene.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const segment = encodeURIComponent

interface Found {
  rank: number
  result: { event_id: string; content: { body?: string; name?: string; topic?: string }; room_id: string; unsigned: object }
  context: Record<string, unknown>
}

onBothDatabases('search', (dialect) => {
  let server: TestServer
  let as: Scene['as']
  let admin: TestUser
  let alice: TestUser
  let bob: TestUser
  let sent = 0

  beforeAll(async () => {
    ;({ server, admin, alice, bob, as } = await startScene({ dialect }))
  })
  afterAll(() => server.remove())

  const createRoom = async (body: object = {}) => (await as(alice, 'POST', '/createRoom', { preset: 'public_chat', ...body })).body.room_id
  const join = (user: TestUser, roomId: string) => as(user, 'POST', `/join/${segment(roomId)}`, {})
  const leave = (user: TestUser, roomId: string) => as(user, 'POST', `/rooms/${segment(roomId)}/leave`, {})
  async function say(roomId: string, body: string, more: object = {}, user = alice): Promise<string> {
    const answer = await as(user, 'PUT', `/rooms/${segment(roomId)}/send/m.room.message/${++sent}`, { msgtype: 'm.text', body, ...more })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.event_id
  }
  const historyOf = (history_visibility: string) => ({ type: 'm.room.history_visibility', state_key: '', content: { history_visibility } })
  const request = (user: TestUser, search: object, nextBatch?: string) =>
    as(user, 'POST', `/search${nextBatch === undefined ? '' : `?next_batch=${nextBatch}`}`, { search_categories: { room_events: search } })
  async function search(user: TestUser, term: string, more: object = {}, nextBatch?: string) {
    const answer = await request(user, { search_term: term, order_by: 'recent', ...more }, nextBatch)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.search_categories.room_events
  }
  const textsOf = (found: { results: Found[] }) =>
    found.results.map(({ result: { content } }) => content.body ?? content.name ?? content.topic)

  describe('finds', () => {
    let den: string
    let other: string
    beforeAll(async () => {
      den = await createRoom({ name: 'Den of animals', topic: 'Everything about Foxes' })
      other = await createRoom()
      await say(den, 'The Quick brown fox')
      await say(den, 'a lazy dog')
      await say(other, 'quick elsewhere')
      await say(den, 'Foxes: quick, quick, QUICK!')
      await join(bob, den)
      await say(den, 'no animal at all', {}, bob)
    })

    test('events that have all the words, newest first', async () => {
      const found = await search(alice, 'quick fox')
      expect(textsOf(found)).toEqual(['Foxes: quick, quick, QUICK!', 'The Quick brown fox'])
      expect(found).toMatchObject({ count: 2, highlights: ['quick', 'fox'] })
      expect(found).not.toHaveProperty('next_batch')
      expect(found.results[0].context).toEqual({})
      expect(textsOf(await search(alice, 'quick dog'))).toEqual([])
    })

    test('the best first when asked by rank, which is the rule', async () => {
      await say(den, 'a quick note')
      const { body } = await request(alice, { search_term: 'quick' })
      const { results } = body.search_categories.room_events
      expect(textsOf({ results })).toEqual(['Foxes: quick, quick, QUICK!', 'a quick note', 'quick elsewhere', 'The Quick brown fox'])
      const ranks = results.map(({ rank }: Found) => rank)
      expect(ranks).toEqual([...ranks].sort((a, b) => b - a))
      expect(ranks[0]).toBeGreaterThan(ranks[1])
    })

    test('words by how they begin, not by what they hold', async () => {
      expect(textsOf(await search(alice, 'ANIM'))).toEqual(['no animal at all', 'Den of animals'])
      expect(textsOf(await search(alice, 'nimal'))).toEqual([])
    })

    test('names and topics, and only what the keys name', async () => {
      expect(textsOf(await search(alice, 'foxes', { keys: ['content.topic'] }))).toEqual(['Everything about Foxes'])
      expect(textsOf(await search(alice, 'den', { keys: ['content.name'] }))).toEqual(['Den of animals'])
      expect(textsOf(await search(alice, 'foxes', { keys: ['content.body'] }))).toEqual(['Foxes: quick, quick, QUICK!'])
      expect(textsOf(await search(alice, 'foxes', { keys: ['content.unknown'] }))).toEqual([])
    })

    test('what a filter lets through', async () => {
      expect(textsOf(await search(alice, 'quick', { filter: { rooms: [other] } }))).toEqual(['quick elsewhere'])
      expect(textsOf(await search(alice, 'quick', { filter: { not_rooms: [den] } }))).toEqual(['quick elsewhere'])
      expect(textsOf(await search(alice, 'quick', { filter: { rooms: [] } }))).toEqual([])
      expect(textsOf(await search(alice, 'animal', { filter: { senders: [bob.userId] } }))).toEqual(['no animal at all'])
      expect(textsOf(await search(alice, 'animal', { filter: { not_senders: [bob.userId] } }))).toEqual(['Den of animals'])
      expect(textsOf(await search(alice, 'animal', { filter: { types: ['m.room.name'] } }))).toEqual(['Den of animals'])
    })

    test('nothing without a word', async () => {
      for (const term of ['', '  ', '…!']) {
        expect(await search(alice, term)).toEqual({ count: 0, highlights: [], results: [] })
      }
    })

    test('page after page, in either order, each event once', async () => {
      const room = await createRoom()
      for (let index = 0; index < 7; index++) await say(room, `${'page '.repeat((index % 3) + 1)}${index}`)
      for (const order_by of ['recent', 'rank']) {
        const whole = textsOf(await search(alice, 'page', { order_by }))
        expect(whole).toHaveLength(7)
        const pages: (string | undefined)[] = []
        let nextBatch: string | undefined
        for (let count = 0; count < 5; count++) {
          const page = await search(alice, 'page', { order_by, filter: { limit: 3 } }, nextBatch)
          expect(page.count).toBe(7)
          pages.push(...textsOf(page))
          nextBatch = page.next_batch
          if (nextBatch === undefined) break
        }
        expect([order_by, pages]).toEqual([order_by, whole])
      }
      expect(await search(alice, 'page', { filter: { limit: 0 } })).toEqual({ count: 7, highlights: ['page'], results: [] })
    })
  })

  describe('shows', () => {
    test('what came before and after, who that was, the state and the groups', async () => {
      const room = await createRoom({ name: 'Context' })
      await join(bob, room)
      await say(room, 'one')
      const before = await say(room, 'two', {}, bob)
      const needle = await say(room, 'needle in here')
      const after = await say(room, 'three', {}, bob)
      await say(room, 'four')
      const found = await search(alice, 'needle', {
        event_context: { before_limit: 1, after_limit: 1, include_profile: true },
        include_state: true,
        groupings: { group_by: [{ key: 'room_id' }, { key: 'sender' }] },
      })
      const [{ result, context }] = found.results
      expect(result).toMatchObject({
        event_id: needle,
        room_id: room,
        unsigned: { transaction_id: expect.any(String), membership: 'join' },
      })
      expect(context).toEqual({
        events_before: [expect.objectContaining({ event_id: before })],
        events_after: [expect.objectContaining({ event_id: after })],
        start: expect.any(String),
        end: expect.any(String),
        profile_info: {
          [alice.userId]: { displayname: 'alice', avatar_url: null },
          [bob.userId]: { displayname: 'bob', avatar_url: null },
        },
      })
      const more = await as(alice, 'GET', `/rooms/${segment(room)}/messages?dir=b&limit=1&from=${context.start}`)
      expect(more.body.chunk[0].content.body).toBe('one')
      expect(Object.keys(found.state)).toEqual([room])
      expect(found.state[room].map(({ type }: { type: string }) => type)).toContain('m.room.name')
      expect(found.groups).toEqual({
        room_id: { [room]: { results: [needle], order: 1 } },
        sender: { [alice.userId]: { results: [needle], order: 1 } },
      })
    })
  })

  describe('keeps from a user', () => {
    test('rooms that they were never in', async () => {
      const room = await createRoom({ initial_state: [historyOf('world_readable')] })
      await say(room, 'treasure')
      expect(textsOf(await search(bob, 'treasure'))).toEqual([])
      await as(alice, 'POST', `/rooms/${segment(room)}/invite`, { user_id: bob.userId })
      expect(textsOf(await search(bob, 'treasure'))).toEqual([])
    })

    test('what was said before they came, and does not count it', async () => {
      const room = await createRoom({ initial_state: [historyOf('joined')] })
      await say(room, 'secret one')
      await join(bob, room)
      await say(room, 'secret two')
      expect(await search(bob, 'secret')).toMatchObject({ count: 1, results: [{ result: { content: { body: 'secret two' } } }] })
      expect((await search(alice, 'secret')).count).toBe(2)
    })

    test('what was said after they left, or all when they forgot the room', async () => {
      const room = await createRoom({ initial_state: [historyOf('shared')] })
      await join(bob, room)
      await say(room, 'marble one')
      await leave(bob, room)
      await say(room, 'marble two')
      expect(textsOf(await search(bob, 'marble'))).toEqual(['marble one'])
      await as(bob, 'POST', `/rooms/${segment(room)}/forget`, {})
      expect(textsOf(await search(bob, 'marble'))).toEqual([])
    })

    test('what was redacted', async () => {
      const room = await createRoom()
      const event = await say(room, 'regrettable words')
      expect(textsOf(await search(alice, 'regrettable'))).toEqual(['regrettable words'])
      await as(alice, 'PUT', `/rooms/${segment(room)}/redact/${segment(event)}/r`, {})
      expect(await search(alice, 'regrettable')).toEqual({ count: 0, highlights: ['regrettable'], results: [] })
    })

    test('those whom they ignore', async () => {
      const room = await createRoom()
      await join(bob, room)
      await say(room, 'annoyance', {}, bob)
      expect((await search(alice, 'annoyance')).count).toBe(1)
      await as(alice, 'PUT', `/user/${segment(alice.userId)}/account_data/m.ignored_user_list`, { ignored_users: { [bob.userId]: {} } })
      expect((await search(alice, 'annoyance')).count).toBe(0)
      await as(alice, 'PUT', `/user/${segment(alice.userId)}/account_data/m.ignored_user_list`, { ignored_users: {} })
    })

    test('rooms that were deleted', async () => {
      const room = await createRoom()
      await say(room, 'demolition')
      await server.api('DELETE', `/_synapse/admin/v1/rooms/${segment(room)}`, { token: admin.accessToken, body: {} })
      expect((await search(alice, 'demolition')).count).toBe(0)
    })
  })

  test('goes on with odd texts', async () => {
    const room = await createRoom()
    for (const text of ["x'; DROP TABLE events; --", '100% \\ _ %', 'naïve ÄPFEL', '東京タワー', '🦊 fox_trot']) await say(room, text)
    expect(textsOf(await search(alice, "x'; DROP"))).toEqual(["x'; DROP TABLE events; --"])
    expect(textsOf(await search(alice, '100%'))).toEqual(['100% \\ _ %'])
    expect(textsOf(await search(alice, 'äpfel'))).toEqual(['naïve ÄPFEL'])
    expect(textsOf(await search(alice, '京'))).toEqual(['東京タワー'])
    expect(textsOf(await search(alice, 'trot'))).toEqual(['🦊 fox_trot'])
    expect((await request(alice, { search_term: Array.from({ length: 500 }, (_, index) => `w${index}`).join(' ') })).status).toBe(200)
    expect((await say(room, Array.from({ length: 6000 }, (_, index) => `many${index}`).join(' '))).length).toBeGreaterThan(0)
    expect((await search(alice, 'many7')).count).toBe(1)
  })

  test('refuses what is no search', async () => {
    const refusal = async (body: unknown, query = '') => {
      const answer = await as(alice, 'POST', `/search${query}`, body)
      return [answer.status, answer.body.errcode, answer.body.error]
    }
    const events = (search: object) => ({ search_categories: { room_events: { search_term: 'x', ...search } } })
    for (const body of [{}, { search_categories: {} }, { search_categories: 5 }, { search_categories: { room_events: {} } }]) {
      expect(await refusal(body)).toEqual([400, 'M_UNKNOWN', 'Invalid search query'])
    }
    expect(await refusal(events({ order_by: 'foo' }))).toEqual([400, 'M_UNKNOWN', "Invalid order by: 'foo'"])
    // objects that a program cannot turn into text by itself
    const wordless = { toString: 1, valueOf: 1 }
    expect((await refusal(events({ order_by: wordless }))).slice(0, 2)).toEqual([400, 'M_UNKNOWN'])
    expect((await refusal(events({ groupings: { group_by: [{ key: wordless }] } }))).slice(0, 2)).toEqual([400, 'M_UNKNOWN'])
    expect(await refusal(events({ groupings: { group_by: [{ key: 'foo' }] } }))).toEqual([
      400,
      'M_UNKNOWN',
      "Invalid group by keys: {'foo'}",
    ])
    expect(await refusal(events({}), '?next_batch=nope')).toEqual([400, 'M_UNKNOWN', 'Invalid batch'])
    expect((await refusal(events({ search_term: 5 })))[1]).toBe('M_BAD_JSON')
    expect((await refusal(events({ keys: 'content.body' })))[1]).toBe('M_BAD_JSON')
    expect((await refusal(events({ filter: { limit: 'a' } })))[0]).toBe(400)
  })
})

test('search can be switched off', async () => {
  const server = await startTestServer({ config: { enable_search: false } })
  try {
    const { accessToken } = await server.register('alice')
    const answer = await server.api('POST', '/_matrix/client/v3/search', {
      token: accessToken,
      body: { search_categories: { room_events: { search_term: 'x' } } },
    })
    expect([answer.status, answer.body]).toEqual([400, { errcode: 'M_UNKNOWN', error: 'Search is disabled on this homeserver' }])
  } finally {
    await server.remove()
  }
})
