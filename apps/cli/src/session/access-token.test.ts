import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeClock } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AnsweringServer, type CannedAnswer, startAnsweringServer } from '../answering-server-fixture.ts'
import { AccessTokens } from './access-token.ts'
import { readSession, type StoredSession, writeSession } from './session-file.ts'

const clock = new FakeClock()
let folder: string
let file: string
let server: AnsweringServer
let answer: () => CannedAnswer
let renewals: number

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'glia-session-'))
  file = join(folder, 'default.json')
  renewals = 0
  answer = () => ({ status: 200, json: { access_token: `new ${++renewals}`, refresh_token: `refresh ${renewals}`, expires_in: 300 } })
  server = await startAnsweringServer(() => answer())
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

async function store(changes: Partial<StoredSession> = {}): Promise<AccessTokens> {
  await writeSession(file, {
    server: server.url,
    userId: '@alice:glia.test',
    accessToken: 'old',
    refreshToken: 'refresh',
    expiresAtMs: clock.nowMs() + 300_000,
    oauth: {
      issuer: server.url,
      clientId: 'client',
      tokenEndpoint: `${server.url}/token`,
      revocationEndpoint: undefined,
      scope: 'scope',
    },
    ...changes,
  })
  return new AccessTokens(file, clock)
}

test('gives the token that is there while it is good for a minute', async () => {
  const tokens = await store()
  clock.advance(239_000)
  expect((await tokens.current()).accessToken).toBe('old')
  expect(server.seen).toEqual([])
})

test('renews it before its end and keeps what it got', async () => {
  const tokens = await store()
  clock.advance(240_000)
  expect((await tokens.current()).accessToken).toBe('new 1')
  expect(await readSession(file)).toMatchObject({
    accessToken: 'new 1',
    refreshToken: 'refresh 1',
    expiresAtMs: clock.nowMs() + 300_000,
    userId: '@alice:glia.test',
  })
  expect(Object.fromEntries(new URLSearchParams(server.seen[0]!.body))).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'refresh',
    client_id: 'client',
  })
})

test('asks once, however many want a token at the same time', async () => {
  const tokens = await store({ expiresAtMs: clock.nowMs() })
  const given = await Promise.all([tokens.current(), tokens.current(), tokens.current()])
  expect(given.map(({ accessToken }) => accessToken)).toEqual(['new 1', 'new 1', 'new 1'])
  expect(renewals).toBe(1)
})

test('takes what another process has renewed meanwhile, and does not use the refresh token twice', async () => {
  const tokens = await store({ expiresAtMs: clock.nowMs() })
  const renewed = { ...(await readSession(file))!, accessToken: 'of the other', refreshToken: 'next', expiresAtMs: clock.nowMs() + 300_000 }
  const program = join(folder, 'other.ts')
  writeFileSync(
    program,
    `import { writeFileSync } from 'node:fs'
import { withFileLock } from ${JSON.stringify(join(import.meta.dirname, 'file-lock.ts'))}
await withFileLock(${JSON.stringify(`${file}.lock`)}, async () => {
  process.send('renewing')
  await new Promise((resolve) => setTimeout(resolve, 300))
  writeFileSync(${JSON.stringify(file)}, ${JSON.stringify(JSON.stringify(renewed))})
})
process.disconnect()`,
  )
  const other = fork(program, { execArgv: [] })
  await once(other, 'message')
  expect((await tokens.current()).accessToken).toBe('of the other')
  expect(server.seen).toEqual([])
})

test('does not give a token again that the server has refused', async () => {
  const tokens = await store()
  expect((await tokens.current('old')).accessToken).toBe('new 1')
  expect((await tokens.current('old')).accessToken).toBe('new 1')
  expect(renewals).toBe(1)
})

test('renews a session of the legacy login at the homeserver', async () => {
  const tokens = await store({ oauth: undefined, expiresAtMs: clock.nowMs() })
  answer = () => ({ status: 200, json: { access_token: 'new', expires_in_ms: 60_001 } })
  expect(await tokens.current()).toMatchObject({ accessToken: 'new', refreshToken: 'refresh', expiresAtMs: clock.nowMs() + 60_001 })
  expect(server.seen).toEqual([{ method: 'POST', path: '/_matrix/client/v3/refresh', body: '{"refresh_token":"refresh"}' }])
})

test.each<[string, CannedAnswer, string]>([
  ['has ended the session', { status: 400, json: { error: 'invalid_grant' } }, 'has ended'],
  ['is overloaded', { status: 503, json: {} }, 'cannot be renewed now'],
  ['is away', 'cut', 'cannot be reached'],
  ['gives no token', { status: 200, json: {} }, 'has no "access_token"'],
])('keeps the session when the server %s', async (_, given, message) => {
  const tokens = await store({ expiresAtMs: clock.nowMs() })
  const before = await readSession(file)
  answer = () => given
  await expect(tokens.current()).rejects.toThrow(message)
  expect(await readSession(file)).toEqual(before)
})

test('a session without refresh token ends with its token', async () => {
  const tokens = await store({ refreshToken: undefined, expiresAtMs: clock.nowMs() })
  await expect(tokens.current()).rejects.toThrow('has ended')
  await store({ refreshToken: undefined, expiresAtMs: undefined })
  expect((await tokens.current()).accessToken).toBe('old')
})
