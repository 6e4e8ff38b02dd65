import { MatrixError } from '@glia/contract'
import { utf8ByteLength } from '@glia/protocol'

const MAX_BYTES = 255

/** Whether a text from outside can be part of a database key on both databases: at most 255 bytes, no NUL. */
export function isStorableText(text: string): boolean {
  return text.length <= MAX_BYTES && !text.includes('\0') && utf8ByteLength(text) <= MAX_BYTES
}

/** @throws MatrixError M_INVALID_PARAM unless the text can be part of a database key. @param name how the error calls it */
export function checkStorableText(text: string, name: string): void {
  if (!isStorableText(text)) throw new MatrixError('M_INVALID_PARAM', `${name} must have at most ${MAX_BYTES} bytes and no NUL`)
}
