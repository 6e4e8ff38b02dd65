import type { Clock } from '@glia/platform'

const PAUSE_MS = 1_000

/** Thins out what would be told too often: progress. The end of it must be told in any case. */
export class Seldom {
  readonly #clock: Clock
  readonly #toldAtMs = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether it is time to tell of this again. */
  isDue(id: string): boolean {
    const nowMs = this.#clock.nowMs()
    if (nowMs - (this.#toldAtMs.get(id) ?? 0) < PAUSE_MS) return false
    this.#toldAtMs.set(id, nowMs)
    return true
  }

  forget(id: string): void {
    this.#toldAtMs.delete(id)
  }
}
