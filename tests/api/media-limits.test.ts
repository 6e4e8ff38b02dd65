import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('how much users may upload', (dialect) => {
  let server: TestServer
  let clock: FakeClock
  let admin: TestUser
  beforeAll(async () => {
    clock = new FakeClock(Date.now())
    const media_upload_limits = [
      { time_period: '1h', max_size: 1000 },
      { time_period: '1d', max_size: 2500, info_uri: 'https://bar.test/limits' },
    ]
    server = await startTestServer({ dialect, clock, config: { media_upload_limits, glia: { media: { user_quota: 4000 } } } })
    admin = await server.register('admin', { admin: true })
  })
  afterAll(() => server.remove())

  const upload = (user: TestUser, bytes: number, path = '/_matrix/media/v3/upload', method = 'POST') =>
    server.api(method, path, { token: user.accessToken, raw: 'x'.repeat(bytes), headers: { 'content-type': 'text/plain' } })
  const quota = (user: TestUser, method = 'GET', body?: unknown) =>
    server.api(method, `/_glia/admin/v1/users/${user.userId}/media_quota`, {
      token: admin.accessToken,
      ...(body === undefined ? {} : { body }),
    })

  test('counts by the span of time, as Synapse does, and says where to read of it', async () => {
    const user = await server.register('spans')
    expect((await upload(user, 600)).status).toBe(200)
    const refused = await upload(user, 401)
    expect([refused.status, refused.body]).toEqual([
      403,
      {
        errcode: 'M_USER_LIMIT_EXCEEDED',
        error: 'Media upload limit exceeded',
        info_uri: `${server.url}/_synapse/client/media_upload_limit_exceeded`,
      },
    ])
    expect((await upload(user, 400)).status).toBe(200)
    clock.advance(3600_000)
    expect((await upload(user, 1000)).status).toBe(200)
    clock.advance(3600_000)
    expect((await upload(user, 501)).body.info_uri).toBe('https://bar.test/limits')
    expect((await upload(user, 500)).status).toBe(200)
    const page = await server.api('GET', '/_synapse/client/media_upload_limit_exceeded')
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(page.body).toContain('upload limit')
  })

  test('holds for content that comes later', async () => {
    const user = await server.register('later')
    await upload(user, 900)
    const { body } = await server.api('POST', '/_matrix/media/v1/create', { token: user.accessToken })
    const path = `/_matrix/media/v3/upload/${body.content_uri.slice('mxc://'.length)}`
    expect((await upload(user, 101, path, 'PUT')).body.errcode).toBe('M_USER_LIMIT_EXCEEDED')
    expect((await upload(user, 100, path, 'PUT')).status).toBe(200)
  })

  test('lets not more through when many come at once', async () => {
    const user = await server.register('at-once')
    const statuses = await Promise.all(Array.from({ length: 8 }, () => upload(user, 300)))
    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 200, 200, 403, 403, 403, 403, 403])
  })

  test('a quota is for all that is there, and an admin sets another', async () => {
    const user = await server.register('quota')
    for (let day = 0; day < 2; day++) {
      for (let hour = 0; hour < 2; hour++) {
        expect((await upload(user, 1000)).status).toBe(200)
        clock.advance(3600_000)
      }
      clock.advance(24 * 3600_000)
    }
    expect((await quota(user)).body).toEqual({ max_bytes: 4000, is_default: true, used_bytes: 4000, files: 4 })
    const refused = await upload(user, 1)
    expect(refused.body).toMatchObject({ errcode: 'M_USER_LIMIT_EXCEEDED', error: 'Media quota exceeded' })
    expect((await quota(user, 'PUT', { max_bytes: 4500 })).body).toMatchObject({ max_bytes: 4500, is_default: false })
    expect((await upload(user, 501)).body.error).toBe('Media quota exceeded')
    const kept = await upload(user, 500)
    expect(kept.status).toBe(200)
    expect((await quota(user, 'PUT', { max_bytes: null })).body).toMatchObject({ max_bytes: null, is_default: false })
    expect((await upload(user, 100)).status).toBe(200)
    expect((await quota(user, 'DELETE')).body).toEqual({ max_bytes: 4000, is_default: true, used_bytes: 4600, files: 6 })
    await server.api('DELETE', `/_synapse/admin/v1/media/glia.test/${kept.body.content_uri.split('/').pop()}`, { token: admin.accessToken })
    expect((await quota(user)).body).toMatchObject({ used_bytes: 4100, files: 5 })
    const log = await server.api('GET', `/_glia/admin/v1/audit_log?operation=glia.media_quotas.&target=${user.userId}`, {
      token: admin.accessToken,
    })
    expect(log.body.records).toHaveLength(3)
  })

  test.each([{ max_bytes: -1 }, { max_bytes: 1.5 }, { max_bytes: 'x' }, {}])('refuses %o', async (body) => {
    expect((await quota(admin, 'PUT', body)).status).toBe(400)
  })

  test('knows only users that are there', async () => {
    const nobody = { ...admin, userId: '@nobody:glia.test' }
    expect((await quota(nobody)).body.errcode).toBe('M_NOT_FOUND')
    expect((await quota(nobody, 'PUT', { max_bytes: 1 })).body.errcode).toBe('M_NOT_FOUND')
  })
})
