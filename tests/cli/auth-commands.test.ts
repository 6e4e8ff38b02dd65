import { afterAll, beforeAll, expect, test } from 'vitest'
import { grantedToken } from '../support/granted-token.ts'
import { createGliaUser, type GliaUser } from '../support/run-glia.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

let server: TestServer
let root: TestUser
let alice: TestUser
let glia: GliaUser
let env: Record<string, string>

beforeAll(async () => {
  server = await startTestServer()
  root = await server.register('root', { admin: true })
  alice = await server.register('alice')
  glia = createGliaUser()
  env = { GLIA_URL: server.url, GLIA_TOKEN: await grantedToken(server, root, 'urn:mas:admin') }
})
afterAll(async () => {
  glia.remove()
  await server.remove()
})

const run = (args: string[], input?: string) => glia.run(['auth', ...args], { env, ...(input === undefined ? {} : { input }) })
const json = (args: string[]) => glia.json(['auth', ...args], { env })
const whoami = async (token: string) => (await server.api('GET', '/_matrix/client/v3/account/whoami', { token })).status

test('a list is a table of ids and attributes; --json is the answer as it came', async () => {
  const { out, err } = await run(['users', 'list', '--admin'])
  expect(out).toMatch(/^id +username +created_at/)
  expect(out).toMatch(/^[0-9A-Z]{26} +root /m)
  expect(err).toBe('total: 1\n')
  const whole = await json(['users', 'list', '--first', '1', '--count', 'false'])
  expect(whole.data).toHaveLength(1)
  expect(whole.links.next).toContain('page[after]')
  expect((await json(['users', 'list', '--first', '1', '--all'])).data).toHaveLength(2)
})

test('accounts are named as people know them', async () => {
  const { out } = await run(['users', 'lock', 'alice'])
  expect(out).toMatch(/^username +alice$/m)
  expect(await whoami(alice.accessToken)).toBe(401)
  expect((await run(['users', 'unlock', alice.userId])).status).toBe(0)
  expect(await whoami(alice.accessToken)).toBe(200)
  const added = await json(['user-emails', 'add', '--user-id', 'alice', '--email', 'alice@example.org'])
  expect((await json(['user-emails', 'list', '--user', 'alice'])).data).toMatchObject([{ id: added.data.id }])
  expect((await run(['user-emails', 'delete', added.data.id])).err).toBe('Done.\n')
  expect((await run(['users', 'set-password', 'alice', '--password', '-'], 'from standard input\n')).status).toBe(0)
  const unknown = await run(['users', 'lock', 'nobody'])
  expect([unknown.status, unknown.err]).toEqual([1, expect.stringContaining('nobody')])
})

test('ends all sessions of an account', async () => {
  const token = await grantedToken(server, { ...alice, password: 'from standard input' }, 'urn:matrix:client:api:*')
  const personal = await json([
    'personal-sessions',
    'create',
    '--actor-user-id',
    'alice',
    '--human-name',
    'x',
    '--scope',
    'urn:matrix:client:api:*',
  ])
  const tokens = [alice.accessToken, token, personal.data.attributes.access_token]
  const { live } = await json(['users', 'kill-sessions', 'alice', '--dry-run'])
  expect(live.map(({ kind }: { kind: string }) => kind)).toEqual(['browser', 'compat', 'oauth2', 'personal'])
  expect(await Promise.all(tokens.map(whoami))).toEqual([200, 200, 200])
  expect((await json(['users', 'kill-sessions', 'alice'])).ended).toEqual(live)
  expect(await Promise.all(tokens.map(whoami))).toEqual([401, 401, 401])
  expect(await json(['users', 'kill-sessions', 'alice'])).toEqual({ ended: [], total: 0 })
})

test('says which scope is missing', async () => {
  const { status, err } = await glia.run(['auth', 'users', 'list'], { env: { ...env, GLIA_TOKEN: root.accessToken } })
  expect([status, err]).toEqual([1, expect.stringContaining('--scope urn:mas:admin')])
})
