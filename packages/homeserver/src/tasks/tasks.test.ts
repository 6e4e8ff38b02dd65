import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createLogger, systemRandom } from '@glia/platform'
import { FakeClock, onBothDatabases, openTestDatabase, type TestDatabase } from '@glia/testing'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeserverMigrations } from '../../migrations/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { SignalBus } from '../signals.ts'
import { countingTask } from './counting-task.ts'
import { createTasks, type NewTask, type TaskRunner, type Tasks } from './tasks.ts'

const WEEK_MS = 7 * 24 * 3600_000

onBothDatabases('tasks', (dialect) => {
  let place: TestDatabase<HomeserverSchema>
  let clock: FakeClock
  const started: Tasks[] = []

  beforeEach(async () => {
    place = await openTestDatabase<HomeserverSchema>(dialect, homeserverMigrations)
    await place.database.transaction((tx) =>
      sql`CREATE TABLE counted (task TEXT NOT NULL, step INTEGER NOT NULL, PRIMARY KEY (task, step))`.execute(tx.db),
    )
    clock = new FakeClock(Date.now())
  })
  afterEach(async () => {
    for (const tasks of started.splice(0)) await tasks.stop()
    await place.remove()
  })

  /** A process of its own, as far as tasks can tell. */
  function newTasks(runners: Record<string, TaskRunner>, options: { isSoleProcess?: boolean } = {}): Tasks {
    const tasks = createTasks({
      database: place.database,
      signals: new SignalBus(),
      clock,
      random: systemRandom,
      logger: createLogger({ level: 'silent', format: 'text' }),
      tellAdmins: async () => {},
      isSoleProcess: options.isSoleProcess ?? false,
    })
    for (const [action, runner] of Object.entries(runners)) tasks.register(action, runner)
    started.push(tasks)
    return tasks
  }
  const schedule = (tasks: Tasks, task: NewTask) => place.database.transaction((tx) => tasks.schedule(tx, task))
  const ended = (tasks: Tasks, id: string) => tasks.waitUntilEnded(id, new AbortController().signal)
  const count = (afterStep: (step: number) => Promise<void> = async () => {}) =>
    countingTask(afterStep, (work) => place.database.transaction(work))
  const stepsOf = async (id: string) => {
    const { rows } = await sql<{ step: number }>`SELECT step FROM counted WHERE task = ${id} ORDER BY step`.execute(place.database.read)
    return rows.map(({ step }) => step)
  }
  const upTo = (steps: number) => Array.from({ length: steps }, (_, index) => index + 1)

  test('are done after the commit and leave their result', async () => {
    const tasks = newTasks({ count: count() })
    await tasks.start()
    const id = await schedule(tasks, { action: 'count', resourceId: '!room', parameters: { steps: 3 } })
    expect(id).toMatch(/^[A-Za-z]{16}$/)
    expect(await ended(tasks, id)).toMatchObject({
      action: 'count',
      resourceId: '!room',
      status: 'complete',
      result: { counted: 3 },
      error: null,
    })
    expect(await stepsOf(id)).toEqual([1, 2, 3])
  })

  test('that throw are failed, with the reason and what was done so far', async () => {
    const failing = count(async (step) => {
      if (step === 2) throw new Error('no more')
    })
    const tasks = newTasks({ count: failing })
    await tasks.start()
    const id = await schedule(tasks, { action: 'count', parameters: { steps: 9 } })
    expect(await ended(tasks, id)).toMatchObject({ status: 'failed', error: 'no more', result: { counted: 2 } })
  })

  test('run five at a time, over all processes', async () => {
    const gate = Promise.withResolvers<void>()
    let running = 0
    let most = 0
    const fifthStarted = Promise.withResolvers<void>()
    const wait: TaskRunner = async () => {
      most = Math.max(most, ++running)
      if (running === 5) fifthStarted.resolve()
      await gate.promise
      running--
      return {}
    }
    const [one, two] = [newTasks({ wait }), newTasks({ wait })]
    for (let index = 0; index < 8; index++) await schedule(one, { action: 'wait' })
    await one.start()
    await two.start()
    await fifthStarted.promise
    expect(await one.list({ statuses: ['active'] })).toHaveLength(5)
    expect(await one.list({ statuses: ['scheduled'] })).toHaveLength(3)
    gate.resolve()
    await expect.poll(async () => (await one.list({ statuses: ['complete'] })).length, { timeout: 20_000 }).toBe(8)
    expect(most).toBe(5)
  })

  test('wait for their time', async () => {
    const tasks = newTasks({ count: count() })
    await tasks.start()
    const id = await schedule(tasks, { action: 'count', parameters: { steps: 1 }, dueMs: clock.nowMs() + 60_000 })
    await tasks.stop()
    expect((await tasks.find(id))?.status).toBe('scheduled')
    clock.advance(60_000)
    const later = newTasks({ count: count() })
    await later.start()
    expect((await ended(later, id)).status).toBe('complete')
  })

  test('of a server that stops go on with the next one', async () => {
    const reached = Promise.withResolvers<void>()
    const stopping = newTasks({
      count: count(async (step) => {
        if (step === 3) reached.resolve()
        if (step >= 3) await new Promise((resolve) => setImmediate(resolve))
      }),
    })
    await stopping.start()
    const id = await schedule(stopping, { action: 'count', parameters: { steps: 500 } })
    await reached.promise
    await stopping.stop()
    const before = await stepsOf(id)
    expect(before.length).toBeLessThan(500)
    const next = newTasks({ count: count() })
    expect((await next.find(id))?.status).toBe('active')
    await next.start()
    expect(await ended(next, id)).toMatchObject({ status: 'complete' })
    expect(await stepsOf(id)).toEqual(upTo(500))
  })

  test('of a process that was killed go on, every step done once', async () => {
    const tasks = newTasks({ count: count() }, { isSoleProcess: dialect === 'sqlite' })
    const id = await schedule(tasks, { action: 'count', parameters: { steps: 200 } })
    const script = fileURLToPath(new URL('./counting-process.ts', import.meta.url))
    const child = spawn(process.execPath, [script, JSON.stringify(place.options)], { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const chunk of child.stdout) if (/^20$/m.test(String(chunk))) break
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const done = await stepsOf(id)
    expect(done.length).toBeGreaterThanOrEqual(20)
    expect(done.length).toBeLessThan(200)
    // its lease runs out; on SQLite nobody else can hold one
    if (dialect === 'postgres') clock.advance(30_000)
    await tasks.start()
    expect(await ended(tasks, id)).toMatchObject({ status: 'complete', result: { counted: 200 } })
    expect(await stepsOf(id)).toEqual(upTo(200))
  })

  test('are not taken from a process that is alive, and are taken from one that is silent', async () => {
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const slowEnded = Promise.withResolvers<void>()
    const counting = count(async (step) => {
      if (step === 2) reached.resolve()
      if (step === 2) await gate.promise
    })
    const slow = newTasks({ count: (task, context) => counting(task, context).finally(slowEnded.resolve) })
    await slow.start()
    const id = await schedule(slow, { action: 'count', parameters: { steps: 4 } })
    await reached.promise
    const other = newTasks({ count: count() })
    await other.start()
    expect(await stepsOf(id)).toEqual([1, 2])
    await other.stop()
    // silent: the lease is over before the next heartbeat is written
    await place.database.transaction((tx) =>
      tx.db
        .updateTable('scheduled_tasks')
        .set({ lease_until_ms: clock.nowMs() - 1 })
        .execute(),
    )
    const thirdGate = Promise.withResolvers<void>()
    const thirdReached = Promise.withResolvers<void>()
    const third = newTasks({
      count: count(async (step) => {
        if (step === 3) thirdReached.resolve()
        if (step === 3) await thirdGate.promise
      }),
    })
    await third.start()
    await thirdReached.promise
    gate.resolve()
    await slowEnded.promise
    await new Promise((resolve) => setImmediate(resolve))
    await slow.stop()
    thirdGate.resolve()
    expect(await ended(third, id)).toMatchObject({ status: 'complete', error: null })
    expect(await stepsOf(id)).toEqual([1, 2, 3, 4])
  })

  test('that ended are dropped after seven days', async () => {
    const first = newTasks({ count: count() })
    await first.start()
    const id = await schedule(first, { action: 'count', parameters: { steps: 1 } })
    await ended(first, id)
    await first.stop()
    clock.advance(WEEK_MS)
    await newTasks({}).start()
    expect(await first.find(id)).toBeDefined()
    clock.advance(1000)
    await newTasks({}).start()
    expect(await first.find(id)).toBeUndefined()
  })

  test('are listed by what is asked for, oldest change first', async () => {
    const tasks = newTasks({})
    const ids: string[] = []
    for (const [action, resourceId] of [
      ['a', 'x'],
      ['b', 'x'],
      ['a', 'y'],
    ] as const) {
      ids.push(await schedule(tasks, { action, resourceId }))
      clock.advance(10)
    }
    const idsOf = async (filter: Parameters<Tasks['list']>[0]) => (await tasks.list(filter)).map(({ id }) => ids.indexOf(id))
    expect(await idsOf({})).toEqual([0, 1, 2])
    expect(await idsOf({ actions: ['a'] })).toEqual([0, 2])
    expect(await idsOf({ resourceId: 'x', statuses: ['scheduled'] })).toEqual([0, 1])
    expect(await idsOf({ statuses: ['active'] })).toEqual([])
    expect(await idsOf({ maxTimestampMs: clock.nowMs() - 20 })).toEqual([0, 1])
  })
})
