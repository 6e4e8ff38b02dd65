import type { Database, Transaction } from '@glia/database'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { RoomWriter } from './room-writer.ts'

type Work<T> = (tx: Transaction<HomeserverSchema>) => Promise<T>
type RoomWork<T> = (room: RoomWriter, tx: Transaction<HomeserverSchema>) => Promise<T>
/** Opens the room for writing, lets `work` write, and writes what is pending at its end. */
type EditRoom = <T>(tx: Transaction<HomeserverSchema>, roomId: string, work: (room: RoomWriter) => Promise<T>) => Promise<T>

interface Settling {
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

type Job = Settling &
  ({ readonly kind: 'alone'; readonly work: Work<unknown> } | { readonly kind: 'shared'; readonly work: RoomWork<unknown> })

type Outcome = { result: unknown } | { error: unknown }

const MAX_BATCH = 32

/**
 * Runs work on one room in order of arrival. What waits while a transaction of the room is under way shares the next one: one commit for
 * many writers, and a busy room holds one connection, not all of them.
 */
export class RoomQueue {
  readonly #database: Database<HomeserverSchema>
  readonly #edit: EditRoom
  readonly #waiting = new Map<string, Job[]>()

  constructor(database: Database<HomeserverSchema>, edit: EditRoom) {
    this.#database = database
    this.#edit = edit
  }

  /** Work with a transaction, or its own savepoint in one. */
  run<T>(roomId: string, work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => this.#add(roomId, { kind: 'alone', work, resolve, reject }))
  }

  /** Work with a writer that others use before and after it in the same transaction. It may be run twice, the first run undone. */
  share<T>(roomId: string, work: RoomWork<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => this.#add(roomId, { kind: 'shared', work, resolve, reject }))
  }

  #add(roomId: string, job: Job): void {
    const queue = this.#waiting.get(roomId)
    if (queue) {
      queue.push(job)
      return
    }
    this.#waiting.set(roomId, [job])
    void this.#drain(roomId)
  }

  async #drain(roomId: string): Promise<void> {
    const queue = this.#waiting.get(roomId)!
    while (queue.length > 0) {
      const { kind } = queue[0]!
      const end = queue.findIndex((job) => job.kind !== kind)
      const batch = queue.splice(0, Math.min(end < 0 ? queue.length : end, MAX_BATCH))
      if (kind === 'alone' || !(await this.#runShared(roomId, batch))) await this.#runApart(roomId, batch)
    }
    this.#waiting.delete(roomId)
  }

  /** All with one writer. @returns false if one of several failed: nothing is done then */
  async #runShared(roomId: string, jobs: readonly Job[]): Promise<boolean> {
    try {
      const results = await this.#database.transaction((tx) =>
        this.#edit(tx, roomId, async (room) => {
          const done: unknown[] = []
          for (const job of jobs) done.push(job.kind === 'shared' ? await job.work(room, tx) : undefined)
          return done
        }),
      )
      for (const [index, job] of jobs.entries()) job.resolve(results[index] as never)
      return true
    } catch (error) {
      if (jobs.length > 1) return false
      jobs[0]!.reject(error)
      return true
    }
  }

  /** Each so that what it did can be undone without the others. */
  async #runApart(roomId: string, jobs: readonly Job[]): Promise<void> {
    const works = jobs.map((job): Work<unknown> => {
      if (job.kind === 'alone') return job.work
      return (tx) => this.#edit(tx, roomId, (room) => job.work(room, tx))
    })
    let outcomes: Outcome[] = []
    try {
      await this.#database.transaction(async (tx) => {
        // the transaction may be run again after a conflict
        outcomes = []
        await tx.lock(roomLock(roomId))
        if (works.length === 1) outcomes.push({ result: await works[0]!(tx) })
        else for (const work of works) outcomes.push(await runInSavepoint(tx, work))
      })
    } catch (error) {
      for (const job of jobs) job.reject(error)
      return
    }
    for (const [index, outcome] of outcomes.entries()) {
      const job = jobs[index]!
      if ('error' in outcome) job.reject(outcome.error)
      else job.resolve(outcome.result as never)
    }
  }
}

/** The name of the lock that whoever writes events of the room holds. Ids come as clients send them: names take no NUL. */
export function roomLock(roomId: string): string {
  return `room:${roomId.replaceAll('\0', '')}`
}

async function runInSavepoint(tx: Transaction<HomeserverSchema>, work: Work<unknown>): Promise<Outcome> {
  const tells: (() => void)[] = []
  await sql`SAVEPOINT room_work`.execute(tx.db)
  try {
    const result = await work({ ...tx, afterCommit: (tell) => tells.push(tell) })
    await sql`RELEASE SAVEPOINT room_work`.execute(tx.db)
    for (const tell of tells) tx.afterCommit(tell)
    return { result }
  } catch (error) {
    await sql`ROLLBACK TO SAVEPOINT room_work`.execute(tx.db)
    await sql`RELEASE SAVEPOINT room_work`.execute(tx.db)
    return { error }
  }
}
