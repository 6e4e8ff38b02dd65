import { CliError, UsageError } from '../errors.ts'
import { requestJson } from '../http.ts'

/**
 * The base URL of a homeserver, from what people write: a URL, a server name (`example.org`) or a user id. Names are looked up in
 * `/.well-known/matrix/client`, as the Client-Server API says ("Server discovery"); so are URLs at which no homeserver answers.
 * @throws CliError when none is found
 */
export async function findHomeserver(written: string): Promise<string> {
  const url = toUrl(written)
  const base = url.href.replace(/\/+$/, '')
  const isGivenAsUrl = /^https?:/i.test(written)
  if (isGivenAsUrl && (await isHomeserver(base))) return base
  const named = isLoopback(url) ? undefined : await wellKnownBaseUrl(url.origin)
  if (named !== undefined) {
    if (await isHomeserver(named)) return named
    throw new CliError(`${url.origin}/.well-known/matrix/client names ${named}, where no homeserver answers`)
  }
  if (!isGivenAsUrl && (await isHomeserver(base))) return base
  throw new CliError(`no homeserver answers at ${base}`)
}

function toUrl(written: string): URL {
  const name = written.startsWith('@') ? written.slice(written.indexOf(':') + 1) : written
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(name)
  const url = URL.parse(hasScheme ? name : `https://${name}`)
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.hostname === '' || url.username !== '' || url.password !== '') {
    throw new UsageError(`${JSON.stringify(written)} is neither the URL nor the name of a homeserver`)
  }
  return hasScheme || !isLoopback(url) ? url : new URL(`http://${name}`)
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

/** @throws CliError when nothing answers at all */
async function isHomeserver(base: string): Promise<boolean> {
  const { ok, body } = await requestJson(`${base}/_matrix/client/versions`)
  return ok && Array.isArray(body.versions)
}

/** What `/.well-known/matrix/client` names; undefined where there is no such file. */
export async function wellKnownBaseUrl(origin: string): Promise<string | undefined> {
  const { status, ok, body } = await requestJson(`${origin}/.well-known/matrix/client`)
  if (!ok) return status === 404 ? undefined : refuse(origin, `it answers with HTTP status ${status}`)
  const named = (body['m.homeserver'] as { base_url?: unknown } | undefined)?.base_url
  if (named === undefined) return undefined
  if (typeof named !== 'string' || !/^https?:\/\//.test(named)) return refuse(origin, 'its base_url is no URL')
  return named.replace(/\/+$/, '')
}

function refuse(origin: string, why: string): never {
  throw new CliError(`${origin}/.well-known/matrix/client cannot be used: ${why}`)
}
