/**
 * What the check of a token costs a request, and what logins at the default cost of a password cost other requests. Starts a Glia of its own;
 * prints, asserts nothing. Times of the processor are the server's: they say more than rates on a machine that has other work.
 *
 *   node tests/bench/sign-in-cost.ts [--users 400] [--seconds 10] [--logins 4] [--database sqlite|postgres]
 */
import { readFileSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startPostgresServer } from '../../packages/testing/src/postgres-server.ts'
import { spawnServer } from '../support/spawn-server.ts'
import { sharedSecretOf } from '../support/start-server.ts'
import { type LoadRequest, type LoadResult, load } from './load.ts'
import { Target } from './target.ts'

const { values: options } = parseArgs({
  options: {
    users: { type: 'string', default: '400' },
    seconds: { type: 'string', default: '10' },
    logins: { type: 'string', default: '4' },
    database: { type: 'string', default: 'sqlite' },
  },
})
const SECONDS = Number(options.seconds)
/** Of Linux: a tick of /proc/…/stat. */
const TICK_MS = 10
const WHOAMI = '/_matrix/client/v3/account/whoami'

const postgres = options.database === 'postgres' ? await startPostgresServer() : undefined
const env = postgres ? { GLIA_DATABASE_URL: postgres.url } : {}
let server = await spawnServer({ env })
const { dataDir } = server
const target = new Target({ name: 'Glia', url: server.url, sharedSecret: sharedSecretOf(dataDir), pid: server.pid })
const users = await target.users(Number(options.users))
await target.close()

await report('no token (/versions)', 8, () => ({ method: 'GET', path: '/_matrix/client/versions' }))
await report('one token (/whoami)', 8, () => ({ method: 'GET', path: WHOAMI, token: users[0]!.accessToken }))
await report('many tokens in turn (/whoami)', 8, (n) => ({ method: 'GET', path: WHOAMI, token: users[n % users.length]!.accessToken }))

await server.end('SIGTERM')
server = await spawnServer({ dataDir, env })
const cold: number[] = []
const before = cpuMs(server.pid)
for (const { accessToken } of users) {
  const started = performance.now()
  await (await fetch(server.url + WHOAMI, { headers: { authorization: `Bearer ${accessToken}` } })).text()
  cold.push(performance.now() - started)
}
cold.sort((a, b) => a - b)
print('each token for the first time after a start', {
  requestsPerSecond: Number.NaN,
  p50Ms: cold[Math.floor(cold.length / 2)]!,
  p99Ms: cold[Math.floor(cold.length * 0.99)]!,
  failures: 0,
  cpuMs: (cpuMs(server.pid) - before) / users.length,
})

const login = (n: number): LoadRequest => {
  const { localpart, password } = users[n % users.length]!
  const identifier = { type: 'm.id.user', user: localpart }
  return { method: 'POST', path: '/_matrix/client/v3/login', body: { type: 'm.login.password', identifier, password, device_id: 'BENCH' } }
}
const LOGINS = Number(options.logins)
await report(`logins, ${LOGINS} at a time`, LOGINS, login)
const whoami = (n: number): LoadRequest => ({ method: 'GET', path: WHOAMI, token: users[n % users.length]!.accessToken })
await report('/whoami, 2 at a time, alone', 2, whoami)
const [during, beside] = await Promise.all([
  load(server.url, { connections: 2, seconds: SECONDS }, whoami),
  load(server.url, { connections: LOGINS, seconds: SECONDS }, login),
])
print(`/whoami, 2 at a time, beside ${LOGINS} logins at a time`, { ...during, cpuMs: Number.NaN })
print('the logins beside it', { ...beside, cpuMs: Number.NaN })

await server.end('SIGTERM')
await postgres?.stop()
rmSync(dataDir, { recursive: true, force: true })

async function report(name: string, connections: number, next: (n: number) => LoadRequest): Promise<void> {
  const started = cpuMs(server.pid)
  let count = 0
  const result = await load(server.url, { connections, seconds: SECONDS }, (n) => {
    count++
    return next(n)
  })
  print(name, { ...result, cpuMs: (cpuMs(server.pid) - started) / count })
}

function print(name: string, result: LoadResult & { cpuMs: number }): void {
  const parts = [
    ...(Number.isNaN(result.requestsPerSecond) ? [] : [`${result.requestsPerSecond.toFixed(1)} a second`]),
    `median ${result.p50Ms.toFixed(1)} ms, 99th percentile ${result.p99Ms.toFixed(1)} ms`,
    ...(Number.isNaN(result.cpuMs) ? [] : [`${result.cpuMs.toFixed(2)} ms of the processor each`]),
    ...(result.failures > 0 ? [`${result.failures} FAILED`] : []),
  ]
  console.log(`${name.padEnd(52)} ${parts.join('; ')}`)
}

/** All that a process and its threads have used so far. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}
