import type { Clock } from '@glia/platform'
import type { SignalBus } from '../signals.ts'

/** The signal may be lost between processes: look again this often. */
const LOOK_EVERY_MS = 1000

/** Lets downloads wait for content that its uploader still owes. */
export class MediaWaiters {
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #clock: Clock

  constructor(signals: SignalBus, clock: Clock) {
    this.#clock = clock
    signals.on('media.uploaded', ({ mediaId }) => {
      for (const wake of this.#waiting.get(mediaId) ?? []) wake()
    })
  }

  /** Calls `load` when something may have come, until it gives something, the time is over or the signal aborts. */
  async wait<T>(mediaId: string, timeoutMs: number, signal: AbortSignal, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const until = this.#clock.nowMs() + timeoutMs
    for (;;) {
      const leftMs = until - this.#clock.nowMs()
      if (leftMs <= 0 || signal.aborted) return undefined
      const woken = this.#sleep(mediaId, Math.min(leftMs, LOOK_EVERY_MS), signal)
      // content that came before this sleep began has told already
      const found = await load()
      if (found !== undefined) return found
      await woken
      const later = await load()
      if (later !== undefined) return later
    }
  }

  #sleep(mediaId: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(mediaId) ?? new Set()
      const wake = () => {
        cancel()
        signal.removeEventListener('abort', wake)
        waiting.delete(wake)
        if (waiting.size === 0 && this.#waiting.get(mediaId) === waiting) this.#waiting.delete(mediaId)
        resolve()
      }
      const cancel = this.#clock.after(ms, wake)
      signal.addEventListener('abort', wake, { once: true })
      waiting.add(wake)
      this.#waiting.set(mediaId, waiting)
    })
  }
}
