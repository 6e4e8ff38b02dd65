import { createHash } from 'node:crypto'
import { alphabets, pickCharacters, type Random } from '@glia/platform'

/** Chance that repeats: the same seed gives the same draws. */
export function seededRandom(seed: string): Random {
  let counter = 0
  const bytes = (length: number): Buffer => {
    const blocks: Buffer[] = []
    for (let size = 0; size < length; size += 32) blocks.push(createHash('sha256').update(`${seed}:${counter++}`).digest())
    return Buffer.concat(blocks).subarray(0, length)
  }
  return {
    bytes,
    text: (length, alphabet = 'alphanumeric') => pickCharacters(length, alphabets[alphabet], bytes),
    integer: (below) => bytes(6).readUIntBE(0, 6) % below,
  }
}
