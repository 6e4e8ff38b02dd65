import { matchesGlob } from '@glia/protocol'

/** One entry of `url_preview_url_blacklist`: parts of a URL, each a glob, or a regular expression that begins with `^`. All must match. */
export type UrlPattern = Readonly<Partial<Record<UrlPart, string>>>
export type UrlPart = 'scheme' | 'netloc' | 'hostname' | 'port' | 'username' | 'password' | 'path' | 'query' | 'fragment'

/** Whether none of the patterns matches. @throws SyntaxError when made, for what is no regular expression */
export function urlBlacklist(patterns: readonly UrlPattern[]): (url: URL) => boolean {
  const checks = patterns.map((pattern) =>
    Object.entries(pattern).map(([part, expected]) => {
      if (!expected.startsWith('^')) return (url: URL) => matchesGlob(expected.toLowerCase(), partOf(url, part as UrlPart).toLowerCase())
      const expression = new RegExp(expected)
      return (url: URL) => expression.test(partOf(url, part as UrlPart))
    }),
  )
  return (url) => !checks.some((parts) => parts.length > 0 && parts.every((matches) => matches(url)))
}

function partOf(url: URL, part: UrlPart): string {
  switch (part) {
    case 'scheme':
      return url.protocol.slice(0, -1)
    case 'netloc':
      return `${url.username === '' ? '' : `${url.username}${url.password === '' ? '' : `:${url.password}`}@`}${url.host}`
    case 'hostname':
      return url.hostname
    case 'port':
      return url.port
    case 'username':
      return url.username
    case 'password':
      return url.password
    case 'path':
      return url.pathname
    case 'query':
      return url.search.slice(1)
    case 'fragment':
      return url.hash.slice(1)
  }
}
