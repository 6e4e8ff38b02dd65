import type { ClientMetadata } from './client.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

export function isLoopback(url: URL): boolean {
  return LOOPBACK.has(url.hostname)
}

/**
 * True for a redirect URI that this client may register (Client-Server API, "Redirect URI validation"): for web clients on the host of
 * `client_uri`, for native ones also loopback addresses and private schemes made of that host turned round.
 * @param isSecure whether an http(s) URL is safe enough
 */
export function mayRedirectTo(redirectUri: string, client: ClientMetadata, isSecure: (url: URL) => boolean): boolean {
  const uri = new URL(redirectUri)
  const clientUri = client.clientUri === undefined ? undefined : new URL(client.clientUri)
  if (uri.username !== '' || uri.password !== '') return false
  if (client.applicationType === 'native') {
    if (uri.protocol === 'http:' && isLoopback(uri)) return true
    if (!/^https?:$/.test(uri.protocol)) return clientUri !== undefined && isPrivateScheme(uri, clientUri)
  }
  return /^https?:$/.test(uri.protocol) && isSecure(uri) && (clientUri === undefined || isOnHost(uri, clientUri))
}

/** True on the same host or one below it. */
export function isOnHost(url: URL, base: URL): boolean {
  return url.hostname === base.hostname || url.hostname.endsWith(`.${base.hostname}`)
}

/** `io.element.app:/callback` for `https://element.io/`: it begins with the host turned round and names no authority. */
function isPrivateScheme(uri: URL, clientUri: URL): boolean {
  const reversed = clientUri.hostname.split('.').reverse().join('.')
  const scheme = uri.protocol.slice(0, -1)
  return (scheme === reversed || scheme.startsWith(`${reversed}.`)) && uri.host === '' && !uri.href.startsWith(`${uri.protocol}//`)
}

/**
 * The registered URI that a request's `redirect_uri` means, as the request spells it; undefined if there is none. The port of a loopback
 * address is the client's choice unless it registered one (RFC 8252 section 7.3).
 */
export function matchRedirectUri(requested: string, registered: readonly string[]): string | undefined {
  const url = URL.parse(requested)
  if (!url || requested.includes('#')) return undefined
  if (registered.includes(url.href)) return url.href
  if (url.protocol !== 'http:' || !isLoopback(url)) return undefined
  const withoutPort = new URL(url.href)
  withoutPort.port = ''
  return registered.includes(withoutPort.href) ? url.href : undefined
}
