/** Where a page says what its letters are: within the first bytes (HTML standard, "prescan a byte stream"). */
const PRESCAN_BYTES = 1024

/**
 * The text of a page: by its byte order mark, `Content-Type`, `<meta charset>` or XML declaration, else as UTF-8, else as Windows-1252.
 * Never fails; what cannot be read becomes U+FFFD.
 */
export function decodeHtml(body: Uint8Array, contentType: string | undefined): string {
  const named = byteOrderMark(body) ?? /charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType ?? '')?.[1] ?? declaredIn(body)
  const decoder = named === undefined ? undefined : decoderFor(named)
  if (decoder) return decoder.decode(body)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return new TextDecoder('windows-1252').decode(body)
  }
}

function byteOrderMark(body: Uint8Array): string | undefined {
  const [first, second, third] = body
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return first === 0xff && second === 0xfe ? 'utf-16le' : undefined
}

function declaredIn(body: Uint8Array): string | undefined {
  const start = new TextDecoder('latin1').decode(body.subarray(0, PRESCAN_BYTES))
  const charset =
    /<meta[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(start)?.[1] ?? /<\?xml[^>]*?encoding\s*=\s*["']([^"']+)/i.exec(start)?.[1]
  // who can read the declaration byte by byte has no UTF-16
  return charset !== undefined && /^utf-?16/i.test(charset) ? 'utf-8' : charset
}

function decoderFor(name: string): TextDecoder | undefined {
  try {
    return new TextDecoder(name)
  } catch {
    return undefined
  }
}
