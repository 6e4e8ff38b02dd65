import type { Database, Transaction } from '@glia/database'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'

type Work<T> = (tx: Transaction<HomeserverSchema>) => Promise<T>

interface Job {
  readonly work: Work<unknown>
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

type Outcome = { result: unknown } | { error: unknown }

const MAX_BATCH = 16

/**
 * Runs work on one room in order of arrival. What waits while a transaction of the room is under way shares the next one, each piece in
 * a savepoint: one commit for many writers, and a busy room holds one connection, not all of them.
 */
export class RoomQueue {
  readonly #database: Database<HomeserverSchema>
  readonly #waiting = new Map<string, Job[]>()

  constructor(database: Database<HomeserverSchema>) {
    this.#database = database
  }

  run<T>(roomId: string, work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job: Job = { work, resolve, reject }
      const queue = this.#waiting.get(roomId)
      if (queue) {
        queue.push(job)
        return
      }
      this.#waiting.set(roomId, [job])
      void this.#drain(roomId)
    })
  }

  async #drain(roomId: string): Promise<void> {
    const queue = this.#waiting.get(roomId)!
    while (queue.length > 0) await this.#runBatch(roomId, queue.splice(0, MAX_BATCH))
    this.#waiting.delete(roomId)
  }

  async #runBatch(roomId: string, jobs: readonly Job[]): Promise<void> {
    let outcomes: Outcome[] = []
    try {
      await this.#database.transaction(async (tx) => {
        // the transaction may be run again after a conflict
        outcomes = []
        await tx.lock(roomLock(roomId))
        if (jobs.length === 1) outcomes.push({ result: await jobs[0]!.work(tx) })
        else for (const job of jobs) outcomes.push(await runInSavepoint(tx, job.work))
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
