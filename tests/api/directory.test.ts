import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const client = '/_matrix/client/v3'

onBothDatabases('the room directory', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let alice: TestUser
  let bob: TestUser
  let roomId: string
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
    alice = await server.register('alice')
    bob = await server.register('bob')
    roomId = await makeRoom()
    await api('POST', `/join/${roomId}`, bob, {})
  })
  afterAll(() => server.remove())

  const api = (method: string, path: string, user?: TestUser, body?: unknown) =>
    server.api(method, client + path, { ...(user ? { token: user.accessToken } : {}), ...(body === undefined ? {} : { body }) })
  const makeRoom = async (body: object = { preset: 'public_chat' }): Promise<string> =>
    (await api('POST', '/createRoom', alice, body)).body.room_id
  const aliasPath = (alias: string) => `/directory/room/${encodeURIComponent(alias)}`

  describe('aliases', () => {
    test('lead to their room until they are deleted, also out of its canonical alias', async () => {
      const alias = '#first:glia.test'
      expect(await api('PUT', aliasPath(alias), alice, { room_id: roomId })).toMatchObject({ status: 200, body: {} })
      expect((await api('GET', aliasPath(alias))).body).toEqual({ room_id: roomId, servers: ['glia.test'] })
      expect((await api('GET', `/rooms/${roomId}/aliases`, bob)).body).toEqual({ aliases: [alias] })
      const canonical = `/rooms/${roomId}/state/m.room.canonical_alias`
      await api('PUT', canonical, alice, { alias, alt_aliases: [alias], 'x.y': 1 })
      expect(await api('DELETE', aliasPath(alias), bob)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
      expect(await api('DELETE', aliasPath(alias), alice)).toMatchObject({ status: 200, body: {} })
      expect(await api('GET', aliasPath(alias))).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } })
      expect((await api('GET', canonical, alice)).body).toEqual({ 'x.y': 1 })
    })

    test('are deleted by their creator and by admins, whatever their level', async () => {
      for (const [alias, user] of [
        ['#bobs:glia.test', bob],
        ['#bobs-too:glia.test', admin],
      ] as const) {
        await api('PUT', aliasPath(alias), bob, { room_id: roomId })
        expect((await api('DELETE', aliasPath(alias), user)).status).toBe(200)
      }
    })

    test.each<[string, string, object, number, string]>([
      ['of other servers', '#x:elsewhere.test', {}, 400, 'M_UNKNOWN'],
      ['that are none', 'x', {}, 400, 'M_INVALID_PARAM'],
      ['with a space', '#a b:glia.test', {}, 400, 'M_UNKNOWN'],
      ['of unknown rooms', '#x:glia.test', { room_id: '!x:glia.test' }, 400, 'M_UNKNOWN'],
      ['of nothing', '#x:glia.test', { room_id: undefined }, 400, 'M_MISSING_PARAM'],
      ['that are taken', '#taken:glia.test', {}, 409, 'M_UNKNOWN'],
    ])('%s are refused', async (_, alias, body, status, errcode) => {
      await api('PUT', aliasPath('#taken:glia.test'), alice, { room_id: roomId })
      expect(await api('PUT', aliasPath(alias), alice, { room_id: roomId, ...body })).toMatchObject({ status, body: { errcode } })
    })

    test('are given out by members, and seen by them', async () => {
      const own = await makeRoom({})
      expect(await api('PUT', aliasPath('#y:glia.test'), bob, { room_id: own })).toMatchObject({
        status: 403,
        body: { errcode: 'M_FORBIDDEN', error: 'You must be in the room to create an alias for it' },
      })
      expect((await api('GET', `/rooms/${own}/aliases`, bob)).status).toBe(403)
      await api('PUT', `/rooms/${own}/state/m.room.history_visibility`, alice, { history_visibility: 'world_readable' })
      expect((await api('GET', `/rooms/${own}/aliases`, bob)).body).toEqual({ aliases: [] })
    })

    test('of another room make no canonical alias', async () => {
      const alias = '#elsewhere:glia.test'
      await api('PUT', aliasPath(alias), alice, { room_id: await makeRoom() })
      for (const content of [{ alias }, { alt_aliases: [alias] }]) {
        const answer = await api('PUT', `/rooms/${roomId}/state/m.room.canonical_alias`, alice, content)
        expect(answer).toMatchObject({ status: 400, body: { errcode: 'M_BAD_ALIAS' } })
      }
    })
  })

  describe('the list', () => {
    const visibility = (room: string) => `/directory/list/room/${room}`
    let listed: string[]
    beforeAll(async () => {
      listed = []
      for (const [name, topic, type] of [
        ['Apples', 'Fruit', undefined],
        ['Bread', '100% FLOUR', undefined],
        ['Space', 'Fruit and more', 'm.space'],
      ] as const) {
        const room = await makeRoom({ visibility: 'public', name, topic, creation_content: type ? { type } : {} })
        listed.push(room)
      }
      for (const user of [bob, admin]) await api('POST', `/join/${listed[2]}`, user, {})
      await api('POST', `/join/${listed[1]}`, bob, {})
    })

    const search = async (body: object) => (await api('POST', '/publicRooms', bob, body)).body
    const names = (page: { chunk: { name: string }[] }) => page.chunk.map(({ name }) => name)

    test('has the largest rooms first, with what a visitor may know', async () => {
      const { body } = await api('GET', '/publicRooms', bob)
      expect(names(body)).toEqual(['Space', 'Bread', 'Apples'])
      expect(body.total_room_count_estimate).toBe(3)
      expect(body.chunk[0]).toEqual({
        room_id: listed[2],
        name: 'Space',
        topic: 'Fruit and more',
        num_joined_members: 3,
        world_readable: false,
        guest_can_join: false,
        join_rule: 'public',
        room_type: 'm.space',
      })
    })

    test('is paged forwards and backwards', async () => {
      const first = await search({ limit: 1 })
      const second = await search({ limit: 1, since: first.next_batch })
      const third = await search({ limit: 1, since: second.next_batch })
      expect([first, second, third].map(names)).toEqual([['Space'], ['Bread'], ['Apples']])
      expect(third.next_batch).toBeUndefined()
      expect(first.prev_batch).toBeUndefined()
      const back = await search({ limit: 1, since: third.prev_batch })
      expect(names(back)).toEqual(['Bread'])
      expect(names(await search({ limit: 5, since: back.prev_batch }))).toEqual(['Space'])
    })

    test.each<[object, string[]]>([
      [{ generic_search_term: 'fruit' }, ['Space', 'Apples']],
      [{ generic_search_term: '0% f' }, ['Bread']],
      [{ generic_search_term: '_' }, []],
      [{ generic_search_term: null, room_types: ['m.space'] }, ['Space']],
      [{ room_types: [null] }, ['Bread', 'Apples']],
      [{ room_types: [null, 'm.space'], generic_search_term: 'APP' }, ['Apples']],
      [{ room_types: [] }, []],
    ])('%j finds %j', async (filter, found) => {
      expect(names(await search({ filter }))).toEqual(found)
    })

    test.each<[string, () => Promise<unknown>, number, string]>([
      ['a token of somebody else', () => api('GET', '/publicRooms?since=nonsense', bob), 400, 'M_INVALID_PARAM'],
      ['a negative limit', () => api('GET', '/publicRooms?limit=-1', bob), 400, 'M_INVALID_PARAM'],
      ['another server', () => api('GET', '/publicRooms?server=elsewhere.test', bob), 403, 'M_FORBIDDEN'],
      ['nobody', () => api('GET', '/publicRooms'), 401, 'M_MISSING_TOKEN'],
    ])('is not for %s', async (_, ask, status, errcode) => {
      expect(await ask()).toMatchObject({ status, body: { errcode } })
    })

    test('takes rooms in and lets them go, for moderators and admins', async () => {
      expect((await api('GET', visibility(roomId))).body).toEqual({ visibility: 'private' })
      const refusal = { status: 403, body: { errcode: 'M_FORBIDDEN' } }
      expect(await api('PUT', visibility(roomId), bob, { visibility: 'public' })).toMatchObject(refusal)
      expect(await api('PUT', visibility(await makeRoom()), bob, { visibility: 'public' })).toMatchObject(refusal)
      expect((await api('PUT', visibility(roomId), alice, {})).body).toEqual({})
      expect((await api('GET', visibility(roomId))).body).toEqual({ visibility: 'public' })
      expect((await search({})).total_room_count_estimate).toBe(4)
      expect((await api('PUT', visibility(roomId), admin, { visibility: 'private' })).status).toBe(200)
      expect((await search({})).total_room_count_estimate).toBe(3)
    })

    test('knows no unknown rooms', async () => {
      expect(await api('GET', visibility('!x:glia.test'))).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } })
      expect(await api('PUT', visibility('!x:glia.test'), alice, {})).toMatchObject({ status: 400, body: { errcode: 'M_UNKNOWN' } })
      expect(await api('PUT', visibility(roomId), alice, { visibility: 'cosy' })).toMatchObject({ status: 400 })
    })
  })
})
