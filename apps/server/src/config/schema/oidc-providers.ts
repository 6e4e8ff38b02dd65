import { hash } from 'node:crypto'
import { ulidOf } from '@glia/platform'
import { section } from '../section.ts'
import { refuse, type Setting, type SettingType, setting, type ValuesOf } from '../setting.ts'
import { boolean, checked, choice, httpUrl, listOf, optional, path, secret, text } from '../types.ts'
import { type ProviderEntry, type ProviderValues, template } from './upstream.ts'

/** A setting of Synapse that cannot mean anything here, and would change who gets in: it must not be set. */
const unknown = (why: string): Setting<null> => ({
  type: {
    label: 'not set',
    optional: true,
    read: (node, key, reading) => (node.value === null ? null : refuse(node, key, `is not known here: ${why}`, reading)),
  } satisfies SettingType<null>,
  default: null,
  doc: `Not known here: ${why}.`,
})

const only = (wanted: boolean, why: string) => checked(boolean, (value) => (value === wanted ? undefined : `must be ${wanted}: ${why}`))

const DEFAULT_MODULE = /^synapse\.handlers\.(oidc|oidc_handler)\.JinjaOidcMappingProvider$/

const mappingFields = {
  subject_claim: setting(text, { default: 'sub', doc: 'The claim by which a person is known again.' }),
  subject_template: setting(optional(template), { doc: 'In place of `subject_claim`.' }),
  localpart_template: setting(optional(template), { doc: 'The user name of new accounts. Not set: they choose it.' }),
  confirm_localpart: setting(boolean, { default: false, doc: 'New accounts may change the name.' }),
  display_name_template: setting(optional(template), { doc: 'The name that others see.' }),
  email_template: setting(optional(template), { doc: 'The e-mail address.' }),
} satisfies Record<string, Setting<unknown>>

const providerFields = {
  idp_id: setting(text, { doc: 'What the provider is called in `external_ids` (`oidc-` before it) and by clients; never change it.' }),
  idp_name: setting(optional(text), { doc: 'For people.' }),
  idp_brand: setting(optional(text), { doc: 'By which clients choose a logo.' }),
  discover: setting(boolean, { default: true, doc: 'The provider says itself where its endpoints are.' }),
  issuer: setting(text, { doc: 'The issuer, exactly as the provider writes it.' }),
  client_id: setting(text, { doc: 'As the provider has given it.' }),
  client_secret: setting(optional(secret), { doc: 'As the provider has given it.' }),
  client_secret_path: setting(optional(path), { doc: 'File with `client_secret`.' }),
  client_secret_jwt_key: unknown('use a fixed client_secret'),
  client_auth_method: setting(choice('client_secret_basic', 'client_secret_post', 'none'), {
    default: 'client_secret_basic',
    doc: 'How this server shows the secret.',
  }),
  pkce_method: setting(choice('auto', 'always', 'never'), { default: 'auto', doc: 'PKCE (S256).' }),
  id_token_signing_alg_values_supported: setting(
    checked(listOf(choice('RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'), 'a list'), (list) =>
      list.length === 1 ? undefined : 'must name one algorithm',
    ),
    { default: ['RS256'], doc: 'The signature that ID tokens must have: one.' },
  ),
  scopes: setting(
    checked(listOf(text, 'a list of scopes'), (list) => (list.includes('openid') ? undefined : 'must have openid among them')),
    { default: ['openid'], doc: 'What is asked for.' },
  ),
  authorization_endpoint: setting(optional(httpUrl), { doc: 'In place of what the provider says itself.' }),
  token_endpoint: setting(optional(httpUrl), { doc: 'In place of what the provider says itself.' }),
  userinfo_endpoint: setting(optional(httpUrl), { doc: 'In place of what the provider says itself.' }),
  jwks_uri: setting(optional(httpUrl), { doc: 'In place of what the provider says itself.' }),
  skip_verification: setting(only(false, 'what the provider says of itself is always checked'), { default: false, doc: 'Must be false.' }),
  user_profile_method: setting(choice('auto', 'userinfo_endpoint'), {
    default: 'auto',
    doc: '`userinfo_endpoint`: it is asked, too; `auto`: the ID token says it all.',
  }),
  allow_existing_users: setting(boolean, {
    default: false,
    doc: 'Whoever has the name of an account there is let into the account here. Otherwise that name is taken.',
  }),
  enable_registration: setting(only(true, 'use registration_token_required of glia.auth.upstream_oauth2.providers'), {
    default: true,
    doc: 'Must be true.',
  }),
  user_mapping_provider: setting(
    section({
      module: setting(
        optional(checked(text, (value) => (DEFAULT_MODULE.test(value) ? undefined : 'cannot be used: Glia runs no modules of Synapse'))),
        { doc: 'Only the one that Synapse has built in.' },
      ),
      config: setting(section(mappingFields, { picture_claim: '', picture_template: '', extra_attributes: '' }), {
        default: {},
        doc: 'From which claims names and addresses are made.',
      }),
    }),
    { default: {}, doc: 'What is taken over from the provider.' },
  ),
  backchannel_logout_enabled: setting(boolean, {
    default: false,
    doc: 'When the provider tells (at `_synapse/client/oidc/backchannel_logout`) that somebody left, end what was let in from there.',
  }),
  attribute_requirements: unknown('who may come in is decided at the provider'),
  additional_authorization_parameters: unknown('nothing is added to what is sent to the provider'),
} satisfies Record<string, Setting<unknown>>

/** Top-level settings of Synapse. */
export const oidcProviderFields = {
  oidc_providers: setting(
    listOf(
      section(providerFields, {
        idp_icon: '',
        redirect_uri: '',
        backchannel_logout_ignore_sub: '',
        passthrough_authorization_parameters: '',
      }),
      'a list of providers',
    ),
    {
      default: [],
      doc: 'OpenID Connect providers with which users sign in, as in Synapse: what is registered there and `external_ids` go on working. More can be said in `glia.auth.upstream_oauth2.providers`: docs/upstream-providers.md.',
    },
  ),
} satisfies Record<string, Setting<unknown>>

/** The providers in the words of `glia.auth.upstream_oauth2.providers`. */
export function synapseProviders(values: ValuesOf<typeof oidcProviderFields>): ProviderEntry[] {
  return values.oidc_providers.map((provider, index) => ({ key: `oidc_providers[${index}]`, values: valuesOf(provider), isSynapses: true }))
}

function valuesOf(provider: ValuesOf<typeof providerFields>): ProviderValues {
  const mapping = provider.user_mapping_provider.config
  // it stands for the provider in our own addresses and must always be the same
  const id = ulidOf(0, hash('sha256', provider.idp_id, 'buffer'))
  const imported = (by: string | null) => ({ action: by === null ? ('ignore' as const) : ('force' as const), template: by ?? '' })
  const localpart = imported(mapping.localpart_template)
  const mode = provider.issuer.startsWith('http:') ? 'insecure' : 'oidc'
  return {
    id,
    enabled: true,
    issuer: provider.issuer,
    human_name: provider.idp_name,
    brand_name: provider.idp_brand,
    client_id: provider.client_id,
    client_secret: provider.client_secret,
    client_secret_path: provider.client_secret_path,
    token_endpoint_auth_method: provider.client_auth_method,
    id_token_signed_response_alg: provider.id_token_signing_alg_values_supported[0]!,
    scope: provider.scopes.join(' '),
    discovery_mode: provider.discover ? mode : 'disabled',
    authorization_endpoint: provider.authorization_endpoint,
    token_endpoint: provider.token_endpoint,
    userinfo_endpoint: provider.userinfo_endpoint,
    jwks_uri: provider.jwks_uri,
    pkce_method: provider.pkce_method,
    response_mode: 'query',
    fetch_userinfo: provider.user_profile_method === 'userinfo_endpoint',
    forward_login_hint: false,
    registration_token_required: false,
    on_backchannel_logout: provider.backchannel_logout_enabled ? 'logout_all' : 'do_nothing',
    synapse_idp_id: `oidc-${provider.idp_id}`,
    claims_imports: {
      subject: { template: mapping.subject_template ?? `{{ user.${mapping.subject_claim} }}` },
      localpart: {
        ...localpart,
        action: mapping.confirm_localpart && localpart.action === 'force' ? 'suggest' : localpart.action,
        on_conflict: provider.allow_existing_users && localpart.action === 'force' && !mapping.confirm_localpart ? 'add' : 'fail',
      },
      displayname: imported(mapping.display_name_template),
      email: imported(mapping.email_template),
      account_name: { template: mapping.localpart_template ?? '{{ user.preferred_username }}' },
    },
  }
}
