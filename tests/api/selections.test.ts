import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const GLIA = '/_glia/admin/v1'
const DAY_MS = 86_400_000

onBothDatabases('rooms and media by what is known of them', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let alice: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
    alice = await server.register('alice')
  })
  afterAll(() => server.remove())

  const call = (method: string, path: string, { body, token = admin.accessToken }: { body?: unknown; token?: string } = {}) =>
    server.api(method, path, { token, ...(body === undefined ? {} : { body }) })
  const list = async (kind: 'rooms' | 'media', query: Record<string, string>) => {
    const answer = await call('GET', `${GLIA}/${kind}?${new URLSearchParams(query)}`)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body
  }

  async function everyPage(kind: 'rooms' | 'media', query: Record<string, string>): Promise<string[]> {
    const ids: string[] = []
    for (let from: string | undefined = ''; from !== undefined; ) {
      const page = await list(kind, { ...query, limit: '2', ...(from === '' ? {} : { from }) })
      ids.push(...page[kind].map((item: { room_id?: string; media_id?: string }) => item.room_id ?? item.media_id))
      from = page.next_token
    }
    return ids
  }

  describe('rooms', () => {
    const named: Record<string, string> = {}
    const found = async (query: Record<string, string>) => {
      const ids = await everyPage('rooms', { creator: alice.userId, order_by: 'name', ...query })
      return ids.map((id) => Object.keys(named).find((name) => named[name] === id))
    }
    const create = async (name: string, body: object) => {
      const answer = await call('POST', '/_matrix/client/v3/createRoom', { body: { name, ...body }, token: alice.accessToken })
      named[name] = answer.body.room_id
    }
    beforeAll(async () => {
      const bob = await server.register('bob')
      await create('cosy', { room_version: '10' })
      await create('empty', {})
      await create('open', { visibility: 'public', preset: 'public_chat' })
      await create('secret', { initial_state: [{ type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } }] })
      await create('space', { creation_content: { type: 'm.space' } })
      await call('POST', `/_matrix/client/v3/rooms/${named.open}/join`, { body: {}, token: bob.accessToken })
      await call('POST', `/_matrix/client/v3/rooms/${named.empty}/leave`, { body: {}, token: alice.accessToken })
      await call('PUT', `/_matrix/client/v3/rooms/${named.cosy}/state/m.room.tombstone`, {
        body: { body: 'gone', replacement_room: named.open },
        token: alice.accessToken,
      })
      await call('PUT', `/_synapse/admin/v1/rooms/${named.secret}/block`, { body: { block: true } })
    })

    test.each<[Record<string, string>, string[]]>([
      [{}, ['cosy', 'empty', 'open', 'secret', 'space']],
      [{ dir: 'b' }, ['space', 'secret', 'open', 'empty', 'cosy']],
      [{ empty: 'true' }, ['empty']],
      [{ local_members: 'false' }, ['empty']],
      [{ replaced: 'true' }, ['cosy']],
      [{ encrypted: 'true' }, ['secret']],
      [{ encrypted: 'false', public: 'false', empty: 'false', replaced: 'false' }, ['space']],
      [{ public: 'true' }, ['open']],
      [{ blocked: 'true' }, ['secret']],
      [{ blocked: 'false', members_min: '1' }, ['cosy', 'open', 'space']],
      [{ version: '10' }, ['cosy']],
      [{ type: 'm.space' }, ['space']],
      [{ type: 'none', encrypted: 'true' }, ['secret']],
      [{ members_min: '2' }, ['open']],
      [{ members_max: '0' }, ['empty']],
      [{ search: 'COS' }, ['cosy']],
      [{ order_by: 'members', members_min: '1', dir: 'b', public: 'true' }, ['open']],
      [{ state_events_min: '1000' }, []],
      [{ created_after: '1000', created_before: String(Date.now() + DAY_MS), search: 'open' }, ['open']],
      [{ created_before: '1000' }, []],
      [{ active_after: String(Date.now() - DAY_MS), search: 'open' }, ['open']],
      [{ active_before: String(Date.now() - DAY_MS) }, []],
      [{ active_before: String(Date.now() + DAY_MS), search: 'open' }, ['open']],
    ])('%j', async (query, expected) => {
      expect(await found(query)).toEqual(expected)
    })

    test('every order has all rooms once, and is the other way round backwards', async () => {
      for (const order_by of ['room_id', 'name', 'members', 'state_events', 'created', 'active']) {
        const forward = await found({ order_by })
        expect([order_by, [...forward].sort()]).toEqual([order_by, ['cosy', 'empty', 'open', 'secret', 'space']])
        expect([order_by, await found({ order_by, dir: 'b' })]).toEqual([order_by, [...forward].reverse()])
      }
    })

    test('a room is told with what it was chosen by', async () => {
      const { rooms } = await list('rooms', { search: 'secret' })
      const hour = 3600_000
      const { active_at: activeAt } = rooms[0]
      expect([activeAt % hour, Date.now() - activeAt < 2 * hour]).toEqual([0, true])
      expect(rooms).toEqual([
        {
          room_id: named.secret,
          name: 'secret',
          canonical_alias: null,
          type: null,
          version: expect.any(String),
          creator: alice.userId,
          encrypted: true,
          public: false,
          replaced: false,
          blocked: true,
          joined_members: 1,
          joined_local_members: 1,
          state_events: expect.any(Number),
          created_at: expect.any(Number),
          active_at: expect.any(Number),
        },
      ])
    })
  })

  describe('media', () => {
    const named: Record<string, string> = {}
    const found = async (query: Record<string, string>) => {
      const ids = await everyPage('media', { owner: alice.userId, order_by: 'size', ...query })
      return ids.map((id) => Object.keys(named).find((name) => named[name] === id))
    }
    beforeAll(async () => {
      for (const [name, type, size] of [
        ['note', 'text/plain', 10],
        ['picture', 'image/png', 2000],
        ['sketch', 'image/webp', 300],
      ] as const) {
        const { body } = await server.api('POST', '/_matrix/media/v3/upload', {
          token: alice.accessToken,
          raw: name[0]!.repeat(size),
          headers: { 'content-type': type },
        })
        named[name] = body.content_uri.split('/').at(-1)
      }
      await call('POST', `/_synapse/admin/v1/media/quarantine/${server.serverName}/${named.sketch}`)
      await call('POST', `/_synapse/admin/v1/media/protect/${named.note}`)
    })

    test.each<[Record<string, string>, string[]]>([
      [{}, ['note', 'sketch', 'picture']],
      [{ dir: 'b' }, ['picture', 'sketch', 'note']],
      [{ type: 'image/' }, ['sketch', 'picture']],
      [{ type: 'image/%' }, []],
      [{ size_min: '300' }, ['sketch', 'picture']],
      [{ size_min: '11', size_max: '300' }, ['sketch']],
      [{ quarantined: 'true' }, ['sketch']],
      [{ quarantined: 'false', protected: 'false' }, ['picture']],
      [{ protected: 'true' }, ['note']],
      [{ owner: '@nobody:glia.test' }, []],
      [{ created_after: '1000', created_before: String(Date.now() + DAY_MS), type: 'text' }, ['note']],
      [{ accessed_before: String(Date.now() - DAY_MS) }, []],
      [{ accessed_after: String(Date.now() - DAY_MS), type: 'text' }, ['note']],
    ])('%j', async (query, expected) => {
      expect(await found(query)).toEqual(expected)
    })

    test('by its content', async () => {
      const { media } = await list('media', { owner: alice.userId, type: 'text/' })
      expect(await found({ sha256: media[0].sha256 })).toEqual(['note'])
      expect(media).toEqual([
        {
          media_id: named.note,
          owner: alice.userId,
          type: 'text/plain',
          size: 10,
          name: null,
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          created_at: expect.any(Number),
          accessed_at: null,
          quarantined_by: null,
          protected: true,
        },
      ])
    })

    test('every order has all media once, and is the other way round backwards', async () => {
      for (const order_by of ['media_id', 'created', 'accessed', 'size']) {
        const forward = await found({ order_by })
        expect([order_by, [...forward].sort()]).toEqual([order_by, ['note', 'picture', 'sketch']])
        expect([order_by, await found({ order_by, dir: 'b' })]).toEqual([order_by, [...forward].reverse()])
      }
    })
  })

  test('wrong conditions and foreign tokens are refused', async () => {
    const { next_token: byName } = await list('rooms', { order_by: 'name', limit: '1' })
    for (const query of [
      'rooms?members_min=-1',
      'rooms?empty=perhaps',
      'rooms?order_by=colour',
      'rooms?limit=0',
      'rooms?search=%00',
      'rooms?from=x',
      `rooms?order_by=members&from=${byName}`,
      'media?size_min=x',
      'media?owner=%00',
      'media?from=x',
    ]) {
      const { status, body } = await call('GET', `${GLIA}/${query}`)
      expect([query, status, body.errcode]).toEqual([query, 400, 'M_INVALID_PARAM'])
    }
    for (const kind of ['rooms', 'media']) {
      expect((await call('GET', `${GLIA}/${kind}`, { token: alice.accessToken })).body.errcode).toBe('M_FORBIDDEN')
    }
  })
})
