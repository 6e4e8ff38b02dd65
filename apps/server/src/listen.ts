import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ListenerConfig } from './config/index.ts'

/** How often connections that became idle are looked for while stopping. */
const IDLE_SWEEP_MS = 20

/** An address that another program holds already. The message says what to do. */
export class AddressInUseError extends Error {
  override readonly name = 'AddressInUseError'
}

export interface Listening {
  /** Of the first `http` listener; tells the real one where the configuration says 0. */
  readonly port: number
  /** Where the server can be reached, for people: `http://127.0.0.1:8008`. */
  readonly urls: readonly string[]
  /** Takes no new connections, lets running requests finish, and cuts what still runs after `graceMs`. */
  close(graceMs: number): Promise<void>
}

/**
 * Opens every listener of the configuration.
 * @throws AddressInUseError; nothing stays open then
 */
export async function listen(
  listeners: readonly ListenerConfig[],
  handlers: { http: RequestListener; metrics: RequestListener },
): Promise<Listening> {
  const servers: { server: Server; type: ListenerConfig['type']; address: string }[] = []
  const closeAll = (graceMs: number) => Promise.all(servers.map(({ server }) => close(server, graceMs))).then(() => {})
  try {
    for (const { type, port, bindAddresses } of listeners) {
      for (const address of bindAddresses) servers.push({ server: await open(handlers[type], address, port), type, address })
    }
  } catch (error) {
    await closeAll(0)
    throw error
  }
  const http = servers.filter(({ type }) => type === 'http')
  return {
    port: http[0] ? portOf(http[0].server) : 0,
    urls: http.map(({ server, address }) => `http://${address.includes(':') ? `[${address}]` : address}:${portOf(server)}`),
    close: closeAll,
  }
}

function open(handler: RequestListener, address: string, port: number): Promise<Server> {
  const server = createServer({ requestTimeout: 300_000, headersTimeout: 30_000, keepAliveTimeout: 75_000 }, handler)
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(inWords(error, address, port)))
    server.listen(port, address, () => resolve(server))
  })
}

function inWords(error: NodeJS.ErrnoException, address: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new AddressInUseError(`port ${port} on ${address} is taken by another program; stop it, or choose another port with --port`)
    case 'EACCES':
      return new AddressInUseError(`port ${port} on ${address} may only be opened by root; choose one above 1023 with --port`)
    case 'EADDRNOTAVAIL':
      return new AddressInUseError(`${address} is not an address of this machine; see --host and bind_addresses`)
    default:
      return error
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    // clients keep a connection open after the last answer on it: close each as soon as it is idle
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(sweep)
      resolve()
    })
    server.closeIdleConnections()
  })
}
