import type { KeyObject } from 'node:crypto'
import type { RemoteAuthSettings, RemoteHomeserverSettings, StaticClient, TermsPolicy, UpstreamProvider } from '@glia/auth'
import type { Secret } from '@glia/platform'
import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, duration, listOf, optional, path, seconds, text } from '../types.ts'
import { staticClientFields } from './clients.ts'
import { delegationFields } from './delegation.ts'
import { matrixFields } from './matrix.ts'
import { termsFields } from './terms.ts'
import { upstreamFields } from './upstream.ts'

/** Settings of sign-in that Synapse has. */
export const authFields = {
  ...delegationFields,
  password_config: setting(
    section(
      { enabled: setting(boolean, { default: true, doc: 'Users sign in with a password.' }) },
      {
        localdb_enabled: '',
        pepper: 'passwords taken over from a Synapse that used a pepper will not work',
        policy: 'passwords of any strength are taken',
      },
    ),
    { default: {}, doc: 'Passwords.' },
  ),
  session_lifetime: setting(optional(duration), { doc: 'How long a login lasts at most. Not set: until the user logs out.' }),
  refreshable_access_token_lifetime: setting(duration, {
    default: '5m',
    doc: 'How long the access token of a `/login` with `refresh_token: true` lasts before it must be refreshed.',
  }),
  refresh_token_lifetime: setting(optional(duration), { doc: 'How long a refresh token of `/login` may stay unused. Not set: for ever.' }),
  nonrefreshable_access_token_lifetime: setting(optional(duration), {
    doc: 'How long the access token of a `/login` without refresh token lasts. Not set: until the user logs out.',
  }),
  login_via_existing_session: setting(
    section({
      enabled: setting(boolean, { default: false, doc: 'A client that is signed in may make a token with which another one logs in.' }),
      require_ui_auth: setting(boolean, { default: true, doc: 'Ask for the password before.' }),
      token_timeout: setting(duration, { default: '5m', doc: 'How long such a token is good. It works once.' }),
    }),
    { default: {}, doc: 'Bringing a second client in from the first (`/login/get_token`), for clients without OAuth.' },
  ),
  sso: setting(
    section(
      {
        client_whitelist: setting(listOf(text, 'a list of beginnings of addresses'), {
          default: [],
          doc: 'Clients (beginnings of their addresses) that are led back to without asking the user first. End them with a slash.',
        }),
      },
      { template_dir: 'templates cannot be changed', update_profile_information: '' },
    ),
    { default: {}, doc: 'Signing in on the pages of this server, for clients without OAuth (`m.login.sso`).' },
  ),
} satisfies Record<string, Setting<unknown>>

/** Settings under `glia.auth`. */
export const gliaAuthFields = {
  ...matrixFields,
  ...upstreamFields,
  ...staticClientFields,
  ...termsFields,
  access_token_ttl: setting(seconds({ min: 60, max: 86_400 }), {
    default: 300,
    doc: 'How long an OAuth access token (`mat_…`) lasts before it must be refreshed. Counts seconds, as in MAS.',
  }),
  policy: setting(
    section({
      admin_users: setting(listOf(text, 'a list of user names'), {
        default: [],
        doc: 'Names of users (`alice`, not `@alice:example.com`) who may ask for `urn:synapse:admin:*` and `urn:mas:admin`, beside those who are admins.',
      }),
      admin_clients: setting(listOf(text, 'a list of client ids'), {
        default: [],
        doc: 'Ids of OAuth clients that may get `urn:mas:admin` for themselves (`client_credentials`), without a user.',
      }),
    }),
    { default: {}, doc: 'Who may ask for admin scopes.' },
  ),
  device_code_grant_enabled: setting(boolean, {
    default: true,
    doc: 'Offer the device grant (RFC 8628): sign in on a device without browser.',
  }),
  device_code_user_code_auto_fill_enabled: setting(boolean, {
    default: true,
    doc: 'A link that carries the code (`/link?code=…`) fills it in, so that the user only confirms.',
  }),
  encryption_key_path: setting(optional(path), {
    doc: 'File with the key that encrypts secrets in the database: 64 hex digits. Not set: `secrets/auth_encryption_key` in the data folder, made on the first start.',
  }),
  signing_key_path: setting(optional(path), {
    doc: 'File with the RSA key (PEM) that signs ID tokens at first; later ones are made with `glia keys rotate` and kept in the database. A key that is put here and was never there before signs from the next start on. Not set: `secrets/auth_signing_key.pem` in the data folder, made on the first start.',
  }),
} satisfies Record<string, Setting<unknown>>

export interface AuthConfig {
  readonly passwordsEnabled: boolean
  /** Null: no end. */
  readonly sessionLifetimeMs: number | null
  readonly refreshableAccessTokenLifetimeMs: number
  /** Null: no end. */
  readonly refreshTokenLifetimeMs: number | null
  /** Null: no end. */
  readonly nonrefreshableAccessTokenLifetimeMs: number | null
  /** Of OAuth access tokens. */
  readonly accessTokenLifetimeMs: number
  /** Logging in with a token that another session made. */
  readonly existingSession: { readonly isEnabled: boolean; readonly isConfirmed: boolean; readonly tokenLifetimeMs: number }
  /** Beginnings of addresses. */
  readonly trustedSsoClients: readonly string[]
  readonly policy: { readonly adminUsers: readonly string[]; readonly adminClients: readonly string[] }
  readonly deviceCodeGrantEnabled: boolean
  readonly deviceCodeUserCodeAutoFillEnabled: boolean
  /** Encrypts secrets in the database: 32 bytes as 64 hex digits. */
  readonly encryptionKey: Secret
  /** RSA private key that signs ID tokens until there is a newer one. */
  readonly signingKey: KeyObject
  /** Also those that are switched off. */
  readonly upstreamProviders: readonly UpstreamProvider[]
  /** Not null: users sign in with another program, and this one is the homeserver alone. */
  readonly remoteAuth: RemoteAuthSettings | null
  /** Not null: the homeserver is another program, and this one is the auth service alone. */
  readonly remoteHomeserver: RemoteHomeserverSettings | null
  readonly clients: readonly StaticClient[]
  /** What people must accept to get an account. */
  readonly terms: readonly TermsPolicy[]
}

const LIFETIMES = ['refreshable_access_token_lifetime', 'refresh_token_lifetime', 'nonrefreshable_access_token_lifetime'] as const

/** `isGiven` tells whether a top-level key was written by somebody; `refuse` is told what cannot go together. */
export function authConfig(
  values: ValuesOf<typeof authFields>,
  own: ValuesOf<typeof gliaAuthFields>,
  given: Pick<AuthConfig, 'encryptionKey' | 'signingKey' | 'upstreamProviders' | 'clients' | 'terms' | 'remoteHomeserver' | 'remoteAuth'>,
  isGiven: (key: string) => boolean,
  refuse: (key: string, message: string) => void,
): AuthConfig {
  const session = values.session_lifetime
  for (const key of LIFETIMES) {
    const lifetime = values[key]
    if (session !== null && lifetime !== null && isGiven(key) && lifetime > session) refuse(key, 'must not be longer than session_lifetime')
  }
  return {
    passwordsEnabled: values.password_config.enabled,
    sessionLifetimeMs: session,
    refreshableAccessTokenLifetimeMs: values.refreshable_access_token_lifetime,
    refreshTokenLifetimeMs: values.refresh_token_lifetime,
    nonrefreshableAccessTokenLifetimeMs: values.nonrefreshable_access_token_lifetime,
    accessTokenLifetimeMs: own.access_token_ttl,
    existingSession: {
      isEnabled: values.login_via_existing_session.enabled,
      isConfirmed: values.login_via_existing_session.require_ui_auth,
      tokenLifetimeMs: values.login_via_existing_session.token_timeout,
    },
    trustedSsoClients: values.sso.client_whitelist,
    policy: { adminUsers: own.policy.admin_users, adminClients: own.policy.admin_clients },
    deviceCodeGrantEnabled: own.device_code_grant_enabled,
    deviceCodeUserCodeAutoFillEnabled: own.device_code_user_code_auto_fill_enabled,
    ...given,
  }
}
