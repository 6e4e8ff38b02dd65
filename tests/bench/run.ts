/**
 * Prints figures; asserts nothing. Without options it starts a Glia of its own; with --synapse URL --synapse-secret SECRET the same
 * requests go to that server too, in turn, and the ratio is printed.
 *
 *   npm run bench -- [--seconds 5] [--connections 16] [--synapse http://127.0.0.1:8008 --synapse-secret SECRET]
 */
import { readFileSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { newDataDir, type ServerProcess, spawnServer } from '../support/spawn-server.ts'
import { callApi, registerBySharedSecret, sharedSecretOf, type TestUser } from '../support/start-server.ts'
import { type LoadRequest, type LoadResult, load } from './load.ts'

interface Target {
  readonly name: string
  readonly url: string
  readonly admin: TestUser
  readonly userId: string
  readonly roomId: string
}

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
    synapse: { type: 'string' },
    'synapse-secret': { type: 'string' },
  },
})
const shape = { seconds: Number(options.seconds), connections: Number(options.connections) }

const dataDir = newDataDir()
const server = await spawnServer({ dataDir })
try {
  console.log(`start of the process to listening, empty database: ${Math.round(server.startMs)} ms`)
  console.log(`memory when idle: ${residentMiB(server)} MiB`)
  const targets = [await prepare('glia', server.url, sharedSecretOf(dataDir))]
  if (options.synapse) targets.push(await prepare('synapse', options.synapse.replace(/\/$/, ''), options['synapse-secret'] ?? ''))
  console.log(`${shape.connections} connections, ${shape.seconds} s each\n`)
  await measure('GET /_synapse/admin/v2/users/{id}', targets, (target) => () => ({
    method: 'GET',
    path: `/_synapse/admin/v2/users/${target.userId}`,
    token: target.admin.accessToken,
  }))
  await measure('GET /_synapse/admin/v2/users?limit=100', targets, (target) => () => ({
    method: 'GET',
    path: '/_synapse/admin/v2/users?limit=100',
    token: target.admin.accessToken,
  }))
  await measure('GET /_synapse/admin/v1/rooms', targets, (target) => () => ({
    method: 'GET',
    path: '/_synapse/admin/v1/rooms',
    token: target.admin.accessToken,
  }))
  await measure('GET /_matrix/client/versions', targets, () => () => ({ method: 'GET', path: '/_matrix/client/versions' }))
  await measure('PUT send m.room.message, one room', targets, (target) => (number) => ({
    method: 'PUT',
    path: `/_matrix/client/v3/rooms/${encodeURIComponent(target.roomId)}/send/m.room.message/${Date.now()}-${number}`,
    body: { msgtype: 'm.text', body: `message ${number}` },
    token: target.admin.accessToken,
  }))
  console.log(`memory after the load: ${residentMiB(server)} MiB`)
} finally {
  await server.end('SIGTERM')
  rmSync(dataDir, { recursive: true, force: true })
}

async function prepare(name: string, url: string, secret: string): Promise<Target> {
  const api = (method: string, path: string, request = {}) => callApi(url + path, method, request)
  const suffix = Date.now().toString(36)
  const admin = await registerBySharedSecret({ api }, secret, { localpart: `bench-${suffix}`, password: 'bench password', admin: true })
  let userId = admin.userId
  for (let i = 0; i < 100; i++) {
    const user = await registerBySharedSecret({ api }, secret, {
      localpart: `user-${suffix}-${i}`,
      password: 'bench password',
      admin: false,
    })
    userId = user.userId
  }
  const room = await api('POST', '/_matrix/client/v3/createRoom', { token: admin.accessToken, body: { preset: 'public_chat' } })
  return { name, url, admin, userId, roomId: room.body.room_id }
}

async function measure(title: string, targets: Target[], requests: (target: Target) => (number: number) => LoadRequest): Promise<void> {
  console.log(title)
  const results: LoadResult[] = []
  for (const target of targets) {
    const result = await load(target.url, shape, requests(target))
    results.push(result)
    const failures = result.failures > 0 ? `, ${result.failures} FAILED` : ''
    console.log(
      `  ${target.name.padEnd(8)} ${Math.round(result.requestsPerSecond)}/s, p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms${failures}`,
    )
  }
  const [ours, theirs] = results
  if (ours && theirs) console.log(`  ratio    ${(ours.requestsPerSecond / theirs.requestsPerSecond).toFixed(1)}`)
}

function residentMiB({ pid }: ServerProcess): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(found?.[1]) / 1024)
}
