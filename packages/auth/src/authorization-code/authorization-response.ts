/** Where a person is sent back to the client, and how the answer is put into the address. */
export interface ResponseTarget {
  readonly redirectUri: string
  readonly responseMode: 'query' | 'fragment'
  readonly state: string | undefined
}

/**
 * The address that takes the answer to the client (OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1).
 * In query mode it ends with an empty fragment, so that an old one cannot live on. Every answer, errors too, says who gives it, so that a
 * client of several services does not mix them up (RFC 9207).
 */
export function responseLocation(target: ResponseTarget, issuer: string, parameters: Readonly<Record<string, string>>): string {
  const all = new URLSearchParams({ ...parameters, ...(target.state === undefined ? {} : { state: target.state }), iss: issuer })
  const url = new URL(target.redirectUri)
  if (target.responseMode === 'fragment') {
    url.hash = all.toString()
    return url.href
  }
  for (const [name, value] of all) url.searchParams.append(name, value)
  return `${url.href}#`
}
