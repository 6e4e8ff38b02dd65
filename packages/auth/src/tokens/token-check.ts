import { crc32 } from 'node:zlib'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const CHECK_LENGTH = 6

/** Six characters that make mistyped and made-up tokens visible: CRC-32 of the text before them, in base 62, lowest digit first (as MAS). */
export function checkCharacters(text: string): string {
  let value = crc32(text)
  let digits = ''
  do {
    digits += BASE62[value % 62]
    value = Math.floor(value / 62)
  } while (value > 0)
  return digits.padStart(CHECK_LENGTH, '0')
}
