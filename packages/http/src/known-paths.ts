import type { AnyEndpoint } from '@glia/contract'

/** Tells an unknown path (404) from a known path with the wrong method (405). Only asked when no route fits. */
export class KnownPaths {
  readonly #patterns: RegExp[]

  constructor(endpoints: readonly AnyEndpoint[]) {
    const paths = new Set(endpoints.flatMap((endpoint) => [endpoint.path, ...endpoint.aliases]))
    this.#patterns = [...paths].map((path) => new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`))
  }

  has(path: string): boolean {
    return this.#patterns.some((pattern) => pattern.test(path))
  }
}
