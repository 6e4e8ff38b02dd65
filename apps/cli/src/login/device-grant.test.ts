import { afterEach, expect, test } from 'vitest'
import { type AnsweringServer, type CannedAnswer, startAnsweringServer } from '../answering-server-fixture.ts'
import { type DeviceGrant, startDeviceGrant, waitForTokens } from './device-grant.ts'

let server: AnsweringServer | undefined
afterEach(() => server?.close())

const refused = (error: string, status = 400): CannedAnswer => ({ status, json: { error } })
const granted: CannedAnswer = { status: 200, json: { access_token: 'the token' } }

const grant: DeviceGrant = {
  deviceCode: 'device',
  userCode: 'ABCDEF',
  verificationUri: 'https://glia.test/link',
  verificationUriComplete: undefined,
  expiresInSeconds: 60,
  intervalSeconds: 5,
}

/** Waits with time that passes only by sleeping. */
async function wait(answers: CannedAnswer[], changes: Partial<DeviceGrant> = {}) {
  let next = 0
  server = await startAnsweringServer(() => answers[next++] ?? refused('authorization_pending'))
  let nowMs = 0
  const slept: number[] = []
  const sleep = async (ms: number) => {
    slept.push(ms / 1000)
    nowMs += ms
  }
  const client = { clientId: 'client', tokenEndpoint: `${server.url}/token` }
  const tokens = waitForTokens({ nowMs: () => nowMs, sleep }, { ...grant, ...changes }, client)
  return { tokens, slept, seen: server.seen }
}

test('asks at the interval of the server until somebody has confirmed', async () => {
  const { tokens, slept, seen } = await wait([refused('authorization_pending'), refused('authorization_pending', 403), granted], {
    intervalSeconds: 7,
  })
  expect(await tokens).toEqual({ access_token: 'the token' })
  expect(slept).toEqual([7, 7, 7])
  expect(Object.fromEntries(new URLSearchParams(seen[0]!.body))).toEqual({
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: 'device',
    client_id: 'client',
  })
})

test('slow_down adds five seconds for good', async () => {
  const { tokens, slept } = await wait([refused('slow_down'), refused('slow_down'), refused('authorization_pending'), granted])
  await tokens
  expect(slept).toEqual([5, 10, 15, 15])
})

test('waits for a server that is away or overloaded for a moment', async () => {
  const { tokens } = await wait(['cut', { status: 502, json: {} }, { status: 429, json: {} }, granted])
  expect(await tokens).toEqual({ access_token: 'the token' })
})

test.each([
  ['access_denied', 'the request was refused in the browser'],
  ['expired_token', 'nobody has confirmed in time'],
  ['invalid_client', 'Token: the server refuses (invalid_client, HTTP status 400)'],
])('%s ends the waiting', async (error, message) => {
  const { tokens, slept } = await wait([refused(error)])
  await expect(tokens).rejects.toThrow(message)
  expect(slept).toHaveLength(1)
})

test('ends by itself when the code has expired', async () => {
  const { tokens, slept } = await wait([], { expiresInSeconds: 12 })
  await expect(tokens).rejects.toThrow('nobody has confirmed in time')
  expect(slept).toEqual([5, 5, 5])
})

test('a start without interval means five seconds, and the address must be a web page', async () => {
  const answer = { device_code: 'device', user_code: 'ABCDEF', verification_uri: 'https://glia.test/link', expires_in: 60 }
  server = await startAnsweringServer(({ path }) => ({
    status: 200,
    json: path === '/good' ? answer : { ...answer, verification_uri: 'file:///etc/passwd' },
  }))
  expect(await startDeviceGrant(`${server.url}/good`, 'client', 'scope')).toEqual(grant)
  await expect(startDeviceGrant(`${server.url}/bad`, 'client', 'scope')).rejects.toThrow('the address is no web page')
})
