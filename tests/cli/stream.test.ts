import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGliaUser, type GliaUser } from '../support/run-glia.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

let server: TestServer
let root: TestUser
let glia: GliaUser
beforeAll(async () => {
  server = await startTestServer()
  root = await server.register('root', { admin: true })
  glia = createGliaUser()
})
afterAll(async () => {
  glia.remove()
  await server.remove()
})

test('prints an object a line, from the event on that is given', async () => {
  await server.register('alice')
  const env = { GLIA_URL: server.url, GLIA_TOKEN: root.accessToken }
  const stream = glia.start(['stream', '--types', 'registration', '--from', 'n0'], { env })
  const first = JSON.parse(await stream.printed(/^(.*)\n/))
  expect(first).toMatchObject({ type: 'registration', id: expect.stringMatching(/^n/), data: { user_id: root.userId } })
  await server.register('bob')
  expect(await stream.printed(/("@bob:glia.test")/)).toBeDefined()
  stream.process.kill('SIGTERM')
  await stream.ended
})

test('fails when the server refuses', async () => {
  const alice = await server.register('carol')
  const { status, err } = await glia.run(['stream'], { env: { GLIA_URL: server.url, GLIA_TOKEN: alice.accessToken } })
  expect(status).toBe(1)
  expect(err).toContain('M_FORBIDDEN')
})
