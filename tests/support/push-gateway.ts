import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished, vi } from 'vitest'

export interface PushNotification {
  readonly event_id?: string
  readonly room_id?: string
  readonly counts: { readonly unread: number }
  readonly devices: { readonly pushkey: string; readonly tweaks?: object; readonly data?: object }[]
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly [field: string]: any
}

/** A push gateway of the tests, on a free port; it ends with the test. */
export interface PushGateway {
  /** For `data.url` of a pusher. */
  readonly url: string
  /** What it took, in order. */
  readonly taken: PushNotification[]
  /** What it was sent, also what it did not take. */
  readonly tries: PushNotification[]
  /** Answers from now on. Default: 200, nothing rejected. Hold: no answer at all. */
  answer: { status?: number; rejected?: string[]; hold?: boolean }
  /** Waits until it has taken so many notifications. */
  waitFor(count: number): Promise<void>
  waitForTries(count: number): Promise<void>
  /** Takes no connections for a while. */
  goDown(): Promise<void>
  comeUp(): Promise<void>
}

/** Generous: machines may be busy. */
const TIMEOUT_MS = 20_000

export async function startPushGateway(): Promise<PushGateway> {
  const taken: PushNotification[] = []
  const tries: PushNotification[] = []
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString()
    const { notification } = JSON.parse(body) as { notification: PushNotification }
    tries.push(notification)
    const { status = 200, rejected = [], hold = false } = gateway.answer
    if (hold) return
    if (status === 200) taken.push(notification)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ rejected }))
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  const gateway: PushGateway = {
    url: `http://127.0.0.1:${port}/_matrix/push/v1/notify`,
    taken,
    tries,
    answer: {},
    waitFor: (count) =>
      until(
        () => taken.length >= count,
        () => `${taken.length} of ${count} notifications`,
      ),
    waitForTries: (count) =>
      until(
        () => tries.length >= count,
        () => `${tries.length} of ${count} tries`,
      ),
    goDown: close,
    comeUp: () => listen(port),
  }
  return gateway
}

async function until(isDone: () => boolean, state: () => string): Promise<void> {
  await vi.waitFor(
    () => {
      if (!isDone()) throw new Error(state())
    },
    { timeout: TIMEOUT_MS, interval: 5 },
  )
}
