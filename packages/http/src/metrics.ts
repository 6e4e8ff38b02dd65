import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** Prometheus metrics of the process and of every request. */
export class Metrics {
  readonly registry = new Registry()
  readonly #requests: Histogram<'operation' | 'status'>

  constructor() {
    collectDefaultMetrics({ register: this.registry })
    this.#requests = new Histogram({
      name: 'glia_http_request_seconds',
      help: 'Time from a request to its answer, by operation of the contract and status',
      labelNames: ['operation', 'status'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers: [this.registry],
    })
  }

  recordRequest(operation: string, status: number, seconds: number): void {
    this.#requests.observe({ operation, status: String(status) }, seconds)
  }
}
