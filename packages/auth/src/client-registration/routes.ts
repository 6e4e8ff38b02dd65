import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { Client } from './client.ts'
import { type RegisterClientDeps, registerClient } from './register-client.ts'

export function clientRegistrationRoutes(deps: RegisterClientDeps): Route[] {
  return [
    route(contract.oauth.clientRegistration.registerClient, async ({ body }) => {
      const { client, secret } = await registerClient(deps, body)
      return { ...toWire(client), ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }) }
    }),
  ]
}

function toWire(client: Client) {
  return {
    client_id: client.id,
    client_id_issued_at: Math.floor(client.createdAtMs / 1000),
    redirect_uris: [...client.redirectUris],
    grant_types: [...client.grantTypes],
    response_types: [...client.responseTypes],
    application_type: client.applicationType,
    ...(client.clientName === undefined ? {} : { client_name: client.clientName }),
    ...(client.clientUri === undefined ? {} : { client_uri: client.clientUri }),
    ...(client.logoUri === undefined ? {} : { logo_uri: client.logoUri }),
    ...(client.policyUri === undefined ? {} : { policy_uri: client.policyUri }),
    ...(client.tosUri === undefined ? {} : { tos_uri: client.tosUri }),
    ...(client.contacts === undefined ? {} : { contacts: [...client.contacts] }),
    ...(client.jwksUri === undefined ? {} : { jwks_uri: client.jwksUri }),
    ...(client.jwks === undefined ? {} : { jwks: { ...client.jwks } }),
    token_endpoint_auth_method: client.tokenEndpointAuthMethod,
    ...(client.tokenEndpointAuthSigningAlg === undefined ? {} : { token_endpoint_auth_signing_alg: client.tokenEndpointAuthSigningAlg }),
    ...(client.idTokenSignedResponseAlg === undefined ? {} : { id_token_signed_response_alg: client.idTokenSignedResponseAlg }),
  }
}
