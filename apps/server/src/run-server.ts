import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ComposeOptions, compose, type Server } from './compose.ts'
import { type Listening, listen } from './listen.ts'

/** How long running requests may take to finish when the server stops. */
const STOP_GRACE_MS = 10_000

export interface RunningServer {
  readonly server: Server
  /** Where clients reach it, without a slash at the end. */
  readonly url: string
  readonly listening: Listening
  /** Answers what was asked already, then stops everything in order. May be called more than once. */
  stop(): Promise<void>
}

/** Builds the server, opens its listeners and starts its background work. Nothing stays open when one of that fails. */
export async function runServer(options: ComposeOptions): Promise<RunningServer> {
  const server = await compose(options)
  let listening: Listening | undefined
  try {
    await server.app.ready()
    listening = await listen(options.config.listeners, {
      http: (request, response) => server.app.routing(request, response),
      metrics: (request, response) => void answerMetrics(server, request, response),
    })
    await server.start({ port: listening.port })
  } catch (error) {
    await stopInOrder(server, listening)
    throw error
  }
  const opened = listening
  let stopping: Promise<void> | undefined
  return {
    server,
    url: opened.urls[0] ?? '',
    listening: opened,
    stop() {
      stopping ??= stopInOrder(server, opened)
      return stopping
    },
  }
}

/** Long polls are ended first, so that they do not hold the connections open. */
async function stopInOrder(server: Server, listening: Listening | undefined): Promise<void> {
  server.endLongPolls()
  await listening?.close(STOP_GRACE_MS)
  await server.stop()
}

async function answerMetrics(server: Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url !== '/metrics' && request.url !== '/_synapse/metrics') {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('The metrics are at /metrics.\n')
    return
  }
  const { registry } = server.metrics!
  response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics())
}
