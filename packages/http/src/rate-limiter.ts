import { MatrixError } from '@glia/contract'
import type { Clock } from '@glia/platform'

/** Synapse's form of a limit: tokens per second, and how many may be saved up. */
export interface RateLimit {
  readonly perSecond: number
  readonly burstCount: number
}

/**
 * A token bucket for each key, in memory. Full buckets are forgotten.
 * Times are milliseconds.
 */
export class RateLimiter {
  readonly #buckets = new Map<string, { tokens: number; at: number }>()
  readonly #clock: Clock
  #sweepAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Takes one token for `key`.
   * @throws MatrixError M_LIMIT_EXCEEDED with `retry_after_ms` and a `Retry-After` header
   */
  take(key: string, limit: RateLimit): void {
    const retryAfterMs = this.tryTake(key, limit)
    if (retryAfterMs > 0) throw limitExceeded(retryAfterMs)
  }

  /**
   * Looks whether there is a token for `key`, and leaves it.
   * @throws MatrixError M_LIMIT_EXCEEDED as `take`
   */
  check(key: string, limit: RateLimit): void {
    const retryAfterMs = this.peek(key, limit)
    if (retryAfterMs > 0) throw limitExceeded(retryAfterMs)
  }

  /** @returns 0 if there is a token for `key`, else the milliseconds until there is one */
  peek(key: string, limit: RateLimit): number {
    return this.#look(key, limit, this.#clock.nowMs()).retryAfterMs
  }

  /** @returns 0 if a token was taken, else the milliseconds until there is one */
  tryTake(key: string, limit: RateLimit): number {
    const now = this.#clock.nowMs()
    this.#sweep(now, limit)
    const { tokens, retryAfterMs } = this.#look(key, limit, now)
    if (retryAfterMs === 0) this.#buckets.set(key, { tokens: tokens - 1, at: now })
    return retryAfterMs
  }

  #look(key: string, limit: RateLimit, now: number): { tokens: number; retryAfterMs: number } {
    const bucket = this.#buckets.get(key)
    const tokens = bucket ? Math.min(limit.burstCount, bucket.tokens + ((now - bucket.at) / 1000) * limit.perSecond) : limit.burstCount
    if (tokens >= 1) return { tokens, retryAfterMs: 0 }
    return { tokens, retryAfterMs: limit.perSecond > 0 ? Math.ceil(((1 - tokens) / limit.perSecond) * 1000) : 60_000 }
  }

  #sweep(now: number, limit: RateLimit): void {
    if (now < this.#sweepAt || this.#buckets.size < 10_000) return
    this.#sweepAt = now + 60_000
    const idleMs = limit.perSecond > 0 ? (limit.burstCount / limit.perSecond) * 1000 : 3_600_000
    for (const [key, bucket] of this.#buckets) if (now - bucket.at > idleMs) this.#buckets.delete(key)
  }
}

export function limitExceeded(retryAfterMs: number, message = 'Too Many Requests'): MatrixError {
  return new MatrixError('M_LIMIT_EXCEEDED', message, {
    extra: { retry_after_ms: retryAfterMs },
    headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
  })
}
