import { Pool } from 'undici'

export interface LoadResult {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers that were not 2xx. */
  readonly failures: number
}

export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: unknown
  readonly token?: string
}

/**
 * Sends requests one after another on each of `connections` connections for `seconds`, after a second of warming up.
 * @param next makes the request with this running number
 */
export async function load(
  url: string,
  options: { connections: number; seconds: number },
  next: (number: number) => LoadRequest,
): Promise<LoadResult> {
  const pool = new Pool(url, { connections: options.connections, pipelining: 1 })
  const latencies: number[] = []
  let failures = 0
  let number = 0
  const countFrom = performance.now() + 1000
  const until = countFrom + options.seconds * 1000
  const lane = async () => {
    for (let now = performance.now(); now < until; now = performance.now()) {
      const { method, path, body, token } = next(number++)
      const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) }
      const answer = await pool.request({ method, path, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
      await answer.body.dump()
      if (now >= countFrom) latencies.push(performance.now() - now)
      if (answer.statusCode >= 300) failures++
    }
  }
  await Promise.all(Array.from({ length: options.connections }, lane))
  await pool.close()
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN
  return { requestsPerSecond: latencies.length / options.seconds, p50Ms: at(0.5), p99Ms: at(0.99), failures }
}
