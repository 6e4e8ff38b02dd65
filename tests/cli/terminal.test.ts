import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGliaUser, type GliaUser } from '../support/run-glia.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const launcher = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'glia.js')

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

/** Runs it on a terminal of its own (util-linux' `script`), and types each answer when its question has appeared. */
function atTerminal(args: string[], answers: [question: string, answer: string][]): Promise<{ status: number | null; screen: string }> {
  const command = [process.execPath, launcher, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: glia.cwd,
    env: { PATH: process.env.PATH, HOME: glia.cwd, XDG_CONFIG_HOME: glia.configHome, TERM: 'xterm' },
  })
  let screen = ''
  const waiting = [...answers]
  child.stdout.on('data', (text) => {
    screen += text
    const [question, answer] = waiting[0] ?? []
    if (question === undefined || !screen.includes(question)) return
    waiting.shift()
    child.stdin.write(`${answer}\r`)
  })
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, screen })))
}

test('asks for user and password, and shows no password', async () => {
  const { status, screen } = await atTerminal(['login', server.url, '--user', 'root'], [['Password: ', root.password]])
  expect(screen).toContain(`Logged in at ${server.url} as ${root.userId}.`)
  expect(screen).not.toContain(root.password)
  expect(status).toBe(0)
})

test('asks twice for a new password', async () => {
  const twice = (second: string): [string, string][] => [
    ['make one up', 'new password'],
    ['The same again', second],
  ]
  const differing = await atTerminal(['users', 'set-password', 'root', '--profile', 'default'], twice('other'))
  expect(differing).toMatchObject({ status: 1, screen: expect.stringContaining('the two passwords differ') })
  const { status, screen } = await atTerminal(['users', 'create', 'typed', '--profile', 'default'], twice('new password'))
  expect(status).toBe(0)
  expect(screen).toContain('@typed:glia.test')
  expect(screen).not.toContain('new password')
})

test('asks before it deletes, and does nothing without a yes', async () => {
  const victim = await server.register('victim')
  const isDeactivated = async () => (await glia.json(['users', 'get', 'victim'])).deactivated
  const question = `glia users deactivate ${victim.userId} at ${server.url}. Go on?`
  expect(await atTerminal(['users', 'deactivate', 'victim'], [[question, '']])).toMatchObject({
    status: 1,
    screen: expect.stringContaining('nothing was done'),
  })
  expect(await isDeactivated()).toBe(false)
  expect((await atTerminal(['users', 'deactivate', 'victim'], [[question, 'y']])).status).toBe(0)
  expect(await isDeactivated()).toBe(true)
})
