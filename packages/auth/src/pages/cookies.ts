/** Names of our cookies. On https they carry the prefix that keeps other hosts from setting them (RFC 6265bis section 4.1.3.2). */
export function cookieNames(isSecure: boolean): { session: string; csrf: string } {
  const prefix = isSecure ? '__Host-' : ''
  return { session: `${prefix}glia_session`, csrf: `${prefix}glia_csrf` }
}

/** The first value of a cookie in a `Cookie` header. */
export function readCookie(header: string | string[] | undefined, name: string): string | undefined {
  for (const part of String(header ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=')
    if (key === name) return value.join('=')
  }
  return undefined
}

/** @param maxAgeSeconds undefined: until the browser is closed; 0: take it away */
export function setCookie(name: string, value: string, options: { isSecure: boolean; maxAgeSeconds?: number }): string {
  const age = options.maxAgeSeconds === undefined ? '' : `; Max-Age=${options.maxAgeSeconds}`
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${options.isSecure ? '; Secure' : ''}${age}`
}
