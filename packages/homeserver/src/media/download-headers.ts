/** Types that browsers may show instead of saving them (Client-Server API, "Serving inline content"). Never SVG or HTML. */
const INLINE_TYPES = new Set([
  'text/css',
  'text/plain',
  'text/csv',
  'application/json',
  'application/ld+json',
  'image/jpeg',
  'image/gif',
  'image/png',
  'image/apng',
  'image/webp',
  'image/avif',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
  'audio/mp4',
  'audio/webm',
  'audio/aac',
  'audio/mpeg',
  'audio/ogg',
  'audio/wave',
  'audio/wav',
  'audio/x-wav',
  'audio/x-pn-wav',
  'audio/flac',
  'audio/x-flac',
])

/** What keeps uploaded content from acting in the name of the server (Client-Server API, "Content repository", security). */
const SANDBOX_HEADERS = {
  'content-security-policy':
    "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; media-src 'self'; object-src 'self';",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow, noarchive, noimageindex',
}

/** Content never changes; that somebody may see it can. */
const CACHE_SECONDS = 86_400

export interface DownloadHeaders {
  readonly type: string
  readonly fileName: string | null
  /** Given at an open address: shared caches may keep it. */
  readonly open: boolean
  readonly etag: string
}

export function downloadHeaders({ type, fileName, open, etag }: DownloadHeaders): Record<string, string> {
  return {
    ...SANDBOX_HEADERS,
    'content-type': withCharset(type),
    'content-disposition': contentDisposition(type, fileName),
    'cache-control': `${open ? 'public' : 'private'}, immutable, max-age=${CACHE_SECONDS}`,
    etag,
  }
}

/** Text that does not say its encoding is UTF-8, as Synapse has it: browsers would guess. */
function withCharset(type: string): string {
  return /^(text\/[a-z.+-]+|application\/(ld\+)?json)$/i.test(type) ? `${type}; charset=UTF-8` : type
}

function contentDisposition(type: string, fileName: string | null): string {
  const essence = type.split(';')[0]!.trim().toLowerCase()
  const disposition = INLINE_TYPES.has(essence) ? 'inline' : 'attachment'
  if (fileName === null || fileName === '') return disposition
  if (/^[A-Za-z0-9!#$&+.^_`|~-]+$/.test(fileName)) return `${disposition}; filename=${fileName}`
  return `${disposition}; filename*=utf-8''${percentEncode(fileName.toWellFormed())}`
}

/** RFC 8187 `ext-value`: encodeURIComponent leaves some characters that are not allowed there. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

export type ByteRange = { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined

/** Reads a `Range` header (RFC 9110, section 14.2) of one range; anything else is as if there were none. `end` is included. */
export function parseRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const first = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1])
  const last = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  if (match[1] !== '' && match[2] !== '' && Number(match[2]) < Number(match[1])) return undefined
  return first > last ? 'unsatisfiable' : { start: first, end: last }
}
