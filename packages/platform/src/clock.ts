/** Where the time comes from. Everything that needs "now" takes a Clock, so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  nowMs(): number
  /** Runs `work` once after `delayMs`; the returned function calls it off. Never keeps the process alive by itself. */
  after(delayMs: number, work: () => void): () => void
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
