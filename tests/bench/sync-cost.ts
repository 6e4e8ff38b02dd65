/**
 * What an answer to `/sync` costs, in statements and in time of the processor, apart from HTTP. Prints, asserts nothing.
 *
 *   node tests/bench/sync-cost.ts [--rooms 50] [--rounds 300] [--database sqlite|postgres] [--statements]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Database, type DatabaseOptions, migrate, openDatabase } from '@glia/database'
import { systemClock } from '@glia/platform'
import {
  type DeviceId,
  type JsonObject,
  makeSigningKey,
  parseFilter,
  type RoomId,
  roomVersion,
  type ServerName,
  type UserId,
} from '@glia/protocol'
import { homeserverMigrations } from '../../packages/homeserver/migrations/index.ts'
import { RecentChanges } from '../../packages/homeserver/src/changes/index.ts'
import { StateViews } from '../../packages/homeserver/src/history/index.ts'
import type { HomeserverSchema } from '../../packages/homeserver/src/schema.ts'
import { SignalBus } from '../../packages/homeserver/src/signals.ts'
import { createSync } from '../../packages/homeserver/src/sync/index.ts'
import { parseSyncToken } from '../../packages/homeserver/src/sync/tokens.ts'
import { createTimeline } from '../../packages/homeserver/src/timeline/index.ts'
import { TypingUsers } from '../../packages/homeserver/src/typing/index.ts'
import { startPostgresServer } from '../../packages/testing/src/postgres-server.ts'

const { values: options } = parseArgs({
  options: {
    rooms: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '300' },
    database: { type: 'string', default: 'sqlite' },
    statements: { type: 'boolean', default: false },
  },
})
const ROOMS = Number(options.rooms)
const ROUNDS = Number(options.rounds)

const place = await openPlace()
const database = await openDatabase<HomeserverSchema>(place.options, () => {})
await migrate(database, homeserverMigrations)
const statements = countStatements(database)
const clock = systemClock
const signals = new SignalBus()
const typing = new TypingUsers({ clock, signals })
const timeline = createTimeline({
  database,
  serverName: 'bench' as ServerName,
  signingKey: makeSigningKey('a_bench', new Uint8Array(32).fill(7)),
  clock,
  signals,
})
const changes = new RecentChanges({ database, signals })
const sync = createSync({ database, clock, signals, changes, typing, views: new StateViews() })
const alice = '@alice:bench' as UserId
const bob = '@bob:bench' as UserId
const rooms: RoomId[] = []
for (let n = 0; n < ROOMS; n++) rooms.push(await createRoom(n))

let since = (await look(undefined)).next_batch as string
await measure('nothing new', async () => {})
await measure('one message in one room', async (n) => {
  await append(rooms[n % ROOMS]!, alice, 'm.room.message', { msgtype: 'm.text', body: `message ${n}` })
})
await measure('something in a room of others', async (n) => {
  if (n === 0) rooms.push(await createRoom(ROOMS, []))
  await append(rooms[ROOMS]!, alice, 'm.room.message', { msgtype: 'm.text', body: `message ${n}` })
})
sync.stop()
await database.close()
await place.remove()

async function measure(name: string, change: (round: number) => Promise<void>): Promise<void> {
  let cpuMs = 0
  let count = 0
  for (let n = -20; n < ROUNDS; n++) {
    await change(n + 20)
    const before = process.cpuUsage()
    statements.length = 0
    since = (await look(since)).next_batch as string
    if (n < 0) continue
    const { user, system } = process.cpuUsage(before)
    cpuMs += (user + system) / 1000
    count += statements.length
  }
  console.log(`${name.padEnd(32)} ${(count / ROUNDS).toFixed(1)} statements, ${(cpuMs / ROUNDS).toFixed(3)} ms`)
  if (options.statements) for (const sql of statements) console.log(`    ${sql.replace(/\s+/g, ' ').slice(0, 200)}`)
}

function look(from: string | undefined): Promise<JsonObject> {
  const request = {
    userId: bob,
    deviceId: 'DEVICE' as DeviceId,
    sessionId: 'session',
    filter: parseFilter({ room: { state: { lazy_load_members: true } } }),
    since: from === undefined ? undefined : parseSyncToken(from),
    fullState: false,
    stateAfterKey: undefined,
  }
  return sync.answer(request, { timeoutMs: 0, gone: new AbortController().signal })
}

function append(roomId: RoomId, sender: UserId, type: string, content: JsonObject, stateKey?: string) {
  return timeline.transaction(roomId, (tx) =>
    timeline.append(tx, { roomId, sender, type, content, ...(stateKey === undefined ? {} : { stateKey }) }),
  )
}

async function createRoom(number: number, members: readonly UserId[] = [bob]): Promise<RoomId> {
  const roomId = `!room${number}:bench` as RoomId
  await database.transaction((tx) =>
    timeline.create(tx, { version: roomVersion('11')!, roomId }, async (room) => {
      await room.append({ type: 'm.room.create', sender: alice, stateKey: '', content: { room_version: '11' } })
      await room.append({ type: 'm.room.member', sender: alice, stateKey: alice, content: { membership: 'join' } })
      await room.append({ type: 'm.room.join_rules', sender: alice, stateKey: '', content: { join_rule: 'public' } })
      for (const userId of members)
        await room.append({ type: 'm.room.member', sender: userId, stateKey: userId, content: { membership: 'join' } })
    }),
  )
  return roomId
}

/** Notes every statement that reads outside of transactions. */
function countStatements(of: Database<HomeserverSchema>): string[] {
  const noted: string[] = []
  const executor = of.read.getExecutor()
  const execute = executor.executeQuery.bind(executor)
  executor.executeQuery = ((query: { sql: string }, ...rest: []) => {
    noted.push(query.sql)
    return execute(query as never, ...rest)
  }) as never
  return noted
}

async function openPlace(): Promise<{ options: DatabaseOptions; remove(): Promise<void> }> {
  if (options.database === 'postgres') {
    const server = await startPostgresServer()
    return { options: { kind: 'postgres', connection: server.url, maxConnections: 6 }, remove: () => server.stop() }
  }
  const folder = mkdtempSync(join(tmpdir(), 'glia-bench-'))
  return {
    options: { kind: 'sqlite', file: join(folder, 'bench.db') },
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  }
}
