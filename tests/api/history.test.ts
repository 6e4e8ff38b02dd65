import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('reading rooms over HTTP', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  let stranger: TestUser
  let room: string
  let path: string
  const sent: string[] = []
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
    stranger = await server.register('stranger')
    const created = await server.api('POST', '/_matrix/client/v3/createRoom', {
      token: alice.accessToken,
      body: { preset: 'public_chat', name: 'Room' },
    })
    room = created.body.room_id
    path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`
    await server.api('POST', `${path}/join`, { token: bob.accessToken, body: {} })
    for (let n = 0; n < 5; n++) sent.push(await send(alice, { msgtype: 'm.text', body: `${n}` }))
  })
  afterAll(() => server.remove())

  let transactions = 0
  const send = async (user: TestUser, content: object): Promise<string> => {
    const answer = await server.api('PUT', `${path}/send/m.room.message/t${transactions++}`, { token: user.accessToken, body: content })
    expect(answer.status).toBe(200)
    return answer.body.event_id
  }
  const get = (rest: string, user = bob) => server.api('GET', path + rest, { token: user.accessToken })
  const v1 = (rest: string, user = bob) => server.api('GET', path.replace('/v3/', '/v1/') + rest, { token: user.accessToken })

  test('pages through all of the history, until there is no end', async () => {
    const seen: string[] = []
    let from = ''
    for (;;) {
      const { status, body } = await get(`/messages?dir=b&limit=3${from}`)
      expect(status).toBe(200)
      seen.push(...body.chunk.map(({ event_id }: { event_id: string }) => event_id))
      if (body.end === undefined) break
      from = `&from=${encodeURIComponent(body.end)}`
    }
    expect(seen.slice(0, 5)).toEqual(sent.toReversed())
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBe(12)
  })

  test('a transaction id is shown to the session that sent it, and to no other', async () => {
    const own = await get(`/event/${sent[0]}`, alice)
    expect(own.body.unsigned.transaction_id).toBe('t0')
    expect(own.body).toMatchObject({ room_id: room, event_id: sent[0], content: { body: '0' } })
    expect((await get(`/event/${sent[0]}`)).body.unsigned).not.toHaveProperty('transaction_id')
    const login = await server.api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'alice' }, password: alice.password },
    })
    const other = { ...alice, accessToken: login.body.access_token }
    expect((await get(`/event/${sent[0]}`, other)).body.unsigned).not.toHaveProperty('transaction_id')
  })

  test('context, state, members', async () => {
    const context = await get(`/context/${sent[2]}?limit=2`)
    expect(context.body).toMatchObject({
      event: { event_id: sent[2] },
      events_before: [{ event_id: sent[1] }],
      events_after: [{ event_id: sent[3] }],
    })
    expect((await get('/state/m.room.name')).body).toEqual({ name: 'Room' })
    expect((await get('/state/m.room.name/')).body).toEqual({ name: 'Room' })
    expect((await get('/state/m.room.name?format=event')).body).toMatchObject({ type: 'm.room.name', content: { name: 'Room' } })
    expect((await get('/state')).body).toHaveLength(7)
    expect((await get('/members')).body.chunk).toHaveLength(2)
    expect((await get('/joined_members')).body.joined[alice.userId]).toEqual({ display_name: 'alice', avatar_url: null })
    expect((await v1('/timestamp_to_event?ts=0&dir=f')).body).toMatchObject({ event_id: expect.stringMatching(/^\$/) })
  })

  describe('refuses', () => {
    test.each(['/messages?dir=b', '/state', '/state/m.room.name', '/members', '/joined_members', '/context/$x'])(
      'a stranger: %s',
      async (rest) => {
        expect(await get(rest, stranger)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
      },
    )

    test('a stranger who asks for an event does not learn that it is there', async () => {
      expect(await get(`/event/${sent[0]}`, stranger)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } })
      expect(await get('/event/$none')).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } })
    })

    test.each([
      ['/messages?dir=x', 400, 'M_INVALID_PARAM'],
      ['/messages?dir=b&from=nonsense', 400, 'M_UNKNOWN'],
      ['/messages?dir=b&limit=-1', 400, 'M_INVALID_PARAM'],
      ['/messages?dir=b&filter=nonsense', 400, 'M_NOT_JSON'],
      ['/messages?dir=b&filter=[]', 400, 'M_INVALID_PARAM'],
      ['/state/m.room.none/x', 404, 'M_NOT_FOUND'],
      [`/messages?dir=b&filter=${encodeURIComponent('{"types":["\\u0000"],"related_by_rel_types":["\\u0000"]}')}`, 200, undefined],
    ])('%s', async (rest, status, errcode) => {
      const answer = await get(rest)
      expect([answer.status, answer.body.errcode]).toEqual([status, errcode])
    })
  })

  test('relations in their three forms, and threads', async () => {
    const root = await send(alice, { msgtype: 'm.text', body: 'root' })
    const reply = await send(bob, { msgtype: 'm.text', body: 'reply', 'm.relates_to': { rel_type: 'm.thread', event_id: root } })
    for (const form of ['', '/m.thread', '/m.thread/m.room.message']) {
      expect((await v1(`/relations/${root}${form}`)).body).toMatchObject({ chunk: [{ event_id: reply }] })
    }
    expect((await v1(`/relations/${root}/m.thread/m.reaction`)).body).toEqual({ chunk: [] })
    expect(await v1('/relations/$none')).toMatchObject({ status: 404 })
    expect((await v1('/threads')).body.chunk).toMatchObject([
      { event_id: root, unsigned: { 'm.relations': { 'm.thread': { count: 1, current_user_participated: true } } } },
    ])
  })

  test('a snapshot has the newest events, and history goes on from both of its ends', async () => {
    const said: string[] = []
    for (let n = 0; n < 4; n++) said.push(await send(alice, { msgtype: 'm.text', body: `said ${n}` }))
    const { status, body } = await get('/initialSync?limit=2')
    expect([status, body.membership]).toEqual([200, 'join'])
    const ids = (events: { event_id: string }[]) => events.map(({ event_id }) => event_id)
    expect(ids(body.messages.chunk)).toEqual(said.slice(-2))
    const before = (await get(`/messages?dir=b&limit=2&from=${encodeURIComponent(body.messages.start)}`)).body.chunk
    expect(ids(before)).toEqual(said.slice(0, 2).toReversed())
    const after = `/messages?dir=f&from=${encodeURIComponent(body.messages.end)}`
    expect((await get(after)).body.chunk).toEqual([])
    said.push(await send(alice, { msgtype: 'm.text', body: 'after the snapshot' }))
    expect(ids((await get(after)).body.chunk)).toEqual(said.slice(-1))
    const banned = await server.register('banned')
    await server.api('POST', `${path}/join`, { token: banned.accessToken, body: {} })
    await server.api('POST', `${path}/ban`, { token: alice.accessToken, body: { user_id: banned.userId } })
    const theirs = (await get('/initialSync?limit=1', banned)).body
    expect([theirs.membership, theirs.messages.chunk[0].state_key]).toEqual(['ban', banned.userId])
    expect(await get('/initialSync', stranger)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
    expect((await get('/initialSync?limit=0')).body.messages.chunk).toEqual([])
  })
})
