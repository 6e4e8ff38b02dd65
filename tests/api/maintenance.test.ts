import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('the upkeep endpoints of the admin API', (dialect) => {
  let server: TestServer
  let admin: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
  })
  afterAll(() => server.remove())
  const asAdmin = (method: string, path: string, body?: unknown) =>
    server.api(method, `/_synapse/admin/v1${path}`, { token: admin.accessToken, ...(body === undefined ? {} : { body }) })

  test('the largest rooms come first, at most ten', async () => {
    const ids: string[] = []
    for (let index = 0; index < 11; index++) {
      const { body } = await server.api('POST', '/_matrix/client/v3/createRoom', {
        token: admin.accessToken,
        body: { topic: 'x'.repeat(1000 + 1000 * index) },
      })
      ids.push(body.room_id)
    }
    const { body } = await asAdmin('GET', '/statistics/database/rooms')
    expect(body.rooms.map(({ room_id }: { room_id: string }) => room_id)).toEqual(ids.toReversed().slice(0, 10))
    expect(body.rooms[0].estimated_size).toBeGreaterThan(11_000)
    expect(body.rooms[0].estimated_size).toBeLessThan(40_000)
  })

  test('experiments stay as they were set, for one user', async () => {
    const user = await server.register('user')
    const path = `/experimental_features/${encodeURIComponent(user.userId)}`
    expect((await asAdmin('PUT', path, { features: { msc3881: true, msc4222: true } })).body).toEqual({})
    expect((await asAdmin('PUT', path, { features: { msc3881: true, nothing: true } })).status).toBe(400)
    expect((await asAdmin('PUT', path, { features: { msc4222: false } })).status).toBe(200)
    await server.restart()
    expect((await asAdmin('GET', path)).body).toEqual({ features: { msc3881: true, msc3575: false, msc4222: false } })
    expect((await asAdmin('GET', '/experimental_features/@admin:glia.test')).body.features.msc3881).toBe(false)
    expect((await asAdmin('PUT', '/experimental_features/@nobody:glia.test', { features: { msc3881: true } })).status).toBe(404)
  })

  test('there is nothing to pause and nothing to rebuild', async () => {
    expect((await asAdmin('GET', '/background_updates/status')).body).toEqual({ enabled: true, current_updates: {} })
    expect((await asAdmin('POST', '/background_updates/enabled', {})).body).toEqual({ enabled: true })
    expect((await asAdmin('POST', '/background_updates/enabled', { enabled: false })).status).toBe(400)
    expect((await asAdmin('POST', '/background_updates/start_job', { job_name: 'regenerate_directory' })).body).toEqual({})
    expect((await asAdmin('POST', '/background_updates/start_job', { job_name: 'x' })).body.error).toBe('Invalid job_name')
  })
})
