import { setTimeout } from 'node:timers/promises'
import { emptyDatabase, onBothDatabases, seededRandom } from '@glia/testing'
import { expect, test } from 'vitest'
import { effort, patienceMs, seedOf } from '../support/property.ts'
import { newDataDir, spawnServer } from '../support/spawn-server.ts'
import { callApi, registerBySharedSecret, sharedSecretOf, type TestUser } from '../support/start-server.ts'

const ROOMS = 3
const WRITERS = 4
const READERS = 4
const KILLS = 2 * effort
const MESSAGES_BETWEEN = 25

/** What a reader was told of each room, in order. */
type Told = Map<string, string[]>

onBothDatabases('sync of a server that is killed again and again', (dialect) => {
  test('every reader is told every event once and in order, everything acknowledged is there', { timeout: patienceMs * 2 }, async () => {
    const random = seededRandom(seedOf(`sync over restarts ${dialect}`))
    const place = dialect === 'postgres' ? await emptyDatabase('postgres') : undefined
    const env: Record<string, string> = place?.options.kind === 'postgres' ? { GLIA_DATABASE_URL: String(place.options.connection) } : {}
    const dataDir = newDataDir()
    let server = await spawnServer({ dataDir, env })
    const port = Number(new URL(server.url).port)
    const url = server.url

    /** Until an answer comes: the server may be dead at any time. */
    // biome-ignore lint/suspicious/noExplicitAny: answers have every shape
    const insist = async (user: TestUser, method: string, path: string, body?: unknown): Promise<any> => {
      for (;;) {
        try {
          const answer = await callApi(`${url}/_matrix/client/v3${path}`, method, { token: user.accessToken, body })
          if (answer.status === 200) return answer.body
          // a server that is about to end, or has just come up, may say so
          if (answer.status < 500) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
        } catch (error) {
          if (!(error instanceof TypeError)) throw error
        }
        await setTimeout(20)
      }
    }
    const api = (method: string, path: string, request = {}) => callApi(url + path, method, request)
    const register = (localpart: string) =>
      registerBySharedSecret({ api }, sharedSecretOf(dataDir), { localpart, password: 'password', admin: false })
    const writers = await Promise.all(Array.from({ length: WRITERS }, (_, n) => register(`writer${n}`)))
    const readers = await Promise.all(Array.from({ length: READERS }, (_, n) => register(`reader${n}`)))
    const rooms: string[] = []
    for (let n = 0; n < ROOMS; n++) {
      const { room_id: roomId } = await insist(writers[0]!, 'POST', '/createRoom', { preset: 'public_chat' })
      rooms.push(roomId)
      for (const user of [...writers.slice(1), ...readers]) await insist(user, 'POST', `/join/${encodeURIComponent(roomId)}`, {})
    }

    const acknowledged = new Map<string, string[]>(rooms.map((roomId) => [roomId, []]))
    let sent = 0
    let isWriting = true
    let isOver = false
    const write = async (user: TestUser, name: number) => {
      for (let n = 0; isWriting; n++) {
        const roomId = rooms[random.integer(ROOMS)]!
        const path = `/rooms/${encodeURIComponent(roomId)}`
        if (random.integer(8) === 0) {
          const answer = await insist(user, 'PUT', `${path}/typing/${encodeURIComponent(user.userId)}`, { typing: true, timeout: 1000 })
          expect(answer).toEqual({})
        }
        const body = { msgtype: 'm.text', body: `${name}-${n}` }
        const send = () => insist(user, 'PUT', `${path}/send/m.room.message/t${n}`, body)
        const { event_id: eventId } = await send()
        // the answer is lost on the way: asked again, and not sent twice
        if (random.integer(6) === 0) expect((await send()).event_id).toBe(eventId)
        acknowledged.get(roomId)!.push(eventId)
        sent++
        if (random.integer(6) === 0) await insist(user, 'POST', `${path}/receipt/m.read/${encodeURIComponent(eventId)}`, {})
      }
    }
    const read = async (user: TestUser): Promise<Told> => {
      const told: Told = new Map(rooms.map((roomId) => [roomId, []]))
      const filter = encodeURIComponent(JSON.stringify({ room: { timeline: { limit: 1 + random.integer(8) } } }))
      let since = ''
      for (;;) {
        const isLast = isOver
        const answer = await insist(user, 'GET', `/sync?filter=${filter}&timeout=${isLast ? 0 : 200}${since && `&since=${since}`}`)
        // the answer is lost on the way: asked again with the same token
        if (!isLast && random.integer(6) === 0) continue
        for (const [roomId, { timeline }] of Object.entries<{ timeline: Timeline }>(answer.rooms?.join ?? {})) {
          const ids = timeline.events.map(({ event_id }) => event_id)
          const missing = timeline.limited ? await fillGap(user, roomId, timeline.prev_batch, since) : []
          told.get(roomId)!.push(...missing, ...ids)
        }
        since = answer.next_batch
        if (isLast) return told
      }
    }
    const fillGap = async (user: TestUser, roomId: string, from: string, to: string): Promise<string[]> => {
      const ids: string[] = []
      for (let at: string | undefined = from; at !== undefined; ) {
        const until = to && `&to=${to}`
        const page = await insist(
          user,
          'GET',
          `/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=100${at && `&from=${at}`}${until}`,
        )
        ids.push(...page.chunk.map(({ event_id }: { event_id: string }) => event_id))
        at = page.chunk.length > 0 ? page.end : undefined
      }
      return ids.toReversed()
    }

    const bodiesOf = async (user: TestUser, roomId: string): Promise<string[]> => {
      const filter = encodeURIComponent(JSON.stringify({ types: ['m.room.message'] }))
      const page = await insist(user, 'GET', `/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=1000&filter=${filter}`)
      return page.chunk.map(({ content }: { content: { body: string } }) => content.body)
    }

    const writing = Promise.all(writers.map(write))
    const reading = Promise.all(readers.map(read))
    const kill = async () => {
      for (let n = 0; n < KILLS; n++) {
        const until = sent + MESSAGES_BETWEEN + random.integer(MESSAGES_BETWEEN)
        while (sent < until) await setTimeout(5)
        await server.end('SIGKILL')
        server = await spawnServer({ dataDir, env, port })
      }
      const until = sent + MESSAGES_BETWEEN
      while (sent < until) await setTimeout(5)
      isWriting = false
    }
    await Promise.all([kill(), writing])
    isOver = true
    const pictures = await reading

    for (const roomId of rooms) {
      const [first, ...others] = pictures.map((told) => told.get(roomId)!)
      expect(new Set(first).size, 'told twice').toBe(first!.length)
      for (const other of others) expect(other).toEqual(first)
      const told = new Set(first)
      expect(acknowledged.get(roomId)!.filter((eventId) => !told.has(eventId))).toEqual([])
      expect(first).toEqual(await fillGap(readers[0]!, roomId, '', ''))
      const bodies = await bodiesOf(readers[0]!, roomId)
      expect(new Set(bodies).size, 'sent twice').toBe(bodies.length)
    }
    await server.end('SIGTERM')
    await place?.remove()
  })
})

interface Timeline {
  events: { event_id: string }[]
  limited: boolean
  prev_batch: string
}
