import { Readable } from 'node:stream'
import type { StreamType } from '@glia/contract'
import type { Clock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { eventId, serverSentEvent } from './event-text.ts'

export interface OpenStreamOptions {
  readonly clock: Clock
  readonly userId: UserId
  /** Events up to this place the client has. */
  readonly after: number
  /** Some events before are gone. */
  readonly isGap: boolean
  readonly kinds: readonly StreamType[]
  readonly allowedKinds: () => Promise<readonly StreamType[]>
  /** The next events as text; `upTo` is their last place, `isWhole` says that there are no more for now. */
  readonly read: (after: number, kinds: readonly StreamType[]) => Promise<{ text: string; upTo: number; isWhole: boolean }>
  readonly onEnd: () => void
}

/** How soon a client comes back after the end. */
const RETRY_MS = 2_000
/** Less than the patience of most proxies. */
const KEEP_ALIVE_MS = 15_000
/** Signals may be lost between processes. */
const LOOK_EVERY_MS = 5_000
/** How often it is asked whether the caller may still listen. */
const CHECK_EVERY_MS = 2_000
/** A client that takes nothing for so long may come back when it can. */
const STALLED_AFTER_MS = 30_000

/** What is kept of text that the client does not take. */
const MAX_BUFFERED_BYTES = 64 * 1024

/**
 * One stream: text is made only when the one before was taken, so that a slow client costs no memory. Ends when the caller may no longer
 * listen, or does not take what there is.
 */
export class OpenStream {
  readonly readable: Readable
  readonly #options: OpenStreamOptions
  #kinds: readonly StreamType[]
  #isEnded = false
  #wake = () => {}
  #isWoken = false
  /** When text was offered that is not taken yet. */
  #offeredAtMs: number | undefined
  #cancelCheck = () => {}

  constructor(options: OpenStreamOptions) {
    this.#options = options
    this.#kinds = options.kinds
    this.readable = Readable.from(this.#texts(), { objectMode: false, highWaterMark: MAX_BUFFERED_BYTES })
    this.#checkLater()
  }

  get userId(): UserId {
    return this.#options.userId
  }

  wake(): void {
    this.#isWoken = true
    this.#wake()
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#cancelCheck()
    this.#options.onEnd()
    this.#wake()
    // who is in the middle of taking nothing cannot be told the end
    if (this.#offeredAtMs !== undefined) this.readable.destroy()
  }

  async *#texts(): AsyncGenerator<string> {
    const { clock, read, isGap } = this.#options
    let { after } = this.#options
    let sentAtMs = 0
    const offer = (text: string) => {
      sentAtMs = this.#offeredAtMs = clock.nowMs()
      return text
    }
    try {
      yield offer(`retry: ${RETRY_MS}\nid: ${eventId(after)}\n\n${isGap ? serverSentEvent('gap', after, {}) : ''}`)
      while (!this.#isEnded) {
        this.#offeredAtMs = undefined
        this.#isWoken = false
        const { text, upTo, isWhole } = await read(after, this.#kinds)
        after = upTo
        if (this.#isEnded) return
        // an id without data moves the place that the client comes back with
        if (text !== '') yield offer(text)
        else if (clock.nowMs() - sentAtMs >= KEEP_ALIVE_MS) yield offer(`: still here\nid: ${eventId(after)}\n\n`)
        this.#offeredAtMs = undefined
        if (isWhole) await this.#nextWake()
      }
    } finally {
      this.end()
    }
  }

  #nextWake(): Promise<void> {
    if (this.#isEnded || this.#isWoken) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(LOOK_EVERY_MS, () => this.#wake())
      this.#wake = () => {
        cancel()
        this.#wake = () => {}
        resolve()
      }
    })
  }

  #checkLater(): void {
    const { clock, allowedKinds } = this.#options
    this.#cancelCheck = clock.after(CHECK_EVERY_MS, () => {
      if (this.#offeredAtMs !== undefined && clock.nowMs() - this.#offeredAtMs >= STALLED_AFTER_MS) return this.end()
      allowedKinds()
        .then((kinds) => {
          this.#kinds = kinds
          if (!this.#isEnded) this.#checkLater()
        })
        .catch(() => this.end())
    })
  }
}
