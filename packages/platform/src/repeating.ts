import type { Clock } from './clock.ts'

/** Work that is done again and again: `everyMs` after the last time was begun, for the first time after one pause. */
export interface Repeating {
  start(): void
  /** Waits for work that is under way. */
  stop(): Promise<void>
}

/** @param onError told when the work fails; it is done again all the same */
export function createRepeating(deps: {
  clock: Clock
  everyMs: number
  work: () => Promise<void>
  onError: (error: unknown) => void
}): Repeating {
  let cancel: (() => void) | undefined
  let running: Promise<void> = Promise.resolve()
  const start = () => {
    cancel = deps.clock.after(deps.everyMs, () => {
      running = deps.work().catch(deps.onError)
      start()
    })
  }
  return {
    start,
    async stop() {
      cancel?.()
      await running
    },
  }
}
