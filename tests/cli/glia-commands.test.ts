import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGliaUser, type GliaUser } from '../support/run-glia.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

let server: TestServer
let root: TestUser
let glia: GliaUser
let env: Record<string, string>

beforeAll(async () => {
  server = await startTestServer()
  root = await server.register('root', { admin: true })
  for (const name of ['spam1', 'spam2', 'ham']) await server.register(name)
  glia = createGliaUser()
  env = { GLIA_URL: server.url, GLIA_TOKEN: root.accessToken }
})
afterAll(async () => {
  glia.remove()
  await server.remove()
})

const run = (args: string[]) => glia.run(args, { env })
const json = (args: string[]) => glia.json(args, { env })

test('users are found by what Glia knows of them, and times are read and written as such', async () => {
  const { users } = await json(['users', 'find', '--search', 'spam', '--has-device', '--created-after', '2020-01-01'])
  expect(users.map(({ user_id: id }: { user_id: string }) => id)).toEqual(['@spam1:glia.test', '@spam2:glia.test'])
  const { out } = await run(['users', 'find', '--search', 'ham'])
  expect(out).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/)
  expect((await json(['users', 'find', '--limit', '1', '--all'])).users).toHaveLength(4)
})

test('a bulk job says what it would do, is waited for, and has results', async () => {
  const args = ['bulk', 'start-user', '--action', 'lock', '--select', '{"search": "spam"}']
  expect(await json([...args, '--dry-run'])).toEqual({ act_on: 2, skip: 0, examples: ['@spam1:glia.test', '@spam2:glia.test'] })
  expect(await json(['users', 'is-locked', 'spam1'])).toEqual({ locked: false })
  const job = await json([...args, '--wait'])
  expect(job).toMatchObject({ state: 'complete', done: 2, failed: 0 })
  expect(await json(['users', 'is-locked', 'spam1'])).toEqual({ locked: true })
  expect((await run(['bulk', 'get-results', job.job_id])).out).toMatch(/^user_id +outcome.*\n@spam1:glia\.test +done/)
  expect((await json(['bulk', 'list-jobs'])).jobs).toHaveLength(1)
})

test('roles are given, and the audit log tells of it, as a list and line by line', async () => {
  expect(await json(['admin-roles', 'set', 'ham', '--role', 'support'])).toMatchObject({ role: 'support' })
  expect(await json(['admin-roles', 'get', 'ham'])).toMatchObject({ role: 'support' })
  const { records } = await json(['audit', 'list-log', '--target', '@ham:glia.test'])
  expect(records).toMatchObject([{ operation: 'glia.admin_roles.set' }])
  const { out } = await run(['audit', 'export-log', '--target', '@ham:glia.test'])
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(records)
})

test('a server that is no Glia is said to be one', async () => {
  const answer = await run(['time-series', 'get', '--url', `${server.url}/elsewhere`])
  expect(answer.status).toBe(1)
  expect(answer.err).toContain('Only Glia has this')
})
