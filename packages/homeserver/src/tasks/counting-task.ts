import type { Transaction } from '@glia/database'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { TaskRunner } from './tasks.ts'

/** For tests: counts to `parameters.steps`, writing every number into the table `counted` together with its progress. */
export function countingTask(afterStep: (step: number) => Promise<void>, transaction: TransactionRunner): TaskRunner {
  return async (task, { signal, saveProgress }) => {
    const steps = task.parameters.steps as number
    for (let step = ((task.result?.counted as number) ?? 0) + 1; step <= steps; step++) {
      signal.throwIfAborted()
      await transaction(async (tx) => {
        await sql`INSERT INTO counted (task, step) VALUES (${task.id}, ${step})`.execute(tx.db)
        await saveProgress({ counted: step }, tx)
      })
      await afterStep(step)
    }
    return { counted: steps }
  }
}

type TransactionRunner = <T>(work: (tx: Transaction<HomeserverSchema>) => Promise<T>) => Promise<T>
