import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  readonly method: string
  /** Path and query as sent. */
  readonly path: string
  readonly authorization: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any
}

type Answer = { status: number; body?: unknown } | undefined

/** The part of an application service that a homeserver calls. */
export interface AppserviceReceiver {
  readonly url: string
  readonly requests: ReceivedRequest[]
  /** Says what to answer; undefined: 200 `{}`. Replaces what was there. */
  onRequest(answer: (request: ReceivedRequest) => Answer | Promise<Answer>): void
  /** Events of accepted transactions, in order; each once. */
  readonly events: ReceivedRequest['body'][]
  /** Waits until something that was received makes this true. */
  until(isThere: () => boolean): Promise<void>
  /** No connection is taken until `open`. */
  close(): Promise<void>
  open(): Promise<void>
}

export async function startAppserviceReceiver(): Promise<AppserviceReceiver> {
  const requests: ReceivedRequest[] = []
  const events: ReceivedRequest['body'][] = []
  const accepted = new Set<string>()
  const waiting = new Set<() => void>()
  let answerOf: (request: ReceivedRequest) => Answer | Promise<Answer> = () => undefined

  const listen = (port: number): Promise<Server> => {
    const server = createServer(async (incoming, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString()
      const request: ReceivedRequest = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        authorization: incoming.headers.authorization,
        body: text === '' ? undefined : JSON.parse(text),
      }
      requests.push(request)
      const answer = (await answerOf(request)) ?? { status: 200, body: {} }
      if (answer.status === 200 && request.path.includes('/transactions/') && !accepted.has(request.path)) {
        accepted.add(request.path)
        events.push(...request.body.events)
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body ?? {}))
      for (const look of waiting) look()
    })
    return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
  }

  let server = await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    events,
    onRequest: (answer) => {
      answerOf = answer
    },
    until: (isThere) =>
      new Promise((resolve) => {
        const look = () => {
          if (!isThere()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    async open() {
      server = await listen(port)
    },
  }
}
