import type { Secret } from '@glia/platform'
import type { ClaimTemplate } from './claim-template.ts'

/**
 * What becomes of something that a provider says of a person: nothing; a proposal that can be changed; used as it is; used as it is,
 * and nobody gets in without it.
 */
export type ClaimAction = 'ignore' | 'suggest' | 'force' | 'require'

export interface ClaimImport {
  readonly action: ClaimAction
  readonly template: ClaimTemplate
}

/** What happens when the name is that of an account already; `set`: linked if the account has no link to the provider yet. */
export type ConflictRule = 'fail' | 'add' | 'replace' | 'set'

/** An identity provider, as configured. Names and meaning as in MAS (`upstream_oauth2.providers`). */
export interface UpstreamProvider {
  /** ULID */
  readonly id: string
  readonly isEnabled: boolean
  readonly issuer: string
  readonly humanName: string | null
  readonly brandName: string | null
  readonly clientId: string
  readonly clientSecret: Secret | null
  readonly tokenEndpointAuthMethod: 'none' | 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt'
  readonly scope: string
  /** `insecure`: plain http is allowed; `disabled`: `endpoints` says it all. */
  readonly discoveryMode: 'oidc' | 'insecure' | 'disabled'
  readonly endpoints: {
    readonly authorization: string | null
    readonly token: string | null
    readonly userinfo: string | null
    readonly jwks: string | null
  }
  readonly pkceMethod: 'auto' | 'always' | 'never'
  readonly idTokenAlgorithm: string
  readonly isUserinfoFetched: boolean
  readonly isLoginHintForwarded: boolean
  readonly isRegistrationTokenRequired: boolean
  readonly onBackchannelLogout: 'do_nothing' | 'logout_browser_only' | 'logout_all'
  /** What Synapse called it (`oidc-…`): `auth_provider` of external ids. Null: the id. */
  readonly synapseIdpId: string | null
  readonly claims: {
    readonly subject: ClaimTemplate
    readonly localpart: ClaimImport & { readonly onConflict: ConflictRule }
    readonly displayName: ClaimImport
    readonly email: ClaimImport
    readonly accountName: ClaimTemplate
  }
}

/** For people. */
export function nameOfProvider(provider: Pick<UpstreamProvider, 'humanName' | 'issuer'>): string {
  return provider.humanName ?? URL.parse(provider.issuer)?.host ?? provider.issuer
}

/** How the provider is called in external ids, and to clients. */
export function externalNameOf(provider: { id: string; synapseIdpId: string | null }): string {
  return provider.synapseIdpId ?? provider.id
}
