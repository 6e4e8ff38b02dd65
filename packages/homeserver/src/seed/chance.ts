import { createHash } from 'node:crypto'
import { alphabets, pickCharacters, type Random } from '@glia/platform'

/** Chance that repeats and costs little: the same seed gives the same draws. Not for secrets. */
export class Chance implements Random {
  readonly #state: Uint32Array

  constructor(seed: string) {
    const hash = createHash('sha256').update(seed).digest()
    this.#state = new Uint32Array([hash.readUInt32LE(0), hash.readUInt32LE(4), hash.readUInt32LE(8), 1])
  }

  /** In [0, 1). (The generator "sfc32".) */
  share(): number {
    const state = this.#state
    const [a, b, c, counter] = state as unknown as [number, number, number, number]
    const sum = (a + b + counter) >>> 0
    state[3] = counter + 1
    state[0] = b ^ (b >>> 9)
    state[1] = c + (c << 3)
    state[2] = ((c << 21) | (c >>> 11)) + sum
    return sum / 2 ** 32
  }

  integer(below: number): number {
    return Math.floor(this.share() * below)
  }

  /** True in this share of the cases. */
  is(share: number): boolean {
    return this.share() < share
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(list.length)]!
  }

  /** An integer in [0, below): low ones far more often than high ones. */
  low(below: number): number {
    return Math.floor(this.share() ** 3 * below)
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.integer(256)))
  }

  text(length: number, alphabet: Parameters<Random['text']>[1] = 'alphanumeric'): string {
    return pickCharacters(length, alphabets[alphabet], (n) => this.bytes(n))
  }
}
