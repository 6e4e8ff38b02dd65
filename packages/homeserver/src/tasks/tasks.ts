import type { Database, Reads, Transaction } from '@glia/database'
import { type Clock, createRepeating, type Logger, type Random, type Repeating } from '@glia/platform'
import { Seldom, type TellAdmins } from '../admin-stream/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { changeHeld, claimNext, findTask, listTasks, nextDueMs, type Task, type TaskFilter } from './task-store.ts'

export type { Task, TaskFilter } from './task-store.ts'

export type TaskResult = Readonly<Record<string, unknown>>

export interface TaskContext {
  /** Aborted when the server stops or the task was lost: end soon, in the middle if need be; it goes on from its last saved result. */
  readonly signal: AbortSignal
  /**
   * Saves how far the work is: together with the step itself when given that step's transaction, so that no step is done twice.
   * @throws TaskLostError if another process has taken the task over; the step must not happen
   */
  saveProgress(result: TaskResult, tx?: Transaction<HomeserverSchema>): Promise<void>
}

/** Does the work of a task in small steps, going on from `task.result`. @returns the final result */
export type TaskRunner = (task: Task, context: TaskContext) => Promise<TaskResult>

export interface NewTask {
  readonly action: string
  readonly resourceId?: string
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Not before this time (ms). Default: now. */
  readonly dueMs?: number
}

/** Work that goes on after the request that asked for it, and after a crash. */
export interface Tasks {
  /**
   * Names who does the tasks of an action. Before `start`.
   * @param options.waits it mostly waits for other tasks: it does not take the place of one
   */
  register(action: string, runner: TaskRunner, options?: { waits?: boolean }): void
  /** Adds a task; it starts after the commit. @returns its id */
  schedule(tx: Transaction<HomeserverSchema>, task: NewTask): Promise<string>
  find(id: string, reads?: Reads<HomeserverSchema>): Promise<Task | undefined>
  /** In order of their last change. */
  list(filter: TaskFilter, reads?: Reads<HomeserverSchema>): Promise<Task[]>
  /** Waits until a task has ended, whichever process does it. @throws the signal's reason when that aborts first */
  waitUntilEnded(id: string, signal: AbortSignal): Promise<Task>
  /** Begins to do tasks: those left by a process that died first. */
  start(): Promise<void>
  /** Interrupts running tasks; the next start goes on with them. */
  stop(): Promise<void>
}

export interface TasksDeps {
  readonly database: Database<HomeserverSchema>
  readonly signals: SignalBus
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly tellAdmins: TellAdmins
  /** No other process works on the database: what is active at start was left by a crash. */
  readonly isSoleProcess: boolean
}

/** Another process has taken the task over. */
export class TaskLostError extends Error {}

const MAX_RUNNING = 5
/** A process that has not been heard of for this long is taken for dead. */
const LEASE_MS = 15_000
const HEARTBEAT_MS = 5_000
/** Signals may be lost between processes: look again this often. */
const LOOK_EVERY_MS = 5_000
const KEPT_MS = 7 * 24 * 3600_000
const FORGET_EVERY_MS = 3600_000

export function createTasks(deps: TasksDeps): Tasks {
  return new TaskScheduler(deps)
}

class TaskScheduler implements Tasks {
  readonly #deps: TasksDeps
  /** Names this process in leases; every run has a number of its own, so that not even this process can be two holders of one task. */
  readonly #process: string
  #runs = 0
  readonly #runners = new Map<string, TaskRunner>()
  readonly #waiting: string[] = []
  readonly #running = new Map<string, { abort: AbortController; ended: Promise<void>; waits: boolean }>()
  readonly #endListeners = new Map<string, Set<() => void>>()
  readonly #cancellations: (() => void)[] = []
  readonly #progress: Seldom
  readonly #forgetting: Repeating
  #started = false
  #looking: Promise<void> | undefined
  #lookAgain = false
  #cancelLook = () => {}

  constructor(deps: TasksDeps) {
    this.#deps = deps
    this.#process = deps.random.text(16)
    this.#progress = new Seldom(deps.clock)
    this.#forgetting = createRepeating({
      clock: deps.clock,
      everyMs: FORGET_EVERY_MS,
      work: () => this.#forgetOld(),
      onError: (err) => deps.logger.warn({ err }, 'old tasks could not be dropped'),
    })
  }

  register(action: string, runner: TaskRunner, { waits = false } = {}): void {
    this.#runners.set(action, runner)
    if (waits) this.#waiting.push(action)
  }

  async schedule(tx: Transaction<HomeserverSchema>, { action, resourceId, parameters, dueMs }: NewTask): Promise<string> {
    const { clock, random, signals } = this.#deps
    const id = random.text(16, 'letters')
    const nowMs = clock.nowMs()
    await tx.db
      .insertInto('scheduled_tasks')
      .values({
        id,
        action,
        status: 'scheduled',
        timestamp_ms: dueMs ?? nowMs,
        resource_id: resourceId ?? null,
        parameters: JSON.stringify(parameters ?? {}),
        result: null,
        error: null,
        created_at_ms: nowMs,
        lease_owner: null,
        lease_until_ms: null,
      })
      .execute()
    await this.#deps.tellAdmins(tx, 'task', id)
    tx.afterCommit(() => signals.tell('task.added', { taskId: id }))
    return id
  }

  find(id: string, reads = this.#deps.database.read): Promise<Task | undefined> {
    return findTask(reads, id)
  }

  list(filter: TaskFilter, reads = this.#deps.database.read): Promise<Task[]> {
    return listTasks(reads, filter)
  }

  async waitUntilEnded(id: string, signal: AbortSignal): Promise<Task> {
    for (;;) {
      signal.throwIfAborted()
      const woken = this.#nextEnd(id, signal)
      const task = await this.find(id)
      if (!task) throw new Error(`task ${id} does not exist`)
      if (task.status !== 'scheduled' && task.status !== 'active') return task
      await woken
    }
  }

  #nextEnd(id: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const listeners = this.#endListeners.get(id) ?? new Set()
      const wake = () => {
        cancel()
        signal.removeEventListener('abort', wake)
        listeners.delete(wake)
        if (listeners.size === 0) this.#endListeners.delete(id)
        resolve()
      }
      const cancel = this.#deps.clock.after(LOOK_EVERY_MS, wake)
      signal.addEventListener('abort', wake, { once: true })
      listeners.add(wake)
      this.#endListeners.set(id, listeners)
    })
  }

  async start(): Promise<void> {
    const { database, signals, isSoleProcess } = this.#deps
    if (isSoleProcess) await database.transaction((tx) => releaseAll(tx))
    this.#started = true
    this.#cancellations.push(signals.on('task.added', () => this.#look()))
    await this.#forgetOld()
    this.#forgetting.start()
    this.#look()
  }

  async stop(): Promise<void> {
    this.#started = false
    for (const cancel of [...this.#cancellations, this.#cancelLook]) cancel()
    await this.#forgetting.stop()
    await this.#looking
    const running = [...this.#running.values()]
    for (const { abort } of running) abort.abort(new Error('the server is stopping'))
    await Promise.all(running.map(({ ended }) => ended))
  }

  /** Starts what is due and can be started; one look at a time. */
  #look(): void {
    if (!this.#started) return
    this.#lookAgain = true
    this.#looking ??= this.#lookUntilNothing().finally(() => {
      this.#looking = undefined
      if (this.#lookAgain) this.#look()
    })
  }

  get #working(): number {
    return [...this.#running.values()].filter(({ waits }) => !waits).length
  }

  async #lookUntilNothing(): Promise<void> {
    const { clock, database, logger } = this.#deps
    this.#cancelLook()
    let waitMs = LOOK_EVERY_MS
    try {
      while (this.#lookAgain && this.#started) {
        this.#lookAgain = false
        while (this.#started) {
          const owner = `${this.#process} ${++this.#runs}`
          const task = await database.transaction(async (tx) => {
            const claimed = await claimNext(tx, {
              owner,
              nowMs: clock.nowMs(),
              leaseMs: LEASE_MS,
              maxRunning: MAX_RUNNING,
              actions: this.#working < MAX_RUNNING ? [...this.#runners.keys()] : this.#waiting,
              waiting: this.#waiting,
            })
            if (claimed) await this.#deps.tellAdmins(tx, 'task', claimed.id)
            return claimed
          })
          if (!task) break
          this.#run(task, owner)
        }
      }
      const dueMs = await nextDueMs(database.read, clock.nowMs())
      if (dueMs !== undefined) waitMs = Math.min(waitMs, dueMs - clock.nowMs())
    } catch (err) {
      logger.error({ err }, 'looking for tasks failed')
    }
    this.#cancelLook = clock.after(waitMs, () => this.#look())
  }

  #run(task: Task, owner: string): void {
    const abort = new AbortController()
    const key = `${task.id} ${owner}`
    const ended = this.#runToEnd(task, owner, abort).finally(() => {
      this.#running.delete(key)
      for (const wake of this.#endListeners.get(task.id) ?? []) wake()
      this.#look()
    })
    this.#running.set(key, { abort, ended, waits: this.#waiting.includes(task.action) })
  }

  async #runToEnd(task: Task, owner: string, abort: AbortController): Promise<void> {
    const { logger } = this.#deps
    const held = { id: task.id, owner }
    const stopHeartbeat = this.#keepLease(held, abort)
    try {
      const context: TaskContext = {
        signal: abort.signal,
        saveProgress: (result, tx) => this.#change(held, { result: JSON.stringify(result) }, tx),
      }
      const result = await this.#runners.get(task.action)!(task, context)
      await this.#change(held, { ...released, status: 'complete', result: JSON.stringify(result) })
      logger.info({ task: task.id, action: task.action, resource: task.resourceId }, 'task complete')
    } catch (error) {
      await this.#settleFailure(task, held, abort.signal, error)
    } finally {
      stopHeartbeat()
      this.#progress.forget(task.id)
    }
  }

  async #settleFailure(task: Task, held: Held, signal: AbortSignal, error: unknown): Promise<void> {
    const { logger } = this.#deps
    if (error instanceof TaskLostError) return logger.warn({ task: task.id }, 'task was taken over by another process')
    try {
      // interrupted: it stays active, free for whoever starts next
      if (signal.aborted) return await this.#change(held, released)
      logger.error({ task: task.id, action: task.action, resource: task.resourceId, err: error }, 'task failed')
      const message = error instanceof Error ? error.message : String(error)
      await this.#change(held, { ...released, status: 'failed', error: message })
    } catch (err) {
      if (!(err instanceof TaskLostError)) logger.error({ task: task.id, err }, 'the end of a task could not be written')
    }
  }

  /** @throws TaskLostError */
  async #change(held: Held, changes: Parameters<typeof changeHeld>[2], tx?: Transaction<HomeserverSchema>): Promise<void> {
    const change = async (inside: Transaction<HomeserverSchema>) => {
      const isHeld = await changeHeld(inside, held, { timestamp_ms: this.#deps.clock.nowMs(), ...changes })
      if (!isHeld) throw new TaskLostError(`task ${held.id} was taken over by another process`)
      if (changes.status !== undefined || this.#progress.isDue(held.id)) await this.#deps.tellAdmins(inside, 'task', held.id)
    }
    return tx ? change(tx) : this.#deps.database.transaction(change)
  }

  #keepLease(held: Held, abort: AbortController): () => void {
    const { clock, database } = this.#deps
    let stopped = false
    let cancel = () => {}
    const beat = () => {
      cancel = clock.after(HEARTBEAT_MS, () => {
        database
          .transaction((tx) => changeHeld(tx, held, { lease_until_ms: clock.nowMs() + LEASE_MS }))
          .then((isHeld) => {
            if (!isHeld && !stopped) abort.abort(new TaskLostError(`task ${held.id} was taken over by another process`))
          })
          // a beat may fail while the database is away: the lease is longer
          .catch(() => {})
          .finally(() => {
            if (!stopped) beat()
          })
      })
    }
    beat()
    return () => {
      stopped = true
      cancel()
    }
  }

  async #forgetOld(): Promise<void> {
    const { clock, database } = this.#deps
    await database.transaction((tx) =>
      tx.db
        .deleteFrom('scheduled_tasks')
        .where('status', 'in', ['complete', 'failed'])
        .where('timestamp_ms', '<', clock.nowMs() - KEPT_MS)
        .execute(),
    )
  }
}

interface Held {
  readonly id: string
  readonly owner: string
}

const released = { lease_owner: null, lease_until_ms: null }

async function releaseAll(tx: Transaction<HomeserverSchema>): Promise<void> {
  await tx.db.updateTable('scheduled_tasks').set(released).where('status', '=', 'active').execute()
}
