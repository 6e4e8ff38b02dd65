import type { Positions } from '../database.ts'

/** What is to be told of one transaction once it is committed. */
export interface Tidings {
  readonly tells: (() => void)[]
  /** All that it took: consecutive, as nobody else gets one in between. */
  positions: Positions | undefined
}

export function noTidings(): Tidings {
  return { tells: [], positions: undefined }
}

export function notePositions(tidings: Tidings, first: number, count: number): number {
  tidings.positions = { first: tidings.positions?.first ?? first, last: first + count - 1 }
  return first
}

/** Those who listen for the positions of committed transactions. */
export class PositionListeners {
  readonly #listeners = new Set<(positions: Positions) => void>()

  add(listener: (positions: Positions) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Passes on what a committed transaction has to tell, all of it before anybody else runs. */
  tell({ tells, positions }: Tidings): void {
    for (const tell of tells) tell()
    if (positions) for (const listener of this.#listeners) listener(positions)
  }
}
