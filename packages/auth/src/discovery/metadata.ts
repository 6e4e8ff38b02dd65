import { assertionAlgorithms, clientAuthMethods, grantTypes, idTokenAlgorithms } from '../client-registration/index.ts'

/** What the account page can be opened for (Client-Server API, "Account management"), the older names too. */
export const accountActions = [
  'org.matrix.profile',
  'org.matrix.devices_list',
  'org.matrix.device_view',
  'org.matrix.device_delete',
  'org.matrix.cross_signing_reset',
  'org.matrix.account_deactivate',
  'org.matrix.sessions_list',
  'org.matrix.session_view',
  'org.matrix.session_end',
] as const

export interface MetadataOptions {
  /** With a slash at the end. */
  readonly issuer: string
  readonly deviceGrantEnabled: boolean
  readonly registrationEnabled: boolean
}

/** The discovery document (RFC 8414, OpenID Connect Discovery 1.0). It says what Glia does, which is less than MAS lists. */
export function serverMetadata({ issuer, deviceGrantEnabled, registrationEnabled }: MetadataOptions) {
  const signing = Object.values(assertionAlgorithms).flat()
  const grants = Object.values(grantTypes).filter((type) => deviceGrantEnabled || type !== grantTypes.deviceCode)
  return {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}oauth2/token`,
    registration_endpoint: `${issuer}oauth2/registration`,
    revocation_endpoint: `${issuer}oauth2/revoke`,
    introspection_endpoint: `${issuer}oauth2/introspect`,
    userinfo_endpoint: `${issuer}oauth2/userinfo`,
    jwks_uri: `${issuer}oauth2/keys.json`,
    ...(deviceGrantEnabled ? { device_authorization_endpoint: `${issuer}oauth2/device` } : {}),
    scopes_supported: ['openid', 'email'],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: [...grants],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: [...clientAuthMethods],
    token_endpoint_auth_signing_alg_values_supported: signing,
    revocation_endpoint_auth_methods_supported: [...clientAuthMethods],
    revocation_endpoint_auth_signing_alg_values_supported: signing,
    introspection_endpoint_auth_methods_supported: clientAuthMethods.filter((method) => method !== 'none'),
    introspection_endpoint_auth_signing_alg_values_supported: signing,
    id_token_signing_alg_values_supported: [...idTokenAlgorithms],
    subject_types_supported: ['public'],
    display_values_supported: ['page'],
    claim_types_supported: ['normal'],
    claims_supported: ['iss', 'sub', 'aud', 'iat', 'exp', 'nonce', 'auth_time', 'at_hash', 'c_hash'],
    authorization_response_iss_parameter_supported: true,
    claims_parameter_supported: false,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    prompt_values_supported: registrationEnabled ? ['login', 'create'] : ['login'],
    account_management_uri: `${issuer}account/`,
    account_management_actions_supported: [...accountActions],
  }
}
