import type { Clock } from '@glia/platform'

/** A clock that only moves when told to. Timers run, in order, while it moves past them. */
export class FakeClock implements Clock {
  #nowMs: number
  #timers: { at: number; work: () => void }[] = []

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, work: () => void): () => void {
    const timer = { at: this.#nowMs + delayMs, work }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  advance(ms: number): void {
    const target = this.#nowMs + ms
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= target).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#timers = this.#timers.filter((timer) => timer !== due)
      this.#nowMs = due.at
      due.work()
    }
    this.#nowMs = target
  }
}
