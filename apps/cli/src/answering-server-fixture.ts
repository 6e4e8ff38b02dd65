import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly body: string
}

/** What to answer: JSON, or `cut` to close the connection without an answer. */
export type CannedAnswer = { readonly status: number; readonly json: unknown } | 'cut'

/** An HTTP server for tests that answers what the test says. */
export interface AnsweringServer {
  /** Without a slash at the end. */
  readonly url: string
  readonly seen: readonly SeenRequest[]
  close(): Promise<void>
}

export async function startAnsweringServer(
  answer: (request: SeenRequest, server: { url: string }) => CannedAnswer | Promise<CannedAnswer>,
): Promise<AnsweringServer> {
  const seen: SeenRequest[] = []
  const server = createServer(async (request, response) => {
    const received = { method: request.method ?? '', path: request.url ?? '', body: await bodyOf(request) }
    seen.push(received)
    const given = await answer(received, { url })
    if (given === 'cut') response.destroy()
    else response.writeHead(given.status, { 'content-type': 'application/json' }).end(JSON.stringify(given.json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
