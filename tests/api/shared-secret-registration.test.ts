import { createHmac } from 'node:crypto'
import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedSecretOf, startTestServer, type TestServer } from '../support/start-server.ts'

const PATH = '/_synapse/admin/v1/register'

onBothDatabases('registration by shared secret', (dialect) => {
  const clock = new FakeClock(Date.now())
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ dialect, clock })
  })
  afterAll(() => server.remove())

  const nonce = async (): Promise<string> => (await server.api('GET', PATH)).body.nonce
  const macOf = (...parts: string[]) => createHmac('sha1', sharedSecretOf(server.dataDir)).update(parts.join('\0')).digest('hex')
  const register = async (fields: Record<string, unknown>) => {
    const body = { nonce: await nonce(), username: 'someone', password: 'secret', ...fields }
    const role = fields.admin ? 'admin' : 'notadmin'
    const type = fields.user_type ? [String(fields.user_type)] : []
    return server.api('POST', PATH, {
      body: { mac: macOf(String(body.nonce), String(body.username), String(body.password), role, ...type), ...body },
    })
  }

  test('makes an account that is signed in, with the name folded to lower case and the MAC over the name as sent', async () => {
    const answer = await register({ username: 'Alice', admin: true })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ user_id: '@alice:glia.test', home_server: 'glia.test' })
    expect(Object.keys(answer.body).sort()).toEqual(['access_token', 'device_id', 'home_server', 'user_id'])
  })

  test('gives no token when none is wanted, and a refresh token when one is', async () => {
    const quiet = await register({ username: 'quiet', inhibit_login: true })
    expect(quiet.body).toEqual({ user_id: '@quiet:glia.test', home_server: 'glia.test' })
    const refreshing = await register({ username: 'fresh', refresh_token: true, device_id: 'DEV', user_type: 'bot' })
    expect(refreshing.body).toMatchObject({ device_id: 'DEV', expires_in_ms: expect.any(Number), refresh_token: expect.any(String) })
  })

  test.each([
    [{ nonce: 'abc' }, 400, 'M_UNKNOWN', 'unrecognised nonce'],
    [{ username: undefined }, 400, 'M_BAD_JSON', 'username must be specified'],
    [{ username: 7 }, 400, 'M_UNKNOWN', 'Invalid username'],
    [{ username: 'a\0b' }, 400, 'M_UNKNOWN', 'Invalid username'],
    [{ password: undefined }, 400, 'M_BAD_JSON', 'password must be specified'],
    [{ password: 'x'.repeat(513) }, 400, 'M_UNKNOWN', 'Invalid password'],
    [{ user_type: 'duck' }, 400, 'M_UNKNOWN', 'Invalid user type'],
    [{ mac: undefined }, 400, 'M_BAD_JSON', 'mac must be specified'],
    [{ mac: 'nonsense' }, 403, 'M_UNKNOWN', 'HMAC incorrect'],
    [{ mac: 5 }, 403, 'M_UNKNOWN', 'HMAC incorrect'],
    [{ refresh_token: 'yes' }, 400, 'M_UNKNOWN', 'refresh_token must be a boolean'],
    [{ username: '_bot' }, 400, 'M_INVALID_USERNAME', 'User ID may not begin with _'],
    [{ username: '12345' }, 400, 'M_INVALID_USERNAME', 'Numeric user IDs are reserved for guest users.'],
    [{ username: 'a b' }, 400, 'M_INVALID_USERNAME', "User ID can only contain characters a-z, 0-9, or '=_-./+'"],
    [{ username: '' }, 400, 'M_INVALID_USERNAME', 'User ID cannot be empty'],
    [{ username: 'x'.repeat(260) }, 400, 'M_INVALID_USERNAME', 'User ID may not be longer than 255 characters'],
  ])('refuses %j', async (fields, status, errcode, error) => {
    const answer = await register(fields)
    expect([answer.status, answer.body]).toEqual([status, { errcode, error }])
  })

  test('refuses a request without nonce before anything else', async () => {
    const answer = await server.api('POST', PATH, { body: {} })
    expect([answer.status, answer.body]).toEqual([400, { errcode: 'M_BAD_JSON', error: 'nonce must be specified' }])
  })

  test('takes a nonce once, even if the request was refused, and for 60 seconds', async () => {
    const spent = await nonce()
    expect((await register({ nonce: spent, mac: 'wrong' })).body.error).toBe('HMAC incorrect')
    expect((await register({ nonce: spent })).body.error).toBe('unrecognised nonce')
    const fresh = await nonce()
    clock.advance(60_001)
    expect((await register({ nonce: fresh })).body.error).toBe('unrecognised nonce')
  })

  test('a name is given out once, whatever its case, also to two who come at the same time', async () => {
    const answers = await Promise.all(['Twice', 'twice', 'TWICE'].map((username) => register({ username })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
    const refused = answers.find(({ status }) => status === 400)!
    expect(refused.body).toEqual({ errcode: 'M_USER_IN_USE', error: 'User ID already taken.' })
  })
})
