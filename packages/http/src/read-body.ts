import type { Readable } from 'node:stream'
import { MatrixError } from '@glia/contract'

/** The client went away while it was sending; there is nobody to answer. */
export class RequestAbortedError extends Error {}

/**
 * Reads a whole request body.
 * @throws MatrixError M_TOO_LARGE as soon as more than `maxBytes` have come
 * @throws RequestAbortedError if the body ended early
 */
export async function readBody(stream: Readable | null | undefined, maxBytes: number): Promise<Buffer> {
  if (!stream) return Buffer.alloc(0)
  const chunks: Buffer[] = []
  let size = 0
  try {
    // the stream stays whole, so that a refusal still reaches a client that is sending
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw new MatrixError('M_TOO_LARGE', `Request content is too large (>${maxBytes})`)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof MatrixError) {
      stream.resume()
      throw error
    }
    throw new RequestAbortedError('request body ended early', { cause: error })
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}
