import type { Registry } from 'prom-client'

export interface RequestMetrics {
  recordRequest(operation: string, status: number, seconds: number): void
}

/** Prometheus metrics of the process and of every request. */
export interface Metrics extends RequestMetrics {
  readonly registry: Registry
}

/** Loads what measuring needs, which a server that nobody measures does without. */
export async function createMetrics(): Promise<Metrics> {
  const { collectDefaultMetrics, Histogram, Registry } = await import('prom-client')
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'glia_http_request_seconds',
    help: 'Time from a request to its answer, by operation of the contract and status',
    labelNames: ['operation', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  })
  return {
    registry,
    recordRequest: (operation, status, seconds) => requests.observe({ operation, status: String(status) }, seconds),
  }
}
