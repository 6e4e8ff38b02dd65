import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { runDeviceCodeScript as run } from '../support/device-code-script.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const API = 'urn:matrix:org.matrix.msc2967.client:api:*'
const ADMIN = 'urn:synapse:admin:*'

let server: TestServer
let root: TestUser

beforeAll(async () => {
  server = await startTestServer()
  root = await server.register('root', { admin: true })
})
afterAll(() => server.remove())

async function decide(link: string, action: 'consent' | 'reject'): Promise<void> {
  const browser = new TestBrowser(server.url)
  const page = await browser.signIn(await browser.open(link), root)
  await browser.submit(page, /^\/device\//, { action, confirm_device: 'on' })
}

test('prints a summary, waits, and prints a token that administers the server', async () => {
  const script = run([`${server.url}/`, API, ADMIN])
  await decide(await script.printed(/(http\S+\/link\?code=[0-9A-Z]{6})\n.*Waiting for authorization/s), 'consent')
  const { status, out, err } = await script.ended
  expect(err).toBe('')
  expect(status).toBe(0)
  expect(out).toContain(`Homeserver:     ${server.url}\n`)
  expect(out).toContain(`Scope:          ${API} ${ADMIN}\n`)
  expect(out).toContain(`address: ${server.url}/link\n`)
  expect(out).toContain('Lifetime: 300 seconds (0.08 hours)')
  const answer = JSON.parse(/^\{.*?^\}/ms.exec(out)![0])
  expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 300 })
  const token = answer.access_token
  expect((await server.api('GET', `/_synapse/admin/v2/users/${root.userId}`, { token })).status).not.toBe(401)
  expect((await server.api('GET', '/_synapse/admin/v1/server_version', { token })).status).toBe(200)
})

test('says when it was refused', async () => {
  const script = run([server.url])
  await decide(await script.printed(/(http\S+\/link\?code=\S+)\n.*Waiting/s), 'reject')
  expect(await script.ended).toMatchObject({ status: 3, err: 'Error: the request was refused in the browser\n' })
})

test.each([
  ['no arguments', [], 2, 'Usage:'],
  ['no URL', ['glia.example'], 2, 'must begin with https:// or http://'],
  ['nobody there', ['http://127.0.0.1:1'], 1, 'Discovery: the server cannot be reached'],
])('refuses %s', async (_, args, status, message) => {
  const ended = await run(args).ended
  expect(ended.status).toBe(status)
  expect(ended.err).toContain(message)
})

test('says when the server is no homeserver with an auth service', async () => {
  const other = createServer((_request, response) => response.writeHead(200).end('<p>hello</p>'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  try {
    const { status, err } = await run([`http://127.0.0.1:${(other.address() as AddressInfo).port}`]).ended
    expect([status, err]).toEqual([1, 'Error: Discovery: the answer is not JSON (HTTP status 200)\n'])
  } finally {
    other.close()
  }
})

test('says which tool is missing', async () => {
  const { status, err } = await run([server.url], { PATH: '/nowhere' }).ended
  expect([status, err]).toEqual([1, 'Error: this script needs curl; please install it\n'])
})
