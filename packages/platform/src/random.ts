import { randomBytes, randomInt } from 'node:crypto'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ALPHANUMERIC = `0123456789${LETTERS}`
const UPPER_ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ALPHABETS = { letters: LETTERS, alphanumeric: ALPHANUMERIC, upperAlphanumeric: UPPER_ALPHANUMERIC }

/** Where chance comes from. Secrets and ids are drawn from here, so that tests can seed it. */
export interface Random {
  bytes(length: number): Buffer
  /** `length` characters of the alphabet, each equally likely. */
  text(length: number, alphabet?: keyof typeof ALPHABETS): string
  /** An integer in [0, below). */
  integer(below: number): number
}

export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  text(length, alphabet = 'alphanumeric') {
    return pickCharacters(length, ALPHABETS[alphabet], (n) => randomBytes(n))
  },
  integer: (below) => randomInt(below),
}

/** Draws characters without modulo bias: bytes beyond the last whole multiple of the alphabet's size are thrown away. */
export function pickCharacters(length: number, alphabet: string, bytes: (length: number) => Buffer): string {
  const limit = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of bytes(length - text.length + 8)) {
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

export type Alphabet = keyof typeof ALPHABETS
export const alphabets: Record<Alphabet, string> = ALPHABETS
