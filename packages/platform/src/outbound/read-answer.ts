import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

/** The answer is longer than asked for. */
export class TooLargeError extends Error {}
/** The body is not what its `Content-Encoding` says. */
export class UnreadableBodyError extends Error {}

export const ACCEPTED_ENCODINGS = 'gzip, deflate, br'

/** Collects a body and unpacks it. What counts against the limit are the bytes that come out, so that a small one cannot blow up. */
export async function readAnswer(body: Readable, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const unpack = encoding === undefined ? undefined : decoderFor(encoding)
  if (unpack) body.once('error', (error) => unpack.destroy(error))
  const source = unpack ? body.pipe(unpack) : body
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw new TooLargeError()
      chunks.push(chunk)
    }
  } catch (error) {
    const isPackingError = String((error as NodeJS.ErrnoException).code).match(/^(Z_|ERR__?ERROR|ERR_BROTLI)/)
    throw isPackingError ? new UnreadableBodyError() : error
  } finally {
    unpack?.destroy()
    body.on('error', () => {})
    body.destroy()
  }
  return Buffer.concat(chunks, size)
}

function decoderFor(encoding: string) {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      throw new UnreadableBodyError()
  }
}
