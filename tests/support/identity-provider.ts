import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** An OpenID Connect provider (`oidc-provider`) on a free port. Whoever types in a name is that person there. */
export interface IdentityProvider {
  readonly issuer: string
  /** What it says of a person beside `sub`, which is the name. */
  readonly claims: Map<string, Record<string, unknown>>
  /** Clients can be served from now on. */
  open(clients: readonly Record<string, unknown>[]): void
  /** Goes through the provider's pages, in a fresh browser. @returns the address that it leads back to */
  signIn(location: string, name: string): Promise<string>
  /** Breaks off at the provider's first page. @returns the address that it leads back to */
  abort(location: string): Promise<string>
  /** Tells a client, as at the end of a session there. */
  logOut(clientId: string, subject: string, sid: string): Promise<void>
  /** A token signed with the provider's own key. */
  sign(claims: Record<string, unknown>): Promise<string>
  close(): Promise<void>
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  // biome-ignore lint/suspicious/noExplicitAny: the package has no types
  const { default: Provider } = (await import('oidc-provider' as string)) as { default: any }
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), kid: 'test', alg: 'RS256', use: 'sig' }
  const claims = new Map<string, Record<string, unknown>>()
  // biome-ignore lint/suspicious/noExplicitAny: the package has no types
  let provider: any
  const http = createServer((request, response) => provider.callback()(request, response))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`

  /** Follows redirects at the provider; posts `answers` to the forms it meets, one after another. */
  async function browse(location: string, answers: readonly Record<string, string>[], abortAt?: RegExp): Promise<string> {
    const cookies = new Map<string, string>()
    const left = [...answers]
    let url = location
    let body: URLSearchParams | undefined
    for (;;) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(url, { redirect: 'manual', headers: { cookie }, ...(body && { method: 'POST', body }) })
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';')
        cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
      }
      const next = response.headers.get('location')
      body = undefined
      if (next !== null) {
        url = new URL(next, url).href
        if (new URL(url).origin !== issuer) return url
        continue
      }
      const html = await response.text()
      const abort = abortAt && /href="([^"]*abort[^"]*)"/.exec(html)
      if (abort) {
        url = new URL(abort[1]!, url).href
        continue
      }
      const answer = left.shift()
      const action = /action="([^"]*)"/.exec(html)
      if (!answer || !action) throw new Error(`the provider shows ${response.status} at ${url}: ${html}`)
      url = new URL(action[1]!, url).href
      body = new URLSearchParams(answer)
    }
  }

  return {
    issuer,
    claims,
    open(clients) {
      provider = new Provider(issuer, {
        clients,
        jwks: { keys: [key] },
        conformIdTokenClaims: false,
        claims: { openid: ['sub'], profile: ['preferred_username', 'name'], email: ['email', 'email_verified'] },
        features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
        // by itself it does not ask addresses of this machine
        fetch: (url: string, { body, method, headers, signal }: RequestInit) =>
          fetch(url, { body: body ?? null, method, headers, signal } as RequestInit),
        cookies: { keys: ['key of the tests'] },
        findAccount: (_: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id, ...claims.get(id) }) }),
      })
    },
    signIn: (location, name) => browse(location, [{ prompt: 'login', login: name, password: 'any' }, { prompt: 'consent' }]),
    abort: (location) => browse(location, [], /abort/),
    async logOut(clientId, subject, sid) {
      const client = await provider.Client.find(clientId)
      await client.backchannelLogout(subject, sid)
    },
    sign: (payload) => new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'test' }).sign(privateKey),
    async close() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
