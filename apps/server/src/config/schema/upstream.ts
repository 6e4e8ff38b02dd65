import { parseClaimTemplate, type UpstreamProvider } from '@glia/auth'
import { isUlid, type Secret } from '@glia/platform'
import { section } from '../section.ts'
import { type Setting, type SettingType, setting, type ValuesOf } from '../setting.ts'
import { boolean, checked, choice, httpUrl, listOf, optional, path, secret, text } from '../types.ts'

const template = checked(text, (value) =>
  parseClaimTemplate(value) === undefined
    ? 'must be text with claims such as {{ user.preferred_username }}; filters and blocks are not known'
    : undefined,
)
const action = choice('ignore', 'suggest', 'force', 'require')

const imported = (claim: string, by: string) => ({
  action: setting(action, {
    default: by,
    doc: '`ignore`; `suggest`: can be changed; `force`: used as it is; `require`: and nobody gets in without it.',
  }),
  template: setting(template, { default: `{{ user.${claim} }}`, doc: 'From which claims it is made.' }),
})

const claimsFields = {
  subject: setting(section({ template: setting(template, { default: '{{ user.sub }}', doc: 'What never changes of a person.' }) }), {
    default: {},
    doc: 'By what a person is known again.',
  }),
  localpart: setting(
    section({
      ...imported('preferred_username', 'suggest'),
      on_conflict: setting(choice('fail', 'add', 'replace', 'set'), {
        default: 'fail',
        doc:
          'If there is an account of that name: `fail`; `add`: it gets the link; `replace`: in place of its link to this provider; `set`: if it has none. ' +
          'All but `fail` need the action `force` or `require`, and let whoever has the name there into the account here.',
      }),
    }),
    { default: {}, doc: 'The user name of new accounts.' },
  ),
  displayname: setting(section(imported('name', 'suggest')), { default: {}, doc: 'The name that others see.' }),
  email: setting(section(imported('email', 'suggest')), {
    default: {},
    doc: 'The e-mail address, if the provider does not call it unconfirmed.',
  }),
  account_name: setting(
    section({ template: setting(template, { default: '{{ user.preferred_username }}', doc: 'How people know the account there.' }) }),
    {
      default: {},
      doc: 'What is shown of the link on the account page.',
    },
  ),
}

const providerFields = {
  id: setting(
    checked(text, (value) => (isUlid(value) ? undefined : 'must be a ULID: 26 capital letters and digits')),
    { doc: 'A ULID; never change it. It is part of the address to register at the provider: `<public_baseurl>upstream/callback/<id>`.' },
  ),
  enabled: setting(boolean, { default: true, doc: 'False: the links stay, nobody signs in with it.' }),
  issuer: setting(httpUrlAsWritten(), { doc: 'The issuer, exactly as the provider writes it.' }),
  human_name: setting(optional(text), { doc: 'For people. Not set: the host of the issuer.' }),
  brand_name: setting(optional(text), {
    doc: 'By which clients choose a logo: `apple`, `google`, `facebook`, `github`, `gitlab`, `twitter`.',
  }),
  client_id: setting(text, { doc: 'As the provider has given it.' }),
  client_secret: setting(optional(secret), { doc: 'As the provider has given it.' }),
  client_secret_path: setting(optional(path), { doc: 'File with `client_secret`.' }),
  token_endpoint_auth_method: setting(choice('none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt'), {
    default: 'client_secret_basic',
    doc: 'How this server shows the secret.',
  }),
  id_token_signed_response_alg: setting(
    choice('RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'),
    { default: 'RS256', doc: 'The signature that ID tokens must have.' },
  ),
  scope: setting(
    checked(text, (value) => (value.split(' ').includes('openid') ? undefined : 'must have openid among its scopes')),
    { default: 'openid', doc: 'What is asked for, with `openid`: `openid profile email` to import names and addresses.' },
  ),
  discovery_mode: setting(choice('oidc', 'insecure', 'disabled'), {
    default: 'oidc',
    doc: '`insecure`: also over http. `disabled`: `authorization_endpoint`, `token_endpoint` and `jwks_uri` say where the provider is.',
  }),
  authorization_endpoint: setting(optional(httpUrl), { doc: 'In place of what the provider says itself.' }),
  token_endpoint: setting(optional(httpUrl), { doc: 'In place of what the provider says itself.' }),
  userinfo_endpoint: setting(optional(httpUrl), { doc: 'In place of what the provider says itself.' }),
  jwks_uri: setting(optional(httpUrl), { doc: 'In place of what the provider says itself.' }),
  pkce_method: setting(choice('auto', 'always', 'never'), {
    default: 'auto',
    doc: 'PKCE (S256); `auto`: if the provider says that it knows it.',
  }),
  fetch_userinfo: setting(boolean, { default: false, doc: 'Ask the userinfo endpoint, too, for providers whose ID tokens say little.' }),
  forward_login_hint: setting(boolean, { default: false, doc: "Hand a client's `login_hint` on." }),
  registration_token_required: setting(boolean, { default: false, doc: 'New accounts need a registration token.' }),
  on_backchannel_logout: setting(choice('do_nothing', 'logout_browser_only', 'logout_all'), {
    default: 'do_nothing',
    doc: 'When the provider tells (at `upstream/backchannel-logout/<id>`) that somebody left: end browser sessions, or also the clients that were let in from them.',
  }),
  synapse_idp_id: setting(optional(text), {
    doc: 'What Synapse calls the provider in `external_ids`, such as `oidc-keycloak`: links made there go on working. Not set: the `id`.',
  }),
  claims_imports: setting(section(claimsFields), { default: {}, doc: 'What is taken over from the provider.' }),
} satisfies Record<string, Setting<unknown>>

/** Settings under `glia.auth`. */
export const upstreamFields = {
  upstream_oauth2: setting(
    section({
      providers: setting(listOf(section(providerFields), 'a list of providers'), {
        default: [],
        doc: 'OpenID Connect providers with which users sign in: docs/upstream-providers.md. Names and meaning as in MAS.',
      }),
    }),
    { default: {}, doc: 'Signing in through other identity providers.' },
  ),
} satisfies Record<string, Setting<unknown>>

type ProviderValues = ValuesOf<typeof providerFields>

/** `readSecret` gives the secret in force of the provider at a key; `refuse` is told what cannot go together. */
export function upstreamProviders(
  values: ValuesOf<typeof upstreamFields>,
  readSecret: (key: string, inline: Secret | null, file: string | null) => Secret | null,
  refuse: (key: string, message: string) => void,
): UpstreamProvider[] {
  const seen = new Map<string, string>()
  return values.upstream_oauth2.providers.map((provider, index) => {
    const key = `glia.auth.upstream_oauth2.providers[${index}]`
    const names = new Set([provider.id, provider.synapse_idp_id ?? provider.id])
    for (const name of names) {
      if (seen.has(name)) refuse(`${key}.${name === provider.id ? 'id' : 'synapse_idp_id'}`, `is used by ${seen.get(name)}, too`)
      seen.set(name, key)
    }
    const clientSecret = readSecret(`${key}.client_secret`, provider.client_secret, provider.client_secret_path)
    refuseContradictions(provider, clientSecret, (name, message) => refuse(`${key}.${name}`, message))
    return providerOf(provider, clientSecret)
  })
}

function refuseContradictions(
  provider: ProviderValues,
  clientSecret: Secret | null,
  refuse: (name: string, message: string) => void,
): void {
  const isSecretNeeded = provider.token_endpoint_auth_method !== 'none'
  if (isSecretNeeded && clientSecret === null && provider.client_secret_path === null) {
    refuse('client_secret', `is missing: token_endpoint_auth_method ${provider.token_endpoint_auth_method} needs it`)
  }
  if (provider.discovery_mode === 'oidc' && !provider.issuer.startsWith('https:')) {
    refuse('issuer', 'must be https, or discovery_mode insecure')
  }
  if (provider.discovery_mode === 'disabled') {
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
      if (provider[name] === null) refuse(name, 'is missing: discovery_mode disabled needs it')
    }
    if (provider.fetch_userinfo && provider.userinfo_endpoint === null) refuse('userinfo_endpoint', 'is missing: fetch_userinfo needs it')
  }
  const { localpart } = provider.claims_imports
  if (localpart.on_conflict !== 'fail' && localpart.action !== 'force' && localpart.action !== 'require') {
    refuse('claims_imports.localpart.on_conflict', `${localpart.on_conflict} needs the action force or require`)
  }
}

function providerOf(provider: ProviderValues, clientSecret: Secret | null): UpstreamProvider {
  const { subject, localpart, displayname, email, account_name: accountName } = provider.claims_imports
  const read = (text: string) => parseClaimTemplate(text)!
  const importOf = (rule: { action: ProviderValues['claims_imports']['email']['action']; template: string }) => ({
    action: rule.action,
    template: read(rule.template),
  })
  return {
    id: provider.id,
    isEnabled: provider.enabled,
    issuer: provider.issuer,
    humanName: provider.human_name,
    brandName: provider.brand_name,
    clientId: provider.client_id,
    clientSecret,
    tokenEndpointAuthMethod: provider.token_endpoint_auth_method,
    scope: provider.scope,
    discoveryMode: provider.discovery_mode,
    endpoints: {
      authorization: provider.authorization_endpoint,
      token: provider.token_endpoint,
      userinfo: provider.userinfo_endpoint,
      jwks: provider.jwks_uri,
    },
    pkceMethod: provider.pkce_method,
    idTokenAlgorithm: provider.id_token_signed_response_alg,
    isUserinfoFetched: provider.fetch_userinfo,
    isLoginHintForwarded: provider.forward_login_hint,
    isRegistrationTokenRequired: provider.registration_token_required,
    onBackchannelLogout: provider.on_backchannel_logout,
    synapseIdpId: provider.synapse_idp_id,
    claims: {
      subject: read(subject.template),
      localpart: { ...importOf(localpart), onConflict: localpart.on_conflict },
      displayName: importOf(displayname),
      email: importOf(email),
      accountName: read(accountName.template),
    },
  }
}

/** An issuer is compared letter by letter: a slash at its end stays. */
function httpUrlAsWritten(): SettingType<string> {
  return checked({ ...text, label: 'an http:// or https:// URL' }, (value) => {
    const url = URL.parse(value)
    return url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username
      ? undefined
      : 'must be an http:// or https:// URL'
  })
}
