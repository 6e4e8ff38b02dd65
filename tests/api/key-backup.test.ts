import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('the key backup API', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let count = 0
  beforeAll(async () => {
    server = await startTestServer({ dialect })
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    alice = await server.register(`alice${++count}`)
  })

  const call = (method: string, path: string, body?: unknown) =>
    server.api(method, `/_matrix/client/v3/room_keys/${path}`, { token: alice.accessToken, ...(body === undefined ? {} : { body }) })
  const create = () => call('POST', 'version', { algorithm: 'm.test', auth_data: { key: 1 } })
  const session = { first_message_index: 5, forwarded_count: 5, is_verified: false, session_data: { secret: 'x' } }
  const room = '!room:glia.test'

  test('versions count up; the newest that is left is the current one', async () => {
    expect(await call('GET', 'version')).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND', error: 'No backup found' } })
    expect((await create()).body).toEqual({ version: '1' })
    expect((await create()).body).toEqual({ version: '2' })
    const second = { algorithm: 'm.test', auth_data: { key: 1 }, count: 0, etag: '0', version: '2' }
    expect((await call('GET', 'version')).body).toEqual(second)
    expect((await call('DELETE', 'version/2')).body).toEqual({})
    expect((await call('DELETE', 'version/2')).body).toEqual({})
    expect((await call('GET', 'version')).body).toMatchObject({ version: '1' })
    expect((await call('GET', 'version/2')).status).toBe(404)
    expect((await create()).body).toEqual({ version: '3' })
    expect((await call('DELETE', 'version/9')).status).toBe(404)
  })

  test('versions made at once differ', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, create))
    expect(new Set(made.map(({ body }) => body.version)).size).toBe(6)
  })

  test('only auth_data can be changed', async () => {
    await create()
    const change = (body: unknown, version = '1') => call('PUT', `version/${version}`, body)
    expect((await change({ algorithm: 'm.test', auth_data: { key: 2 }, version: '1' })).body).toEqual({})
    expect((await call('GET', 'version/1')).body.auth_data).toEqual({ key: 2 })
    expect((await change({ algorithm: 'other', auth_data: {} })).body.errcode).toBe('M_INVALID_PARAM')
    expect((await change({ algorithm: 'm.test', auth_data: {}, version: '2' })).body.errcode).toBe('M_INVALID_PARAM')
    expect((await change({ algorithm: 'm.test', auth_data: {} }, '7')).status).toBe(404)
  })

  test('sessions are stored and read as a whole, by room and one by one', async () => {
    await create()
    expect((await call('PUT', 'keys?version=1', { rooms: { [room]: { sessions: { one: session } } } })).body).toEqual({
      count: 1,
      etag: '1',
    })
    expect((await call('PUT', `keys/${room}?version=1`, { sessions: { two: session } })).body).toEqual({ count: 2, etag: '2' })
    expect((await call('PUT', `keys/!b:glia.test/three?version=1`, session)).body).toEqual({ count: 3, etag: '3' })
    await server.restart()
    const sessions = { one: session, two: session }
    expect((await call('GET', 'keys?version=1')).body).toEqual({
      rooms: { [room]: { sessions }, '!b:glia.test': { sessions: { three: session } } },
    })
    expect((await call('GET', `keys/${room}?version=1`)).body).toEqual({ sessions })
    expect((await call('GET', `keys/${room}/one?version=1`)).body).toEqual(session)
    expect((await call('GET', 'version')).body).toMatchObject({ count: 3, etag: '3' })
    expect((await call('DELETE', `keys/${room}/one?version=1`)).body).toEqual({ count: 2, etag: '4' })
    expect((await call('DELETE', `keys/${room}/one?version=1`)).body).toEqual({ count: 2, etag: '4' })
    expect((await call('DELETE', `keys/${room}?version=1`)).body).toEqual({ count: 1, etag: '5' })
    expect((await call('DELETE', 'keys?version=1')).body).toEqual({ count: 0, etag: '6' })
    expect((await call('GET', 'keys?version=1')).body).toEqual({ rooms: {} })
    expect((await call('GET', `keys/${room}?version=1`)).body).toEqual({ sessions: {} })
    expect((await call('GET', `keys/${room}/one?version=1`)).body.errcode).toBe('M_NOT_FOUND')
  })

  test('a better session replaces the stored one, a worse or the same one does not', async () => {
    await create()
    const put = async (change: Partial<typeof session>) =>
      (await call('PUT', `keys/${room}/s?version=1`, { ...session, ...change })).body.etag
    expect(await put({})).toBe('1')
    expect(await put({})).toBe('1')
    expect(await put({ first_message_index: 6, forwarded_count: 0 })).toBe('1')
    expect(await put({ forwarded_count: 4 })).toBe('2')
    expect(await put({ first_message_index: 4, forwarded_count: 9 })).toBe('3')
    expect(await put({ first_message_index: 9, is_verified: true })).toBe('4')
    expect(await put({ first_message_index: 0 })).toBe('4')
    expect((await call('GET', `keys/${room}/s?version=1`)).body).toMatchObject({ first_message_index: 9, is_verified: true })
  })

  test('uploads at once are all counted', async () => {
    await create()
    await Promise.all(Array.from({ length: 10 }, (_, i) => call('PUT', `keys/${room}/s${i}?version=1`, session)))
    expect((await call('GET', 'version')).body).toMatchObject({ count: 10, etag: '10' })
  })

  describe('refuses', () => {
    test('writing to an old version, and names the current one', async () => {
      await create()
      await create()
      expect(await call('PUT', `keys/${room}/s?version=1`, session)).toMatchObject({
        status: 403,
        body: { errcode: 'M_WRONG_ROOM_KEYS_VERSION', current_version: '2' },
      })
      expect((await call('PUT', `keys/${room}/s?version=9`, session)).status).toBe(404)
      expect((await call('PUT', `keys/${room}/s`, session)).body.errcode).toBe('M_MISSING_PARAM')
      for (const version of ['9', 'x', '-1', '1e3']) expect((await call('GET', `keys?version=${version}`)).status).toBe(404)
    })

    test.each([
      ['keys?version=1', {}],
      ['keys?version=1', { rooms: 5 }],
      ['keys?version=1', { rooms: { x: {} } }],
      ['keys/x?version=1', { sessions: { s: {} } }],
      ['keys/x/s?version=1', { ...session, first_message_index: 'x' }],
      ['keys/x/s?version=1', { ...session, first_message_index: -1 }],
      ['keys/x/s?version=1', { ...session, is_verified: undefined }],
      ['keys/x/s%00?version=1', session],
      [`keys/x/${'s'.repeat(300)}?version=1`, session],
    ])('PUT %s %j', async (path, body) => {
      await create()
      expect((await call('PUT', path, body)).status).toBe(400)
      expect((await call('GET', 'version')).body.count).toBe(0)
    })
  })

  test('a backup is for its owner only', async () => {
    await create()
    alice = await server.register(`other${count}`)
    expect((await call('GET', 'version/1')).status).toBe(404)
    expect((await call('GET', 'keys?version=1')).status).toBe(404)
  })
})
