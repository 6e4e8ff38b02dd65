import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const PATH = '/_synapse/admin/v1/registration_tokens'

onBothDatabases('registration tokens', (dialect) => {
  let server: TestServer
  let admin: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
  })
  afterAll(() => server.remove())

  const call = (method: string, rest: string, body?: unknown) =>
    server.api(method, PATH + rest, { token: admin.accessToken, ...(body === undefined ? {} : { body }) })

  test('are made, read, changed and deleted', async () => {
    const expiry_time = Date.now() + 60_000
    const made = await call('POST', '/new', { token: 'a.b_c~d-e', uses_allowed: 2, expiry_time })
    expect([made.status, made.body]).toEqual([200, { token: 'a.b_c~d-e', uses_allowed: 2, pending: 0, completed: 0, expiry_time }])
    expect((await call('GET', '/a.b_c~d-e')).body).toEqual(made.body)
    const changed = await call('PUT', '/a.b_c~d-e', { uses_allowed: null })
    expect(changed.body).toEqual({ ...made.body, uses_allowed: null })
    expect((await call('PUT', '/a.b_c~d-e', { expiry_time: null })).body).toEqual({ ...made.body, uses_allowed: null, expiry_time: null })
    expect((await call('PUT', '/a.b_c~d-e', {})).status).toBe(200)
    expect((await call('DELETE', '/a.b_c~d-e')).body).toEqual({})
    for (const method of ['GET', 'DELETE']) {
      const gone = await call(method, '/a.b_c~d-e')
      expect([gone.status, gone.body]).toEqual([404, { errcode: 'M_NOT_FOUND', error: 'No such registration token: a.b_c~d-e' }])
    }
  })

  test('are drawn when none is given', async () => {
    const sixteen = await call('POST', '/new', {})
    expect(sixteen.body.token).toMatch(/^[A-Za-z0-9]{16}$/)
    expect((await call('POST', '/new', { length: 64 })).body.token).toHaveLength(64)
  })

  test('are listed, all or by whether they could be used now', async () => {
    await call('POST', '/new', { token: 'usable', uses_allowed: 1 })
    await call('POST', '/new', { token: 'unusable', uses_allowed: 0 })
    const names = async (query: string) => (await call('GET', query)).body.registration_tokens.map(({ token }: { token: string }) => token)
    expect(await names('')).toEqual(expect.arrayContaining(['usable', 'unusable']))
    expect(await names('?valid=true')).toContain('usable')
    expect(await names('?valid=true')).not.toContain('unusable')
    expect(await names('?valid=false')).toEqual(['unusable'])
  })

  test.each([
    [{ token: 7 }, 'token must be a string'],
    [{ token: null }, 'token must be a string'],
    [{ token: '' }, 'token must not be empty and must not be longer than 64 characters'],
    [{ token: 'x'.repeat(65) }, 'token must not be empty and must not be longer than 64 characters'],
    [{ token: 'a b' }, 'token must consist only of characters matched by the regex [A-Za-z0-9._~-]'],
    [{ length: 'x' }, 'length must be an integer'],
    [{ length: 0 }, 'length must be greater than zero and not greater than 64'],
    [{ length: 65 }, 'length must be greater than zero and not greater than 64'],
    [{ uses_allowed: -1 }, 'uses_allowed must be a non-negative integer or null'],
    [{ uses_allowed: 1.5 }, 'uses_allowed must be a non-negative integer or null'],
    [{ uses_allowed: 1e300 }, 'uses_allowed must be a non-negative integer or null'],
    [{ expiry_time: 'x' }, 'expiry_time must be an integer or null'],
    [{ expiry_time: 1000 }, 'expiry_time must not be in the past'],
  ])('%j is refused', async (body, error) => {
    const answer = await call('POST', '/new', body)
    expect([answer.status, answer.body]).toEqual([400, { errcode: 'M_INVALID_PARAM', error }])
  })

  test('a name is given once, and unknown ones cannot be changed', async () => {
    await call('POST', '/new', { token: 'once' })
    expect((await call('POST', '/new', { token: 'once' })).body).toEqual({
      errcode: 'M_INVALID_PARAM',
      error: 'Token already exists: once',
    })
    expect((await call('PUT', '/nope', { uses_allowed: 1 })).body.error).toBe('No such registration token: nope')
    expect((await call('PUT', '/once', { uses_allowed: 'x' })).body.errcode).toBe('M_INVALID_PARAM')
  })

  test('have no name `new`, which only makes tokens', async () => {
    const answers = await Promise.all(['GET', 'PUT', 'DELETE'].map((method) => call(method, '/new', method === 'PUT' ? {} : undefined)))
    expect(answers.map(({ status, body }) => [status, body.errcode])).toEqual(Array(3).fill([405, 'M_UNRECOGNIZED']))
  })

  test('are for admins', async () => {
    const user = await server.register('user')
    const answer = await server.api('GET', PATH, { token: user.accessToken })
    expect([answer.status, answer.body.error]).toEqual([403, 'You are not a server admin'])
  })
})
