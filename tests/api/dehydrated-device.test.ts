import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const PATH = '/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device'
const V3 = '/_matrix/client/v3'
const noDevice = { status: 404, body: { errcode: 'M_NOT_FOUND', error: 'No dehydrated device available' } }

onBothDatabases('dehydrated devices', (dialect) => {
  let server: TestServer
  let bob: TestUser
  let users = 0
  let transactions = 0
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    bob = await server.register('bob')
  })
  afterAll(() => server.remove())

  const newUser = () => server.register(`user${++users}`)
  const call = (user: TestUser, method: string, path: string, body?: unknown) =>
    server.api(method, path, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const get = (user: TestUser) => call(user, 'GET', PATH)
  const put = (user: TestUser, deviceId: string, more: Record<string, unknown> = {}) =>
    call(user, 'PUT', PATH, {
      device_id: deviceId,
      device_data: { algorithm: 'x', pickle: deviceId },
      device_keys: deviceKeys(user, deviceId),
      initial_device_display_name: 'asleep',
      ...more,
    })
  const deviceKeys = ({ userId }: TestUser, deviceId: string) => ({
    user_id: userId,
    device_id: deviceId,
    algorithms: ['m.olm.v1.curve25519-aes-sha2'],
    dehydrated: true,
    keys: { [`ed25519:${deviceId}`]: 'key' },
    signatures: { [userId]: { [`ed25519:${deviceId}`]: 'signature' } },
  })
  const key = (id: string) => ({ [`signed_curve25519:${id}`]: { key: id, signatures: {} } })
  const devicesOf = async (user: TestUser) =>
    (await call(user, 'GET', `${V3}/devices`)).body.devices.map(({ device_id }: { device_id: string }) => device_id).sort()
  const claim = async ({ userId }: TestUser, deviceId: string) =>
    (await call(bob, 'POST', `${V3}/keys/claim`, { one_time_keys: { [userId]: { [deviceId]: 'signed_curve25519' } } })).body.one_time_keys
  const queried = async ({ userId }: TestUser) =>
    (await call(bob, 'POST', `${V3}/keys/query`, { device_keys: { [userId]: [] } })).body.device_keys[userId]
  async function send({ userId }: TestUser, deviceId: string, ...numbers: number[]): Promise<void> {
    for (const n of numbers) {
      await call(bob, 'PUT', `${V3}/sendToDevice/m.test/${++transactions}`, { messages: { [userId]: { [deviceId]: { n } } } })
    }
  }
  const events = (user: TestUser, deviceId: string, query = '') => call(user, 'GET', `${PATH}/${deviceId}/events${query}`)
  const oldEvents = (user: TestUser, deviceId: string, body: unknown = {}) => call(user, 'POST', `${PATH}/${deviceId}/events`, body)
  const numbersIn = ({ body }: { body: { events: { content: { n: number } }[] } }) => body.events.map(({ content }) => content.n)
  const proof = ({ userId, password }: TestUser) => ({
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: userId },
    password,
  })

  test('are devices with keys like others, and told as a change of devices', async () => {
    const alice = await newUser()
    expect(await get(alice)).toMatchObject(noDevice)
    const { next_batch: since } = (await call(alice, 'GET', `${V3}/sync`)).body
    const keys = { one_time_keys: key('A'), fallback_keys: key('F') }
    expect(await put(alice, 'DEH', keys)).toMatchObject({ status: 200, body: { device_id: 'DEH' } })
    expect((await get(alice)).body).toEqual({ device_id: 'DEH', device_data: { algorithm: 'x', pickle: 'DEH' } })
    expect((await call(alice, 'GET', `${V3}/sync?since=${since}`)).body.device_lists.changed).toEqual([alice.userId])
    expect((await call(alice, 'GET', `${V3}/devices/DEH`)).body).toEqual({
      user_id: alice.userId,
      device_id: 'DEH',
      display_name: 'asleep',
      last_seen_ip: null,
      last_seen_ts: null,
    })
    expect(await devicesOf(alice)).toEqual(['DEH', alice.deviceId].sort())
    expect(await queried(alice)).toEqual({ DEH: { ...deviceKeys(alice, 'DEH'), unsigned: { device_display_name: 'asleep' } } })
    expect(await claim(alice, 'DEH')).toEqual({ [alice.userId]: { DEH: key('A') } })
    expect(await claim(alice, 'DEH')).toEqual({ [alice.userId]: { DEH: key('F') } })
  })

  describe('messages', () => {
    test('wait, and stay when they are read', async () => {
      const alice = await newUser()
      await put(alice, 'DEH')
      await send(alice, 'DEH', 1, 2)
      await send(alice, '*', 3)
      await server.restart()
      const message = { type: 'm.test', sender: bob.userId, content: { n: 1 } }
      const all = await events(alice, 'DEH')
      expect(all.body).toEqual({ events: [message, { ...message, content: { n: 2 } }, { ...message, content: { n: 3 } }] })
      const old = await oldEvents(alice, 'DEH')
      expect(old.body).toEqual({ ...all.body, next_batch: expect.stringMatching(/^d\d+$/) })
      expect((await oldEvents(alice, 'DEH', { next_batch: old.body.next_batch })).body).toMatchObject({ events: [] })
      expect(numbersIn(await events(alice, 'DEH'))).toEqual([1, 2, 3])
      await send(alice, 'DEH', 4)
      expect(numbersIn(await oldEvents(alice, 'DEH', { next_batch: old.body.next_batch }))).toEqual([4])
    })

    test('come in pages, the last of which says so', async () => {
      const alice = await newUser()
      await put(alice, 'DEH')
      await send(alice, 'DEH', 1, 2, 3, 4)
      const first = await events(alice, 'DEH', '?limit=2')
      expect(numbersIn(first)).toEqual([1, 2])
      const second = await events(alice, 'DEH', `?limit=2&from=${first.body.next_batch}`)
      expect(numbersIn(second)).toEqual([3, 4])
      expect(second.body.next_batch).toBeUndefined()
      expect(numbersIn(await events(alice, 'DEH', '?limit=3&from=d0'))).toEqual([1, 2, 3])
    })

    test('come 100 at a time in the older way, then none', async () => {
      const alice = await newUser()
      await put(alice, 'DEH')
      await send(alice, 'DEH', ...Array(102).keys())
      const told: number[] = []
      let next_batch: string | undefined
      for (const expected of [100, 2, 0]) {
        const page = await oldEvents(alice, 'DEH', { next_batch })
        expect(page.body.events).toHaveLength(expected)
        told.push(...numbersIn(page))
        next_batch = page.body.next_batch
      }
      expect(told).toEqual([...Array(102).keys()])
    })

    test('of other devices, or of another user, are refused', async () => {
      const alice = await newUser()
      const forbidden = (error: string) => ({ status: 403, body: { errcode: 'M_FORBIDDEN', error } })
      expect(await events(alice, 'DEH')).toMatchObject(forbidden('No dehydrated device exists'))
      await put(alice, 'DEH')
      for (const read of [events, oldEvents]) {
        expect(await read(alice, alice.deviceId)).toMatchObject(forbidden('You may only fetch messages for your dehydrated device'))
        expect(await read(bob, 'DEH')).toMatchObject(forbidden('No dehydrated device exists'))
      }
    })

    test.each(['foo', 's1', 'd', 'd-1', 'd1_2', `d${'9'.repeat(40)}`])('are not given after %s', async (token) => {
      const refused = { status: 400, body: { errcode: 'M_INVALID_PARAM', error: `from parameter '${token}' has an invalid format` } }
      const alice = await newUser()
      await put(alice, 'DEH')
      expect(await events(alice, 'DEH', `?from=${token}`)).toMatchObject(refused)
      expect(await oldEvents(alice, 'DEH', { next_batch: token })).toMatchObject(refused)
    })
  })

  describe('there is one, which', () => {
    test('the next one replaces, with all that belonged to it', async () => {
      const alice = await newUser()
      await put(alice, 'ONE', { one_time_keys: key('A') })
      await send(alice, 'ONE', 1)
      const { next_batch: since } = (await call(alice, 'GET', `${V3}/sync`)).body
      await put(alice, 'TWO')
      expect((await get(alice)).body.device_id).toBe('TWO')
      expect(await devicesOf(alice)).toEqual(['TWO', alice.deviceId].sort())
      expect(Object.keys(await queried(alice))).toEqual(['TWO'])
      expect(await claim(alice, 'ONE')).toEqual({})
      expect((await call(alice, 'GET', `${V3}/sync?since=${since}`)).body.device_lists.changed).toEqual([alice.userId])
      await put(alice, 'ONE')
      expect((await events(alice, 'ONE')).body).toEqual({ events: [] })
    })

    test('is made anew when the next one has the same id', async () => {
      const alice = await newUser()
      await put(alice, 'DEH', { one_time_keys: key('A'), fallback_keys: key('F') })
      await send(alice, 'DEH', 1)
      await put(alice, 'DEH', { device_data: { algorithm: 'y' }, initial_device_display_name: 'again' })
      expect((await get(alice)).body).toEqual({ device_id: 'DEH', device_data: { algorithm: 'y' } })
      expect((await call(alice, 'GET', `${V3}/devices/DEH`)).body.display_name).toBe('again')
      expect((await events(alice, 'DEH')).body).toEqual({ events: [] })
      expect(await claim(alice, 'DEH')).toEqual({})
    })

    test('is one also when many are put at once', async () => {
      const alice = await newUser()
      const answers = await Promise.all(['A', 'B', 'C', 'D'].map((deviceId) => put(alice, deviceId)))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
      expect(await devicesOf(alice)).toEqual([(await get(alice)).body.device_id, alice.deviceId].sort())
    })

    test('is deleted with keys and sessions', async () => {
      const alice = await newUser()
      await put(alice, 'DEH')
      const asDehydrated = (await server.api('POST', `${V3}/login`, { body: { ...proof(alice), device_id: 'DEH' } })).body
      expect(await call(alice, 'DELETE', PATH, {})).toMatchObject({ status: 200, body: { device_id: 'DEH' } })
      expect(await call(alice, 'DELETE', PATH)).toMatchObject(noDevice)
      expect(await get(alice)).toMatchObject(noDevice)
      expect(await devicesOf(alice)).toEqual([alice.deviceId])
      expect(await queried(alice)).toEqual({})
      expect((await server.api('GET', `${V3}/account/whoami`, { token: asDehydrated.access_token })).status).toBe(401)
    })
  })

  describe('the end of', () => {
    test('the device that made it leaves it', async () => {
      const alice = await newUser()
      await put(alice, 'DEH')
      await call(alice, 'POST', `${V3}/logout`, {})
      const login = (await server.api('POST', `${V3}/login`, { body: proof(alice) })).body
      expect((await get({ ...alice, accessToken: login.access_token })).body.device_id).toBe('DEH')
    })

    test('all devices is its end', async () => {
      const alice = await newUser()
      await put(alice, 'DEH')
      await call(alice, 'POST', `${V3}/logout/all`, {})
      const login = (await server.api('POST', `${V3}/login`, { body: proof(alice) })).body
      expect(await get({ ...alice, accessToken: login.access_token })).toMatchObject(noDevice)
    })

    test('it as a device is its end', async () => {
      const alice = await newUser()
      await put(alice, 'DEH')
      const asked = await call(alice, 'DELETE', `${V3}/devices/DEH`, {})
      await call(alice, 'DELETE', `${V3}/devices/DEH`, { auth: { ...proof(alice), session: asked.body.session } })
      expect(await get(alice)).toMatchObject(noDevice)
    })

    test('the account is its end', async () => {
      const alice = await newUser()
      const admin = await server.register(`admin${users}`, { admin: true })
      await put(alice, 'DEH')
      expect((await call(admin, 'POST', `/_synapse/admin/v1/deactivate/${alice.userId}`, {})).status).toBe(200)
      expect(await queried(alice)).toEqual({})
      await call(admin, 'PUT', `/_synapse/admin/v2/users/${alice.userId}`, { deactivated: false, password: alice.password })
      const login = (await server.api('POST', `${V3}/login`, { body: proof(alice) })).body
      expect(await get({ ...alice, accessToken: login.access_token })).toMatchObject(noDevice)
    })
  })

  test.each([
    ['M_UNKNOWN', { device_keys: undefined }],
    ['M_MISSING_PARAM', { device_data: undefined }],
    ['M_MISSING_PARAM', { device_id: undefined }],
    ['M_BAD_JSON', { device_data: 5 }],
    ['M_BAD_JSON', { device_data: { algorithm: 5 } }],
    ['M_BAD_JSON', { device_id: 5 }],
    ['M_INVALID_PARAM', { device_id: '' }],
    ['M_INVALID_PARAM', { device_id: 'x'.repeat(513) }],
    ['M_INVALID_PARAM', { device_id: 'x\u0000' }],
    ['M_BAD_JSON', { device_keys: 5 }],
    ['M_BAD_JSON', { device_keys: {} }],
    ['M_BAD_JSON', { initial_device_display_name: 5 }],
    ['M_TOO_LARGE', { initial_device_display_name: 'x'.repeat(101) }],
    ['M_BAD_JSON', { one_time_keys: 5 }],
    ['M_BAD_JSON', { one_time_keys: { nocolon: 'x' } }],
    ['M_BAD_JSON', { fallback_keys: { 'signed_curve25519:A': { n: 1.5 } } }],
  ])('%s for %j, and the one before stays', async (errcode, wrong) => {
    const alice = await newUser()
    await put(alice, 'DEH', { one_time_keys: key('A') })
    const refused = await put(alice, 'NEW', wrong)
    expect(refused).toMatchObject({ status: 400, body: { errcode } })
    expect((await get(alice)).body.device_id).toBe('DEH')
    expect(await claim(alice, 'DEH')).toEqual({ [alice.userId]: { DEH: key('A') } })
    expect(await devicesOf(alice)).toEqual(['DEH', alice.deviceId].sort())
  })

  test('no device that somebody uses becomes one, nor do keys of others', async () => {
    const alice = await newUser()
    await put(alice, 'DEH')
    expect(await put(alice, alice.deviceId)).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    for (const keys of [deviceKeys(bob, 'NEW'), deviceKeys(alice, 'OTHER')]) {
      expect(await put(alice, 'NEW', { device_keys: keys })).toMatchObject({ status: 400, body: { errcode: 'M_BAD_JSON' } })
    }
    expect((await get(alice)).body.device_id).toBe('DEH')
    expect(await devicesOf(alice)).toEqual(['DEH', alice.deviceId].sort())
  })

  test('need neither name nor one-time keys', async () => {
    const alice = await newUser()
    const bare = { initial_device_display_name: undefined, one_time_keys: null, fallback_keys: null }
    expect((await put(alice, 'DEH', bare)).status).toBe(200)
    expect((await call(alice, 'GET', `${V3}/devices/DEH`)).body.display_name).toBeNull()
  })
})
