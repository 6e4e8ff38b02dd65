import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const MAX_TIME = 2 ** 48 - 1

/** A ULID: 48 bits of time and 80 of chance, 26 characters, sorted by creation time (github.com/ulid/spec). */
export function makeUlid(clock: Clock, random: Random): string {
  return ulidOf(clock.nowMs(), random.bytes(16))
}

/** The ULID of a time and at least 16 bytes that look like chance. */
export function ulidOf(timeMs: number, bytes: Uint8Array): string {
  let tail = ''
  for (const byte of bytes.subarray(0, 16)) tail += CROCKFORD[byte % 32]
  return ulidTime(timeMs) + tail
}

/** The first 10 characters of every ULID of this millisecond: sorts before those, and behind all older ones. */
export function ulidTime(timeMs: number): string {
  let rest = Math.min(Math.max(0, Math.floor(timeMs)), MAX_TIME)
  let text = ''
  for (let i = 0; i < 10; i++) {
    text = CROCKFORD[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text
}

export function isUlid(text: string): boolean {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text)
}
