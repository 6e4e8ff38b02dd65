import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('mutual rooms', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
  })
  afterAll(() => server.remove())

  const post = (user: TestUser, path: string, body: unknown) =>
    server.api('POST', `/_matrix/client/v3/${path}`, { token: user.accessToken, body })
  const mutual = async (query: string, path = 'v1/mutual_rooms') =>
    server.api('GET', `/_matrix/client/${path}${query}`, { token: alice.accessToken })

  test('are those that both have joined, page by page', async () => {
    const shared: string[] = []
    for (let n = 0; n < 103; n++) {
      const { room_id } = (await post(alice, 'createRoom', { preset: 'public_chat' })).body
      shared.push(room_id)
      await post(bob, `join/${encodeURIComponent(room_id)}`, {})
    }
    await post(alice, 'createRoom', { invite: [bob.userId] })
    const left = shared.pop()!
    await post(bob, `rooms/${encodeURIComponent(left)}/leave`, {})

    const first = (await mutual(`?user_id=${bob.userId}`)).body
    expect(first).toMatchObject({ count: 102, next_batch: expect.any(String) })
    expect(first.joined).toHaveLength(100)
    const second = (await mutual(`?user_id=${bob.userId}&from=${first.next_batch}`)).body
    expect(second).toEqual({ count: 102, joined: expect.any(Array) })
    expect([...first.joined, ...second.joined].sort()).toEqual(shared.sort())
    const older = await mutual(
      `?user_id=${bob.userId}&batch_token=${first.next_batch_token}`,
      'unstable/uk.half-shot.msc2666/user/mutual_rooms',
    )
    expect(older.body).toEqual(second)
  })

  test('are none with strangers, and a refusal with what is nobody else', async () => {
    expect((await mutual(`?user_id=@nobody:${server.serverName}`)).body).toEqual({ joined: [], count: 0 })
    expect(await mutual('')).toMatchObject({ status: 400, body: { errcode: 'M_MISSING_PARAM' } })
    for (const query of ['?user_id=bob', `?user_id=${alice.userId}`, `?user_id=${bob.userId}&from=abc`])
      expect(await mutual(query)).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
  })
})
