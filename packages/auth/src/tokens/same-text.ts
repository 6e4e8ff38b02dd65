import { timingSafeEqual } from 'node:crypto'

/** Compares a secret with what somebody sent; how long it takes tells only whether the lengths are the same. */
export function isSameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
