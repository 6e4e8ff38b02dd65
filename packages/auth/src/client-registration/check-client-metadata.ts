import { OAuthError } from '@glia/contract'
import { type ClientMetadata, grantTypes } from './client.ts'
import { isLoopback, isOnHost, mayRedirectTo } from './redirect-uri.ts'

/**
 * The registration policy. Where MAS wants https, Glia also takes plain http on this machine and on the server's own origin, so that
 * a server without certificate can be tried out with its own console.
 * @param issuer the server's own base URL
 * @throws OAuthError invalid_redirect_uri, invalid_client_metadata; all complaints in one message
 */
export function checkClientMetadata(metadata: ClientMetadata, issuer: string): void {
  const isSecure = (url: URL) =>
    url.protocol === 'https:' || (url.protocol === 'http:' && (isLoopback(url) || url.origin === new URL(issuer).origin))
  const complaints = [
    ...(metadata.clientUri === undefined ? ['client_uri is required'] : []),
    ...uriComplaints(metadata, isSecure),
    ...(metadata.jwksUri !== undefined && !isSecure(new URL(metadata.jwksUri)) ? ['jwks_uri must be an https URL'] : []),
    ...(metadata.grantTypes.includes(grantTypes.clientCredentials) && metadata.tokenEndpointAuthMethod === 'none'
      ? ['client_credentials needs a client secret: token_endpoint_auth_method must not be none']
      : []),
    ...metadata.redirectUris.filter((uri) => !mayRedirectTo(uri, metadata, isSecure)).map((uri) => `redirect_uri ${uri} is not allowed`),
  ]
  if (complaints.length === 0) return
  const isAboutRedirects = complaints.some((complaint) => complaint.startsWith('redirect_uri'))
  throw new OAuthError(isAboutRedirects ? 'invalid_redirect_uri' : 'invalid_client_metadata', complaints.join('; '))
}

function uriComplaints(metadata: ClientMetadata, isSecure: (url: URL) => boolean): string[] {
  const named = { client_uri: metadata.clientUri, logo_uri: metadata.logoUri, policy_uri: metadata.policyUri, tos_uri: metadata.tosUri }
  const complaints: string[] = []
  for (const [name, uri] of Object.entries(named)) {
    if (uri === undefined) continue
    const url = new URL(uri)
    if (!isSecure(url)) complaints.push(`${name} must be an https URL`)
    if (url.username !== '' || url.password !== '') complaints.push(`${name} must not have a user name or password`)
    if (metadata.clientUri !== undefined && !isOnHost(url, new URL(metadata.clientUri))) {
      complaints.push(`${name} must be on the host of client_uri`)
    }
  }
  return complaints
}
