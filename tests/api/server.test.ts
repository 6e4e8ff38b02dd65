import { createServer } from 'node:net'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onServerDatabase } from '../support/server-database.ts'
import { callApi, startTestServer, type TestServer } from '../support/start-server.ts'

onBothDatabases('a running server', (dialect) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ dialect })
  })
  afterAll(() => server.remove())

  test('says which versions it speaks, and every answer may be read by a web page', async () => {
    const answer = await server.api('GET', '/_matrix/client/versions')
    expect(answer.status).toBe(200)
    expect(answer.body.versions).toContain('v1.11')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('answers OPTIONS anywhere without looking at it', async () => {
    const answer = await server.api('OPTIONS', '/_synapse/admin/v2/users/@nobody:example.com')
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-headers')).toBe('X-Requested-With, Content-Type, Authorization, Date')
  })

  test('an unknown path is 404, a known one with another method 405, both M_UNRECOGNIZED with CORS', async () => {
    for (const [method, path, status] of [
      ['GET', '/_matrix/client/v3/nothing', 404],
      ['GET', '/_matrix/client/versions/extra', 404],
      ['POST', '/_matrix/client/versions', 405],
      ['GET', '/_synapse/admin/v1/purge_room', 404],
    ] as const) {
      const answer = await server.api(method, path)
      expect([path, answer.status, answer.body.errcode]).toEqual([path, status, 'M_UNRECOGNIZED'])
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    }
  })

  test('is healthy', async () => {
    const answer = await server.api('GET', '/health')
    expect([answer.status, answer.body]).toEqual([200, 'OK'])
  })
})

onBothDatabases('a server of which a part does not start', (dialect) => {
  test('says why, and nothing stays open', async () => {
    const server = await startTestServer({ dialect })
    await onServerDatabase(server, async (tx) => {
      await tx.db.schema.dropTable('user_departures').execute()
    })
    await expect(server.restart()).rejects.toThrow('user_departures')
    await expect(server.api('GET', '/health')).rejects.toThrow('fetch failed')
    await server.remove()
  })
})

test('metrics are on a listener of their own, and only there', async () => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  const server = await startTestServer({
    config: {
      enable_metrics: true,
      listeners: [
        { port: 0, bind_addresses: ['127.0.0.1'], type: 'http', resources: [{ names: ['client'] }] },
        { port, bind_addresses: ['127.0.0.1'], type: 'metrics' },
      ],
    },
  })
  await server.api('GET', '/_synapse/admin/v1/server_version')
  const { body } = await callApi(`http://127.0.0.1:${port}/metrics`, 'GET')
  expect(body).toContain('glia_http_request_seconds_count{operation="admin.server.get_version",status="200"} 1')
  expect(body).toContain('process_resident_memory_bytes')
  expect((await callApi(`http://127.0.0.1:${port}/_matrix/client/versions`, 'GET')).status).toBe(404)
  expect((await server.api('GET', '/metrics')).status).toBe(404)
  await server.remove()
})

test('a port that is taken is refused in words, and nothing stays open', async () => {
  const server = await startTestServer()
  const blocker = createServer()
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
  const { port } = blocker.address() as { port: number }
  await expect(
    startTestServer({ config: { listeners: [{ port, bind_addresses: ['127.0.0.1'], type: 'http', resources: [] }] } }),
  ).rejects.toThrow(`port ${port} on 127.0.0.1 is taken by another program`)
  blocker.close()
  await server.remove()
})
