import type { Clock, Logger } from '@glia/platform'

/**
 * Runs work again and again: whenever it is woken, and after the time that the work itself asks for. What is woken while it works is worked
 * on afterwards, once.
 */
export class WakeableLoop {
  readonly #deps: { clock: Clock; logger: Logger }
  /** @returns after how many ms to come back even if nobody wakes it; undefined: only then */
  readonly #work: () => Promise<number | undefined>
  #isStarted = false
  #isWoken = false
  #running: Promise<void> | undefined
  #callOff: () => void = () => {}

  constructor(deps: { clock: Clock; logger: Logger }, work: () => Promise<number | undefined>) {
    this.#deps = deps
    this.#work = work
  }

  start(): void {
    this.#isStarted = true
    this.wake()
  }

  wake(): void {
    this.#isWoken = true
    if (!this.#isStarted) return
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      if (this.#isWoken) this.wake()
    })
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    this.#isStarted = false
    this.#callOff()
    await this.#running
  }

  async #run(): Promise<void> {
    let waitMs: number | undefined
    while (this.#isWoken && this.#isStarted) {
      this.#isWoken = false
      this.#callOff()
      try {
        waitMs = await this.#work()
      } catch (err) {
        this.#deps.logger.error({ err }, 'serving application services failed')
        waitMs = AFTER_FAILURE_MS
      }
    }
    if (waitMs !== undefined && this.#isStarted) this.#callOff = this.#deps.clock.after(waitMs, () => this.wake())
  }
}

const AFTER_FAILURE_MS = 5_000
