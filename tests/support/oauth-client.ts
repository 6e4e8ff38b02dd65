import { hash, randomBytes } from 'node:crypto'
import { type Page, TestBrowser } from './browser.ts'
import type { ApiAnswer, TestServer, TestUser } from './start-server.ts'

export const API_SCOPE = 'urn:matrix:org.matrix.msc2967.client:api:*'
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
export const REDIRECT_URI = 'https://client.example/callback'

type Server = Pick<TestServer, 'api' | 'url'>

/** A client as it knows itself. */
export interface OAuthClient {
  readonly clientId: string
  readonly secret: string | undefined
}

/** Registers a client with every grant that a person takes part in; `metadata` wins over the usual one of a public web client. */
export async function registerOAuthClient(server: Server, metadata: Record<string, unknown> = {}): Promise<OAuthClient> {
  const { status, body } = await server.api('POST', '/oauth2/registration', {
    body: {
      client_name: 'Test client',
      client_uri: 'https://client.example',
      redirect_uris: [REDIRECT_URI],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', DEVICE_GRANT],
      token_endpoint_auth_method: 'none',
      ...metadata,
    },
  })
  if (status !== 201) throw new Error(`client refused: ${JSON.stringify(body)}`)
  return { clientId: body.client_id, secret: body.client_secret }
}

/** A request to the token endpoint; the client says who it is. */
export function requestToken(server: Server, client: OAuthClient, fields: Record<string, string>): Promise<ApiAnswer> {
  const own: Record<string, string> = client.secret === undefined ? { client_id: client.clientId } : {}
  const headers: Record<string, string> =
    client.secret === undefined ? {} : { authorization: `Basic ${Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')}` }
  return server.api('POST', '/oauth2/token', { form: { ...own, ...fields }, headers })
}

/** The address to which a client sends the browser, with PKCE; `changes` win, and an undefined one leaves the parameter out. */
export function authorizationUrl(
  client: OAuthClient,
  scope: string,
  changes: Record<string, string | undefined> = {},
): { url: string; verifier: string; state: string } {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(12).toString('base64url')
  const all = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: REDIRECT_URI,
    scope,
    state,
    code_challenge: hash('sha256', verifier, 'base64url'),
    code_challenge_method: 'S256',
    ...changes,
  }
  const query = new URLSearchParams(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
  return { url: `/authorize?${query}`, verifier, state }
}

/** Agrees on the page where the browser is, signing in before if it must. @returns where the client is answered */
export async function agree(browser: TestBrowser, page: Page, user: TestUser, action = 'consent'): Promise<URL> {
  const consent = page.url.includes('/login') ? await browser.signIn(page, user) : page
  return new URL((await browser.submit(consent, /^\/consent/, { action })).url)
}

/** What a client sends to the token endpoint after a user agreed in a new browser. */
export async function codeGrant(server: Server, client: OAuthClient, user: TestUser, scope: string): Promise<Record<string, string>> {
  const { url, verifier } = authorizationUrl(client, scope)
  const browser = new TestBrowser(server.url)
  const back = await agree(browser, await browser.open(url), user)
  return {
    grant_type: 'authorization_code',
    code: back.searchParams.get('code')!,
    code_verifier: verifier,
    redirect_uri: REDIRECT_URI,
  }
}

/** The tokens of a session that a user let a client have. */
export async function codeTokens(
  server: Server,
  client: OAuthClient,
  user: TestUser,
  scope: string,
): Promise<{ accessToken: string; refreshToken: string }> {
  const { status, body } = await requestToken(server, client, await codeGrant(server, client, user, scope))
  if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`)
  return { accessToken: body.access_token, refreshToken: body.refresh_token }
}

/** Starts a device grant. */
export async function startDevice(server: Server, client: OAuthClient, scope: string): Promise<Record<string, string>> {
  const { body } = await server.api('POST', '/oauth2/device', { form: { client_id: client.clientId, scope } })
  return body
}
