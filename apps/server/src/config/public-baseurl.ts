import type { Config } from './config.ts'

/**
 * The URL at which clients reach the server, with a slash at its end. Where it is not configured: `https://<server_name>/`,
 * except for a server that is plainly used from its own machine (bound to loopback or named `localhost`, no proxy in
 * front): then the first client listener's own address.
 * @param boundPort the port that was really bound, for listeners with port 0.
 */
export function publicBaseurl({ server, listeners }: Pick<Config, 'server' | 'listeners'>, boundPort?: number): string {
  if (server.publicBaseurl !== null) return server.publicBaseurl
  const listener = listeners.find(({ resources }) => resources.includes('client'))
  const address = listener?.bindAddresses[0] ?? ''
  const local =
    listener !== undefined &&
    !listener.xForwarded &&
    (listener.bindAddresses.every(isLoopback) || isLoopback(server.name.replace(/:\d+$/, '')))
  if (!local) return `https://${server.name}/`
  const host = isLoopback(address) ? address : 'localhost'
  return `http://${host.includes(':') ? `[${host}]` : host}:${boundPort ?? listener.port}/`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
