import type { Database } from '@glia/database'
import type { Clock, Logger } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'
import { hasSample, keepSample, takeSample } from './series-store.ts'

/** Takes a sample after each hour. Several processes may do so; the first sample of an hour stands. */
export interface Sampler {
  start(): void
  /** Takes the sample of the hour that ended last, unless there is one. */
  run(): Promise<void>
  stop(): Promise<void>
}

const HOUR_MS = 3600_000

export function createSampler(deps: { database: Database<HomeserverSchema>; clock: Clock; logger: Logger }): Sampler {
  const { database, clock, logger } = deps
  let cancel = () => {}
  let running: Promise<void> = Promise.resolve()

  const run = async (): Promise<void> => {
    const hourMs = Math.floor(clock.nowMs() / HOUR_MS) * HOUR_MS - HOUR_MS
    if (await hasSample(database.read, hourMs)) return
    const values = await takeSample(database, hourMs)
    await database.transaction((tx) => keepSample(tx, hourMs, values))
  }
  const begin = (): void => {
    running = run().catch((error) => logger.warn({ err: error }, 'a sample of the time series could not be taken'))
    cancel = clock.after(HOUR_MS - (clock.nowMs() % HOUR_MS), begin)
  }
  return {
    run,
    start: begin,
    async stop() {
      cancel()
      await running
    },
  }
}
