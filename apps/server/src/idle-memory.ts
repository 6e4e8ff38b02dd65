import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const MIB = 1024 * 1024
const LOOK_EVERY_MS = 5_000
/** A pause of some 100 ms; nobody should meet it often. */
const AT_MOST_EVERY_MS = 300_000

export interface MemoryState {
  /** What V8 holds and what objects fill of it, in bytes. */
  readonly heapTotal: number
  readonly heapUsed: number
  /** The share of the last seconds in which the event loop had work. */
  readonly utilization: number
}

/** Whether there is much to give back, little to do, and so small a heap that collecting it is a short pause. */
export function isWorthGivingBack({ heapTotal, heapUsed, utilization }: MemoryState): boolean {
  return utilization < 0.05 && heapTotal - heapUsed > 16 * MIB && heapUsed < 128 * MIB
}

/**
 * Collects all garbage and gives the memory that is free then back to the system. V8 keeps its young generation as large as the busiest moment made
 * it (the start, for a server with little to do: a third of its memory); of all its collections only this one makes it small again.
 */
export function giveMemoryBack(): void {
  setFlagsFromString('--expose-gc')
  const collect: NonNullable<typeof globalThis.gc> = runInNewContext('gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/** Gives memory back in quiet moments until the process ends; does not keep it alive. */
export function giveMemoryBackWhenIdle(): void {
  let before = performance.eventLoopUtilization()
  let givenAt = Number.NEGATIVE_INFINITY
  setInterval(() => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    if (performance.now() - givenAt < AT_MOST_EVERY_MS || !isWorthGivingBack({ ...process.memoryUsage(), utilization })) return
    givenAt = performance.now()
    giveMemoryBack()
  }, LOOK_EVERY_MS).unref()
}
