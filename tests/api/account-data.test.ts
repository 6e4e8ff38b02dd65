import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('the account data API', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let bob: TestUser
  let own: string
  let others: string
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    alice = await server.register('alice')
    bob = await server.register('bob')
    own = `/_matrix/client/v3/user/${alice.userId}`
    others = `/_matrix/client/v3/user/${bob.userId}`
  })
  afterAll(() => server.remove())

  const get = (path: string) => server.api('GET', path, { token: alice.accessToken })
  const put = (path: string, body: unknown) => server.api('PUT', path, { token: alice.accessToken, body })
  const post = (path: string, body: unknown) => server.api('POST', path, { token: alice.accessToken, body })

  test.each(['/account_data/m.x', '/rooms/!any:room/account_data/m.x'])('%s is kept as it was sent, over a restart too', async (path) => {
    expect((await get(own + path)).body.errcode).toBe('M_NOT_FOUND')
    const content = { order: 0.5, nested: { '\u0000': [null, true] } }
    expect(await put(own + path, content)).toMatchObject({ status: 200, body: {} })
    await server.restart()
    expect((await get(own + path)).body).toEqual(content)
  })

  test.each(['/account_data/m.y', '/rooms/!any:room/account_data/m.y'])(
    '%s is deleted, which the other devices hear once',
    async (path) => {
      const remove = (of: string) =>
        server.api('DELETE', of.replace('/v3/', '/unstable/org.matrix.msc3391/') + path, { token: alice.accessToken })
      await put(own + path, { a: 1 })
      const { next_batch: since } = (await get('/_matrix/client/v3/sync')).body
      expect(await remove(own)).toMatchObject({ status: 200, body: {} })
      expect((await get(own + path)).body.errcode).toBe('M_NOT_FOUND')
      const heard = (await get(`/_matrix/client/v3/sync?since=${since}`)).body
      if (path.startsWith('/account_data')) expect(heard.account_data.events).toEqual([{ type: 'm.y', content: {} }])
      expect(await remove(own)).toMatchObject({ status: 200, body: {} })
      expect((await get(`/_matrix/client/v3/sync?since=${heard.next_batch}`)).body).not.toHaveProperty('account_data')
      expect(JSON.stringify((await get('/_matrix/client/v3/sync')).body)).not.toContain('m.y')
      expect(await remove(others)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
      expect((await get(own + path)).status).toBe(404)
    },
  )

  test("others' is closed", async () => {
    for (const path of ['/account_data/x', '/rooms/!any:room/account_data/x', '/rooms/!any:room/tags/x']) {
      expect(await put(others + path, {})).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
    }
    for (const path of ['/account_data/x', '/rooms/!any:room/account_data/x', '/rooms/!any:room/tags']) {
      expect(await get(others + path)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
    }
  })

  test.each(['m.fully_read', 'm.push_rules'])('%s has its own endpoint', async (type) => {
    for (const path of ['/account_data/', '/rooms/!any:room/account_data/']) {
      expect(await put(own + path + type, {})).toMatchObject({ status: 405, body: { errcode: 'M_BAD_JSON' } })
    }
  })

  test('what is no object, no room or too large is refused', async () => {
    expect((await put(`${own}/account_data/x`, [1])).body.errcode).toBe('M_BAD_JSON')
    expect(await put(`${own}/rooms/nonsense/account_data/x`, {})).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    expect(await put(`${own}/account_data/${'x'.repeat(300)}`, {})).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    expect((await put(`${own}/account_data/x%00`, {})).status).toBe(400)
    expect((await put(`${own}/account_data/x`, { x: 'x'.repeat(1024 * 1024) })).status).toBe(413)
  })

  describe('filters', () => {
    test('the same content has the same id, which never looks like a filter', async () => {
      const filter = { room: { timeline: { limit: 5 } } }
      const first = await post(`${own}/filter`, filter)
      expect(first.body.filter_id).toMatch(/^[A-Za-z0-9_-]+$/)
      expect((await post(`${own}/filter`, filter)).body).toEqual(first.body)
      expect((await post(`${own}/filter`, {})).body.filter_id).not.toBe(first.body.filter_id)
      expect((await get(`${own}/filter/${first.body.filter_id}`)).body).toEqual(filter)
    })

    test('unknown ones are not found, those of others closed, unusable ones refused', async () => {
      expect(await get(`${own}/filter/unknown`)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } })
      expect(await get(`${others}/filter/0`)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } })
      expect((await post(`${others}/filter`, {})).status).toBe(403)
      for (const filter of [{ room: 'x' }, { presence: { senders: ['bob'] } }, { room: { timeline: { limit: 0.5 } } }]) {
        expect((await post(`${own}/filter`, filter)).status).toBe(400)
      }
      expect((await post(`${own}/filter`, { x: 'x'.repeat(70_000) })).status).toBe(413)
    })
  })
})
