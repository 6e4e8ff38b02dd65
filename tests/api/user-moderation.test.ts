import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V1 = '/_synapse/admin/v1'
const CLIENT = '/_matrix/client/v3'

onBothDatabases('moderation of users', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let bob: TestUser
  let count = 0
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
  })
  beforeEach(async () => {
    bob = await server.register(`bob${count++}`)
  })
  afterAll(() => server.remove())

  const call = (method: string, path: string, body?: unknown, token = admin.accessToken) =>
    server.api(method, path, { token, ...(body === undefined ? {} : { body }) })
  const record = async () => (await call('GET', `/_synapse/admin/v2/users/${bob.userId}`)).body

  test('a suspended user reads and cannot change the profile, until that ends', async () => {
    const done = await call('PUT', `${V1}/suspend/${bob.userId}`, { suspend: true })
    expect(done.body).toEqual({ [`user_${bob.userId}_suspended`]: true })
    expect((await record()).suspended).toBe(true)
    const rename = () => call('PUT', `${CLIENT}/profile/${bob.userId}/displayname`, { displayname: 'x' }, bob.accessToken)
    expect((await rename()).body).toEqual({
      errcode: 'M_USER_SUSPENDED',
      error: 'Updating profile while account is suspended is not allowed.',
    })
    expect((await call('GET', `${CLIENT}/devices`, undefined, bob.accessToken)).status).toBe(200)
    await call('PUT', `${V1}/suspend/${bob.userId}`, { suspend: false })
    expect((await rename()).status).toBe(200)
  })

  test('a shadow-ban is set and lifted, as often as one likes', async () => {
    const path = `${V1}/users/${bob.userId}/shadow_ban`
    for (const [method, expected] of [
      ['POST', true],
      ['POST', true],
      ['DELETE', false],
      ['DELETE', false],
    ] as const) {
      expect((await call(method, path)).body).toEqual({})
      expect((await record()).shadow_banned).toBe(expected)
    }
  })

  test.each([
    ['PUT', `${V1}/suspend/@nobody:glia.test`, { suspend: true }, 404, 'M_NOT_FOUND'],
    ['PUT', `${V1}/suspend/@bob:other.test`, { suspend: true }, 400, 'M_UNKNOWN'],
    ['PUT', `${V1}/suspend/@bob0:glia.test`, {}, 400, 'M_MISSING_PARAM'],
    ['PUT', `${V1}/suspend/@bob0:glia.test`, { suspend: 'true' }, 400, 'M_BAD_JSON'],
    ['POST', `${V1}/users/@nobody:glia.test/shadow_ban`, undefined, 404, 'M_NOT_FOUND'],
    ['POST', `${V1}/users/@bob:other.test/shadow_ban`, undefined, 400, 'M_UNKNOWN'],
    ['DELETE', `${V1}/users/nonsense/shadow_ban`, undefined, 400, 'M_UNKNOWN'],
  ])('%s %s %j is refused', async (method, path, body, status, errcode) => {
    const answer = await call(method, path, body)
    expect([answer.status, answer.body.errcode]).toEqual([status, errcode])
  })

  test.each([
    ['suspend', 'suspended'],
    ['lock', 'locked'],
  ])("the specification's %s is asked and set", async (word, key) => {
    const path = `/_matrix/client/v1/admin/${word}/${bob.userId}`
    expect((await call('GET', path)).body).toEqual({ [key]: false })
    expect((await call('PUT', path, { [key]: true })).body).toEqual({ [key]: true })
    expect((await call('GET', path)).body).toEqual({ [key]: true })
    expect((await record())[key]).toBe(true)
  })

  test("the specification's endpoints refuse in its order: who asks, where the user is, whether there is one, whether it may be", async () => {
    const path = (userId: string) => `/_matrix/client/v1/admin/lock/${userId}`
    const other = await server.register(`other${count}`, { admin: true })
    const gone = await server.register(`gone${count}`)
    await call('POST', `${V1}/deactivate/${gone.userId}`, {})
    const refusals = [
      await call('PUT', path('@bob:other.test'), { locked: true }, bob.accessToken),
      await call('PUT', path('@bob:other.test'), { locked: true }),
      await call('PUT', path('nonsense'), { locked: true }),
      await call('GET', path('@nobody:glia.test')),
      await call('GET', path(gone.userId)),
      await call('PUT', path(admin.userId), { locked: true }),
      await call('PUT', path(other.userId), { locked: true }),
      await call('PUT', path(bob.userId), {}),
    ]
    expect(refusals.map(({ status, body }) => [status, body.errcode])).toEqual([
      [403, 'M_FORBIDDEN'],
      [400, 'M_INVALID_PARAM'],
      [400, 'M_INVALID_PARAM'],
      [404, 'M_NOT_FOUND'],
      [404, 'M_NOT_FOUND'],
      [403, 'M_FORBIDDEN'],
      [403, 'M_FORBIDDEN'],
      [400, 'M_MISSING_PARAM'],
    ])
  })

  test('users are found by address, by the id at a provider, and by a part of their id', async () => {
    const external_id = `a/b ${count}`
    await call('PUT', `/_synapse/admin/v2/users/${bob.userId}`, {
      threepids: [{ medium: 'email', address: `B${count}@x.y` }],
      external_ids: [{ auth_provider: 'oidc-x', external_id }],
    })
    const found = { user_id: bob.userId }
    expect((await call('GET', `${V1}/threepid/email/users/b${count}@X.y`)).body).toEqual(found)
    expect((await call('GET', `${V1}/auth_providers/oidc-x/users/${encodeURIComponent(external_id)}`)).body).toEqual(found)
    for (const path of ['threepid/email/users/no@x.y', 'auth_providers/oidc-x/users/no']) {
      const answer = await call('GET', `${V1}/${path}`)
      expect([answer.status, answer.body]).toEqual([404, { errcode: 'M_NOT_FOUND', error: 'User not found' }])
    }
    const search = await call('GET', `${V1}/search_users/${admin.userId}?term=${bob.localpart.toUpperCase()}:`)
    expect(search.body).toEqual([{ name: bob.userId, password_hash: null, is_guest: false, admin: false, user_type: null }])
  })

  test('memberships name past rooms too', async () => {
    const { room_id } = (await call('POST', `${CLIENT}/createRoom`, {}, bob.accessToken)).body
    const path = `${V1}/users/${bob.userId}/memberships`
    expect((await call('GET', path)).body).toEqual({ memberships: { [room_id]: 'join' } })
    await call('POST', `${CLIENT}/rooms/${room_id}/leave`, {}, bob.accessToken)
    expect((await call('GET', path)).body).toEqual({ memberships: { [room_id]: 'leave' } })
  })
})
