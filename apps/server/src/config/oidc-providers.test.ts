import { expect, test } from 'vitest'
import { load, problemsOf } from './config-fixture.ts'

const PLAIN = { idp_id: 'keycloak', issuer: 'https://id.example/', client_id: 'synapse', client_secret: 's3cret' }
const fileOf = (...oidc_providers: object[]) => JSON.stringify({ oidc_providers })
const mapping = (config: object) => ({ ...PLAIN, user_mapping_provider: { config } })
const providerOf = async (provider: object) => (await load(fileOf(provider))).config.auth.upstreamProviders[0]!
const claims = { user: { sub: 's', uid: 'u', preferred_username: 'Ann', name: 'Ann A.' }, id_token_claims: {}, userinfo_claims: {} }

test('a provider of Synapse means the same here', async () => {
  const provider = await providerOf({ ...PLAIN, idp_name: 'Keycloak', scopes: ['openid', 'email'], backchannel_logout_enabled: true })
  expect(provider).toMatchObject({
    id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    synapseIdpId: 'oidc-keycloak',
    humanName: 'Keycloak',
    scope: 'openid email',
    redirectPath: '_synapse/client/oidc/callback',
    onBackchannelLogout: 'logout_all',
    discoveryMode: 'oidc',
    claims: { localpart: { action: 'ignore' }, displayName: { action: 'ignore' }, email: { action: 'ignore' } },
  })
  expect(provider.clientSecret?.reveal()).toBe('s3cret')
  expect((await providerOf(PLAIN)).id).toBe(provider.id)
})

test('names are made from claims', async () => {
  const { claims: rules } = await providerOf({
    ...mapping({
      subject_claim: 'uid',
      localpart_template: '{{ user.preferred_username | lower }}',
      display_name_template: '{{ user.name }}',
    }),
    allow_existing_users: true,
  })
  expect([rules.subject(claims), rules.localpart.template(claims), rules.displayName.template(claims)]).toEqual(['u', 'ann', 'Ann A.'])
  expect(rules).toMatchObject({ localpart: { action: 'force', onConflict: 'add' }, displayName: { action: 'force' } })
  const confirmed = await providerOf(mapping({ localpart_template: '{{ user.uid }}', confirm_localpart: true }))
  expect(confirmed.claims.localpart).toMatchObject({ action: 'suggest', onConflict: 'fail' })
})

const KEY = 'oidc_providers[0]'
test.each([
  [{ ...PLAIN, idp_id: undefined }, `${KEY}.idp_id`, 'is missing'],
  [{ ...PLAIN, client_secret: undefined }, `${KEY}.client_secret`, 'is missing'],
  [{ ...PLAIN, scopes: ['email'] }, `${KEY}.scopes`, 'must have openid'],
  [{ ...PLAIN, skip_verification: true }, `${KEY}.skip_verification`, 'must be false'],
  [{ ...PLAIN, enable_registration: false }, `${KEY}.enable_registration`, 'must be true'],
  [{ ...PLAIN, attribute_requirements: [{ attribute: 'a', value: 'b' }] }, `${KEY}.attribute_requirements`, 'is not known here'],
  [{ ...PLAIN, client_secret_jwt_key: { key: 'x' } }, `${KEY}.client_secret_jwt_key`, 'is not known here'],
  [{ ...PLAIN, user_mapping_provider: { module: 'mine' } }, `${KEY}.user_mapping_provider.module`, 'cannot be used'],
  [
    mapping({ localpart_template: "{{ user.email.split('@')[0] }}" }),
    `${KEY}.user_mapping_provider.config.localpart_template`,
    'must be text',
  ],
  [mapping({ localpart_template: '{% if user %}x{% endif %}' }), `${KEY}.user_mapping_provider.config.localpart_template`, 'must be text'],
  [{ ...PLAIN, discover: false }, `${KEY}.token_endpoint`, 'is missing'],
])('%j is refused at %s', async (provider, key, message) => {
  const problems = JSON.stringify(await problemsOf(fileOf(provider)))
  expect(problems).toContain(key)
  expect(problems).toContain(message)
})

test('two providers have two names, also across both lists', async () => {
  const own = {
    id: '01HZZZZZZZZZZZZZZZZZZZZZA1',
    issuer: 'https://id.example/',
    client_id: 'glia',
    client_secret: 'x',
    synapse_idp_id: 'oidc-keycloak',
  }
  const file = JSON.stringify({ oidc_providers: [PLAIN], glia: { auth: { upstream_oauth2: { providers: [own] } } } })
  expect(JSON.stringify(await problemsOf(file))).toContain('is used by')
  expect(JSON.stringify(await problemsOf(fileOf(PLAIN, PLAIN)))).toContain('oidc_providers[1].idp_id')
})
