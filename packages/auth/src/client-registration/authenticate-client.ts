import { OAuthError } from '@glia/contract'
import type { RequestInfo } from '@glia/http'
import { hashToken, isSameText } from '../tokens/index.ts'
import { type Client, type ClientAuthMethod, findClient, type GrantType } from './client.ts'
import { ASSERTION_TYPE, type ClientAssertionDeps, type ClientAssertions, createClientAssertions } from './client-assertion.ts'

/** What a form says about the client that sends it. */
export interface ClientFields {
  readonly client_id?: string
  readonly client_secret?: string
  readonly client_assertion_type?: string
  readonly client_assertion?: string
}

type Credentials =
  | { readonly method: 'none'; readonly clientId: string }
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly clientId: string; readonly secret: string }
  | { readonly method: 'assertion'; readonly clientId: string; readonly assertion: string }

export interface ClientAuthentication {
  /**
   * Which client sends a request (RFC 6749 section 2.3): HTTP Basic, secret in the body, the id alone for public clients, or something signed
   * (RFC 7523); the one that the client registered.
   * @throws OAuthError invalid_request (nothing usable, or more than one), invalid_grant (two ids), invalid_client (unknown, not shown, wrong
   *   method), temporarily_unavailable
   */
  authenticate(request: RequestInfo, form: ClientFields): Promise<Client>
}

export function createClientAuthentication(deps: ClientAssertionDeps): ClientAuthentication {
  const assertions = createClientAssertions(deps)
  return {
    async authenticate(request, form) {
      const credentials = await readCredentials(assertions, request.headers.authorization as string | undefined, form)
      const client = await findClient(deps.database.read, credentials.clientId)
      if (!client) throw new OAuthError('invalid_client', 'Unknown client')
      if (!methodsOf(credentials).includes(client.tokenEndpointAuthMethod)) {
        throw new OAuthError('invalid_client', `This client authenticates with ${client.tokenEndpointAuthMethod}`)
      }
      if (credentials.method === 'assertion') await assertions.check(client, credentials.assertion, request.url.split('?')[0]!)
      else if (credentials.method !== 'none' && !isSecretOf(client, credentials.secret)) {
        throw new OAuthError('invalid_client', 'Wrong client secret')
      }
      return client
    },
  }
}

/** Whether a form, or the header beside it, shows more than an id. */
export function showsCredentials(request: RequestInfo, form: ClientFields): boolean {
  return request.headers.authorization !== undefined || form.client_secret !== undefined || form.client_assertion !== undefined
}

/** @throws OAuthError unauthorized_client */
export function requireGrantType(client: Client, grantType: GrantType): void {
  if (client.grantTypes.includes(grantType)) return
  throw new OAuthError('unauthorized_client', `This client has not registered the grant type ${grantType}`)
}

function methodsOf({ method }: Credentials): readonly ClientAuthMethod[] {
  return method === 'assertion' ? ['client_secret_jwt', 'private_key_jwt'] : [method]
}

async function readCredentials(
  assertions: ClientAssertions,
  authorization: string | undefined,
  { client_id: clientId, client_secret: secret, client_assertion: assertion, client_assertion_type: type }: ClientFields,
): Promise<Credentials> {
  const shown = [authorization, secret, assertion].filter((value) => value !== undefined)
  if (shown.length > 1) throw new OAuthError('invalid_request', 'The client shows more than one proof of who it is')
  if (assertion !== undefined || type !== undefined) {
    if (assertion === undefined || type !== ASSERTION_TYPE) {
      throw new OAuthError('invalid_request', `client_assertion and client_assertion_type (${ASSERTION_TYPE}) belong together`)
    }
    return { method: 'assertion', clientId: sameId(clientId, await assertions.subjectOf(assertion), 'sub of client_assertion'), assertion }
  }
  if (authorization === undefined) {
    if (!clientId) throw new OAuthError('invalid_request', 'client_id is missing')
    return secret === undefined ? { method: 'none', clientId } : { method: 'client_secret_post', clientId, secret }
  }
  const basic = readBasic(authorization)
  if (!basic) throw new OAuthError('invalid_request', 'The Authorization header cannot be used for client authentication')
  return { method: 'client_secret_basic', clientId: sameId(clientId, basic.clientId, 'Authorization header'), secret: basic.secret }
}

/** @throws OAuthError invalid_grant */
function sameId(inBody: string | undefined, elsewhere: string, where: string): string {
  if (inBody && inBody !== elsewhere) throw new OAuthError('invalid_grant', `client_id differs from the ${where}`)
  return elsewhere
}

/** Id and secret are form-encoded before they are joined (RFC 6749 section 2.3.1). */
function readBasic(header: string): { clientId: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1) return undefined
  try {
    return { clientId: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) }
  } catch {
    return undefined
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

function isSecretOf(client: Client, secret: string): boolean {
  return client.secretHash !== undefined && isSameText(hashToken(secret), client.secretHash)
}
