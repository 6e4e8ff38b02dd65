import { OAuthError } from '@glia/contract'
import type { Reads } from '@glia/database'
import { hashToken, isSameText } from '../tokens/index.ts'
import { type Client, type ClientAuthMethod, findClient, type GrantType } from './client.ts'
import type { ClientTables } from './tables.ts'

/** What a request says about the client that sends it. */
export interface PresentedClient {
  readonly authorization: string | undefined
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
}

interface Credentials {
  readonly method: ClientAuthMethod
  readonly clientId: string
  readonly secret: string | undefined
}

/**
 * Client authentication (RFC 6749 section 2.3): HTTP Basic, secret in the body, or the id alone for public clients; the one that the
 * client registered.
 * @throws OAuthError invalid_request (nothing usable), invalid_grant (two ids), invalid_client (unknown, wrong secret or method)
 */
export async function authenticateClient(db: Reads<ClientTables>, presented: PresentedClient): Promise<Client> {
  const { method, clientId, secret } = readCredentials(presented)
  const client = await findClient(db, clientId)
  if (!client) throw new OAuthError('invalid_client', 'Unknown client')
  if (client.tokenEndpointAuthMethod !== method) {
    throw new OAuthError('invalid_client', `This client authenticates with ${client.tokenEndpointAuthMethod}`)
  }
  if (method !== 'none' && !isSecretOf(client, secret ?? '')) throw new OAuthError('invalid_client', 'Wrong client secret')
  return client
}

/** @throws OAuthError unauthorized_client */
export function requireGrantType(client: Client, grantType: GrantType): void {
  if (client.grantTypes.includes(grantType)) return
  throw new OAuthError('unauthorized_client', `This client has not registered the grant type ${grantType}`)
}

function readCredentials({ authorization, clientId, clientSecret }: PresentedClient): Credentials {
  if (authorization === undefined) {
    if (!clientId) throw new OAuthError('invalid_request', 'client_id is missing')
    return { method: clientSecret === undefined ? 'none' : 'client_secret_post', clientId, secret: clientSecret }
  }
  const basic = readBasic(authorization)
  if (!basic) throw new OAuthError('invalid_request', 'The Authorization header cannot be used for client authentication')
  if (clientSecret !== undefined) throw new OAuthError('invalid_request', 'Client secret in header and body')
  if (clientId && clientId !== basic.clientId) throw new OAuthError('invalid_grant', 'client_id differs from the Authorization header')
  return { method: 'client_secret_basic', ...basic }
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
