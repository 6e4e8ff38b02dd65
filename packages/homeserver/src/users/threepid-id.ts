import { createHash } from 'node:crypto'
import { ulidOf } from '@glia/platform'

/** The id of an address that an account has, as MAS's Admin API names it: a ULID made of when it was added and what it is. */
export function threepidId({ medium, address, addedAtMs }: { medium: string; address: string; addedAtMs: number }): string {
  return ulidOf(addedAtMs, createHash('sha256').update(`${medium}\n${address}`).digest())
}
