import type { Clock } from './clock.ts'
import { createRepeating } from './repeating.ts'

/** Takes away what is over, from time to time. */
export interface CleanUp {
  start(): void
  /** Once, now. */
  run(): Promise<void>
  /** Waits for the batch that is under way. */
  stop(): Promise<void>
}

/**
 * @param deps.steps each takes one batch away and says whether there may be more; small batches, so that nobody waits long for a table
 * @param deps.onError told when a step fails; the next time begins with the first again
 */
export function createCleanUp(deps: {
  clock: Clock
  everyMs: number
  steps: readonly (() => Promise<boolean>)[]
  onError: (error: unknown) => void
}): CleanUp {
  const { clock, everyMs, steps, onError } = deps
  let isStopped = false
  const run = async () => {
    for (const step of steps) {
      for (let isMore = true; isMore && !isStopped; ) isMore = await step()
    }
  }
  const repeating = createRepeating({ clock, everyMs, work: run, onError })
  return {
    start: repeating.start,
    run,
    stop() {
      isStopped = true
      return repeating.stop()
    },
  }
}
