import { idlePolls } from './idle-polls.ts'
import { load } from './load.ts'
import { inParallel, quantile, type Target } from './target.ts'

export interface Shape {
  readonly seconds: number
  readonly connections: number
  readonly polls: number
  readonly rooms: number
  readonly members: number
}

export interface Figure {
  readonly name: string
  readonly unit: '/s' | 'ms' | 'MiB'
  readonly value: number
}

export interface Scenario {
  readonly name: string
  readonly title: (shape: Shape) => string
  run(target: Target, shape: Shape): Promise<Figure[]>
}

const MESSAGE = { msgtype: 'm.text', body: 'a message of the benchmark, as long as messages are' }
const ROUNDS = 200

export const scenarios: readonly Scenario[] = [
  {
    name: 'admin-user',
    title: () => 'GET /_synapse/admin/v2/users/{id}',
    run: (target, shape) => reads(target, shape, (userId) => `/_synapse/admin/v2/users/${userId}`),
  },
  {
    name: 'admin-users',
    title: () => 'GET /_synapse/admin/v2/users?limit=100',
    run: (target, shape) => reads(target, shape, () => '/_synapse/admin/v2/users?limit=100'),
  },
  {
    name: 'admin-rooms',
    title: () => 'GET /_synapse/admin/v1/rooms',
    run: (target, shape) => reads(target, shape, () => '/_synapse/admin/v1/rooms'),
  },
  {
    name: 'one-room',
    title: ({ connections }) => `messages in one room, ${connections} at a time`,
    run: (target, shape) => sends(target, shape, 1),
  },
  {
    name: 'many-rooms',
    title: ({ connections }) => `messages in 100 rooms, ${connections} at a time`,
    run: (target, shape) => sends(target, shape, 100),
  },
  { name: 'latency', title: ({ polls }) => `send → /sync of another, beside ${polls} idle long polls`, run: latency },
  { name: 'initial-sync', title: ({ rooms }) => `initial sync of a user in ${rooms} rooms`, run: initialSync },
  { name: 'large-join', title: ({ members }) => `join of a room with ${members} members`, run: largeJoin },
]

async function reads(target: Target, shape: Shape, path: (userId: string) => string): Promise<Figure[]> {
  const users = await target.users(101)
  const [admin] = users
  const result = await load(target.url, shape, () => ({ method: 'GET', path: path(users[100]!.userId), token: admin!.accessToken }))
  return ratesOf(target, result)
}

async function sends(target: Target, shape: Shape, count: number): Promise<Figure[]> {
  const [user] = await target.users(1)
  const rooms: string[] = []
  await inParallel(count, async (n) => {
    rooms[n] = encodeURIComponent(await target.createRoom(user!))
  })
  const run = Date.now()
  const result = await load(target.url, shape, (number) => ({
    method: 'PUT',
    path: `/_matrix/client/v3/rooms/${rooms[number % count]}/send/m.room.message/${run}-${number}`,
    body: MESSAGE,
    token: user!.accessToken,
  }))
  return ratesOf(target, result)
}

function ratesOf(target: Target, { requestsPerSecond, p50Ms, p99Ms, failures }: Awaited<ReturnType<typeof load>>): Figure[] {
  if (failures > 0) throw new Error(`${target.name}: ${failures} requests failed`)
  return [
    { name: 'rate', unit: '/s', value: requestsPerSecond },
    { name: 'p50', unit: 'ms', value: p50Ms },
    { name: 'p99', unit: 'ms', value: p99Ms },
  ]
}

/** The time from sending a message to its coming out of another user's waiting /sync. */
async function latency(target: Target, shape: Shape): Promise<Figure[]> {
  const [admin, sender, receiver, ...idle] = await target.users(shape.polls + 3)
  const idleMemory = target.memory()
  await target.createRoom(admin!, idle)
  const roomId = await target.createRoom(sender!, [receiver!])
  const polls = await idlePolls(target, idle)
  const times: number[] = []
  try {
    let since: string = (await target.call(receiver!, 'GET', '/sync')).next_batch
    for (let n = -20; n < ROUNDS; n++) {
      const { promise: received, resolve } = Promise.withResolvers<string>()
      const polling = target.call(receiver!, 'GET', `/sync?since=${since}&timeout=30000`).then((answer) => {
        const at = performance.now()
        since = answer.next_batch
        resolve(answer.rooms?.join?.[roomId]?.timeline.events.at(-1)?.event_id)
        return at
      })
      // long enough for the poll to wait already
      await polls.breath()
      const sentAt = performance.now()
      const sent = await target.call(sender!, 'PUT', `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/l${sentAt}`, MESSAGE)
      if ((await received) !== sent.event_id) throw new Error(`${target.name}: the poll was answered without the message`)
      if (n >= 0) times.push((await polling) - sentAt)
    }
    return [
      { name: 'p50', unit: 'ms', value: quantile(times, 0.5) },
      { name: 'p99', unit: 'ms', value: quantile(times, 0.99) },
      { name: 'memory before', unit: 'MiB', value: idleMemory },
      { name: 'memory with the polls', unit: 'MiB', value: target.memory() },
    ]
  } finally {
    await polls.end()
  }
}

async function initialSync(target: Target, { rooms }: Shape): Promise<Figure[]> {
  const [admin, user] = await target.users(2)
  await inParallel(rooms, async () => {
    const roomId = await target.createRoom(admin!, [user!])
    await target.call(admin!, 'PUT', `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/first`, MESSAGE)
  })
  const times: number[] = []
  for (let n = 0; n < 5; n++) {
    // filters that differ, so that no cache of whole answers helps
    const filter = { room: { state: { lazy_load_members: true }, timeline: { limit: 10 + n } } }
    const startedAt = performance.now()
    await target.call(user!, 'GET', `/sync?filter=${encodeURIComponent(JSON.stringify(filter))}`)
    times.push(performance.now() - startedAt)
  }
  return [
    { name: 'first', unit: 'ms', value: times[0]! },
    { name: 'median of 5', unit: 'ms', value: quantile(times, 0.5) },
  ]
}

async function largeJoin(target: Target, { members }: Shape): Promise<Figure[]> {
  const joiners = 10
  const [creator, ...others] = await target.users(members + joiners)
  const roomId = await target.createRoom(creator!, others.slice(0, members - 1))
  const joins: number[] = []
  const syncs: number[] = []
  for (const user of others.slice(members - 1)) {
    const filter = encodeURIComponent(JSON.stringify({ room: { state: { lazy_load_members: true } } }))
    const { next_batch: since } = await target.call(user, 'GET', `/sync?filter=${filter}`)
    const startedAt = performance.now()
    await target.join(user, roomId)
    const joinedAt = performance.now()
    await target.call(user, 'GET', `/sync?filter=${filter}&since=${since}`)
    joins.push(joinedAt - startedAt)
    syncs.push(performance.now() - joinedAt)
  }
  return [
    { name: 'join', unit: 'ms', value: quantile(joins, 0.5) },
    { name: 'the /sync after it', unit: 'ms', value: quantile(syncs, 0.5) },
  ]
}
