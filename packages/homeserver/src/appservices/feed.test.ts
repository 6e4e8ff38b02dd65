import {
  type Clock,
  type Logger,
  type OutboundAnswer,
  OutboundError,
  type OutboundRequest,
  Secret,
  silentLogger,
  systemRandom,
} from '@glia/platform'
import { type Appservice, compileNamespace, type RoomId, type UserId } from '@glia/protocol'
import { onBothDatabases } from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRoomsFixture, requesterOf } from '../membership/rooms-fixture.ts'
import { SignalBus } from '../signals.ts'
import { alice } from '../timeline/timeline-fixture.ts'
import { TypingUsers } from '../typing/index.ts'
import { type Appservices, createAppservices } from './appservices.ts'

const bridge: Appservice = {
  id: 'bridge',
  url: 'http://bridge.test',
  sender: '@bridge:glia.test' as UserId,
  namespaces: { users: [], aliases: [], rooms: [compileNamespace('!.*', false)] },
  isRateLimited: false,
  protocols: [],
  receivesEphemeral: false,
  receivesKeyCounts: false,
  managesDevices: false,
}

interface Sent {
  readonly id: number
  readonly texts: string[]
  readonly atMs: number
  readonly process: string
}

onBothDatabases('the feed of an application service', (dialect) => {
  let fixture: Awaited<ReturnType<typeof openRoomsFixture>>
  let roomId: RoomId
  let sent: Sent[]
  let answer: (sent: Sent) => number | 'hang' | 'unreachable'
  const started = new Set<Appservices>()
  let announcedWaitsMs: number[]
  const logger: Logger = Object.assign(Object.create(silentLogger), {
    warn: ({ retryInMs }: { retryInMs: number }) => announcedWaitsMs.push(retryInMs),
  })
  const listeners = new Set<() => void>()

  beforeEach(async () => {
    fixture = await openRoomsFixture(dialect)
    roomId = await fixture.createRoom()
    sent = []
    announcedWaitsMs = []
    answer = () => 200
  })
  afterEach(async () => {
    for (const one of started) await one.stop()
    started.clear()
    await fixture.remove()
  })

  /** A process of its own, as far as feeds can tell: it hears only what it is told, and what it finds itself. */
  async function startProcess(name: string, { isSoleProcess = true } = {}) {
    const signals = new SignalBus()
    const { database: shared, clock: wall } = fixture
    let isDead = false
    const orNever = <T>(work: () => Promise<T>): Promise<T> => (isDead ? new Promise<T>(() => {}) : work())
    const database: typeof shared = Object.assign(Object.create(shared), {
      transaction: ((work) => orNever(() => shared.transaction(work))) as typeof shared.transaction,
    })
    const clock: Clock = { nowMs: () => wall.nowMs(), after: (ms, work) => wall.after(ms, () => isDead || work()) }
    const request = async ({ url, body, signal }: OutboundRequest): Promise<OutboundAnswer> => {
      const { events } = JSON.parse(String(body)) as { events: { type: string; content: { body: string } }[] }
      const texts = events.filter(({ type }) => type === 'm.room.message').map(({ content }) => content.body)
      const one = { id: Number(String(url).split('/').at(-1)), texts, atMs: wall.nowMs(), process: name }
      sent.push(one)
      const status = answer(one)
      for (const look of listeners) look()
      if (status === 'unreachable') throw new OutboundError('unreachable', 'bridge.test', 'is away')
      if (status === 'hang') {
        await new Promise((resolve) => signal!.addEventListener('abort', resolve))
        throw new OutboundError('aborted', 'bridge.test', 'called off')
      }
      return { status, body: Buffer.from('{}'), json: () => ({}) } as unknown as OutboundAnswer
    }
    const appservices = createAppservices(
      {
        ...{ database, signals, clock, random: systemRandom, logger, isSoleProcess },
        outbound: { request: (asked) => orNever(() => request(asked)), async close() {} },
        typing: () => new TypingUsers({ clock, signals }),
      },
      [{ service: bridge, hsToken: new Secret('token') }],
    )
    await appservices.start()
    started.add(appservices)
    return {
      wake: () => signals.tell('room.changed', { roomId, position: 0 }),
      async stop() {
        started.delete(appservices)
        await appservices.stop()
      },
      /** As with kill -9: nothing is put in order, and nothing goes on. */
      kill() {
        isDead = true
        started.delete(appservices)
      },
    }
  }
  const until = (isThere: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isThere()) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
    })
  let said = 0
  const say = (body: string) =>
    fixture.sending.sendMessage(requesterOf(alice), {
      ...{ roomId, type: 'm.room.message', transactionId: String(said++) },
      content: { msgtype: 'm.text', body },
    })
  /** Moves the clock, by little steps, until something was sent. */
  async function advanceUntil(isThere: () => boolean, stepMs: number) {
    while (!isThere()) {
      fixture.clock.advance(stepMs)
      await fixture.database.read.selectFrom('appservice_feeds').selectAll().execute()
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  test('tries again after 2, 4, 8 … 512 seconds, with the same transaction', async () => {
    const { wake } = await startProcess('one')
    let refusals = 11
    answer = () => (refusals-- > 0 ? (refusals % 2 === 0 ? 'unreachable' : 503) : 200)
    await say('x')
    wake()
    await until(() => sent.length === 1)
    await advanceUntil(() => sent.length === 12, 500)
    expect(new Set(sent.map(({ id, texts }) => `${id} ${texts}`))).toEqual(new Set(['1 x']))
    const waits = [2, 4, 8, 16, 32, 64, 128, 256, 512, 512, 512].map((seconds) => seconds * 1000)
    expect(announcedWaitsMs).toEqual(waits)
    for (const [index, waitMs] of waits.entries()) expect(sent[index + 1]!.atMs - sent[index]!.atMs).toBeGreaterThanOrEqual(waitMs)
  })

  test('after kill -9 the next process sends the same transaction again, then what came after it', async () => {
    const one = await startProcess('one')
    answer = () => 'hang'
    await say('x')
    one.wake()
    await until(() => sent.length === 1)
    one.kill()
    await say('y')
    answer = () => 200
    await startProcess('two')
    await until(() => sent.length === 3)
    expect(sent.map(({ id, texts, process }) => `${process} ${id} ${texts}`)).toEqual(['one 1 x', 'two 1 x', 'two 2 y'])
  })

  test('of several processes one serves it, whichever wrote the events; another takes over when its lease has run out', async () => {
    const one = await startProcess('one', { isSoleProcess: false })
    await say('x')
    one.wake()
    await until(() => sent.length === 1)
    const two = await startProcess('two', { isSoleProcess: false })
    await say('y')
    two.wake()
    await advanceUntil(() => sent.length === 2, 500)
    const killedAtMs = fixture.clock.nowMs()
    one.kill()
    await say('z')
    two.wake()
    await advanceUntil(() => sent.length === 3, 500)
    expect(sent.map(({ id, texts, process }) => `${process} ${id} ${texts}`)).toEqual(['one 1 x', 'one 2 y', 'two 3 z'])
    expect(sent[2]!.atMs - killedAtMs).toBeGreaterThan(15_000)
  })

  test('a process that stops in order leaves it to the next at once', async () => {
    const one = await startProcess('one', { isSoleProcess: false })
    answer = () => 'hang'
    await say('x')
    one.wake()
    await until(() => sent.length === 1)
    await one.stop()
    answer = () => 200
    await startProcess('two', { isSoleProcess: false })
    await until(() => sent.length === 2)
    expect(sent.map(({ id, texts, process }) => `${process} ${id} ${texts}`)).toEqual(['one 1 x', 'two 1 x'])
  })
})
