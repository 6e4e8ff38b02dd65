import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const PERIOD_MS = 24 * 3600_000

onBothDatabases('accounts that can be used for a time', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let bob: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect, config: { account_validity: { enabled: true, period: '1d' } } })
    admin = await server.register('admin', { admin: true })
    bob = await server.register('bob')
  })
  afterAll(() => server.remove())

  const set = (body: unknown, token = admin.accessToken) =>
    server.api('POST', '/_synapse/admin/v1/account_validity/validity', { token, body })
  const whoami = () => server.api('GET', '/_matrix/client/v3/account/whoami', { token: bob.accessToken })

  test('end at once when an admin says so, and come back, over a restart too', async () => {
    expect((await set({ user_id: bob.userId, expiration_ts: 1000 })).body).toEqual({ expiration_ts: 1000 })
    await server.restart()
    expect(await whoami()).toMatchObject({
      status: 403,
      body: { errcode: 'ORG_MATRIX_EXPIRED_ACCOUNT', error: 'User account has expired' },
    })
    const later = Date.now() + 60_000
    expect((await set({ user_id: bob.userId, expiration_ts: later, enable_renewal_emails: false })).body).toEqual({ expiration_ts: later })
    expect((await whoami()).status).toBe(200)
  })

  test('get the usual period when no time is given', async () => {
    const { body } = await set({ user_id: bob.userId })
    expect(body.expiration_ts).toBeGreaterThan(Date.now() + PERIOD_MS - 60_000)
    expect(body.expiration_ts).toBeLessThanOrEqual(Date.now() + PERIOD_MS)
  })

  test('can still log out when their time is over', async () => {
    await set({ user_id: bob.userId, expiration_ts: 1000 })
    expect((await server.api('POST', '/_matrix/client/v3/logout', { token: bob.accessToken })).status).toBe(200)
    expect((await whoami()).body.errcode).toBe('M_UNKNOWN_TOKEN')
  })

  test('end by themselves when their period is over', async () => {
    const clock = new FakeClock(Date.now())
    const limited = await startTestServer({ dialect, clock, config: { account_validity: { enabled: true, period: '1d' } } })
    try {
      const carol = await limited.register('carol')
      const ask = async () => (await limited.api('GET', '/_matrix/client/v3/account/whoami', { token: carol.accessToken })).status
      await clock.advance(PERIOD_MS - 1)
      expect(await ask()).toBe(200)
      await clock.advance(1)
      expect(await ask()).toBe(403)
    } finally {
      await limited.remove()
    }
  })

  test.each([
    [{}, 400, 'M_UNKNOWN'],
    [{ user_id: '@nobody:glia.test' }, 404, 'M_NOT_FOUND'],
    [{ user_id: '\0' }, 404, 'M_NOT_FOUND'],
    [{ user_id: '@bob:glia.test', expiration_ts: -1 }, 400, 'M_BAD_JSON'],
    [{ user_id: '@bob:glia.test', expiration_ts: 'soon' }, 400, 'M_BAD_JSON'],
  ])('%o is refused', async (body, status, errcode) => {
    expect(await set(body)).toMatchObject({ status, body: { errcode } })
  })
})

onBothDatabases('where accounts do not end', (dialect) => {
  test('a time is kept and does nothing; there is no usual period', async () => {
    const server = await startTestServer({ dialect })
    try {
      const admin = await server.register('admin', { admin: true })
      const bob = await server.register('bob')
      const path = '/_synapse/admin/v1/account_validity/validity'
      const set = (body: unknown) => server.api('POST', path, { token: admin.accessToken, body })
      expect((await set({ user_id: bob.userId, expiration_ts: 1000 })).status).toBe(200)
      expect((await server.api('GET', '/_matrix/client/v3/account/whoami', { token: bob.accessToken })).status).toBe(200)
      expect((await set({ user_id: bob.userId })).body.errcode).toBe('M_MISSING_PARAM')
    } finally {
      await server.remove()
    }
  })
})
