import type { StreamEvent, StreamType } from '@glia/contract'
import { ApiError, ConnectionError } from './api-error.ts'
import type { Client } from './client.ts'
import { readServerSentEvents } from './server-sent-events.ts'

export interface FollowOptions {
  /** Default: all that the token may read. */
  readonly types?: readonly StreamType[]
  /** Id of the last event that is known; default: begin now. */
  readonly from?: string
  /** Ends the iteration. */
  readonly signal?: AbortSignal
  /** Called whenever the stream is open: what was read before may be read anew. */
  readonly onOpen?: () => void
}

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 30_000
/** The server says something at least every 20 seconds. */
const SILENCE_MS = 60_000

/**
 * What happens on a Glia server, for as long as one listens. A connection that is lost is made anew, and goes on where it was.
 * @throws ApiError when the server refuses: the token ended, is not an admin's, or the server has no such stream
 */
export async function* followStream(client: Client, options: FollowOptions = {}): AsyncGenerator<StreamEvent> {
  const { types, signal, onOpen } = options
  let { from } = options
  let failures = 0
  while (!signal?.aborted) {
    const silence = new Silence(signal)
    try {
      const query = { ...(types === undefined ? {} : { types: types.join(',') }), ...(from === undefined ? {} : { from }) }
      const response = await client.glia.stream.openStream({ query, signal: silence.signal })
      failures = 0
      onOpen?.()
      for await (const { type, id, data } of readServerSentEvents(silence.watch(response.body!))) {
        from = id ?? from
        if (data !== undefined) yield { type, id: from, data: JSON.parse(data) } as StreamEvent
      }
    } catch (error) {
      if (signal?.aborted) return
      if (error instanceof ApiError && error.status < 500 && error.status !== 429) throw error
      // anything else while reading is a connection that broke
      if (!(error instanceof ApiError || error instanceof ConnectionError || isBroken(error))) throw error
    } finally {
      silence.end()
    }
    await pause(Math.min(FIRST_RETRY_MS * 2 ** failures++, LONGEST_RETRY_MS), signal)
  }
}

/** `fetch` throws these where a body ends too early or was given up. */
function isBroken(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof DOMException && error.name === 'AbortError')
}

/** Gives a connection up when nothing comes any more, or when the caller wants no more. */
class Silence {
  readonly #abort = new AbortController()
  readonly #outer: AbortSignal | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #stop = () => this.#abort.abort()

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer
    outer?.addEventListener('abort', this.#stop)
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  watch(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    this.#restart()
    return body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          this.#restart()
          controller.enqueue(chunk)
        },
      }),
    )
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#outer?.removeEventListener('abort', this.#stop)
    this.#stop()
  }

  #restart(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#stop, SILENCE_MS)
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    if (signal?.aborted) wake()
    else signal?.addEventListener('abort', wake)
  })
}
