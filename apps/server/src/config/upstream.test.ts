import { expect, test } from 'vitest'
import { load, problemsOf } from './config-fixture.ts'

const ID = '01HZZZZZZZZZZZZZZZZZZZZZA1'
const PLAIN = { id: ID, issuer: 'https://id.example/', client_id: 'glia', client_secret: 's3cret' }
const fileOf = (...providers: object[]) => JSON.stringify({ glia: { auth: { upstream_oauth2: { providers } } } })
const KEY = 'glia.auth.upstream_oauth2.providers[0]'

test('a provider needs little', async () => {
  const [provider] = (await load(fileOf(PLAIN))).config.auth.upstreamProviders
  expect(provider).toMatchObject({
    id: ID,
    isEnabled: true,
    issuer: 'https://id.example/',
    discoveryMode: 'oidc',
    pkceMethod: 'auto',
    onBackchannelLogout: 'do_nothing',
    claims: { localpart: { action: 'suggest', onConflict: 'fail' } },
  })
  expect(provider?.clientSecret?.reveal()).toBe('s3cret')
})

test.each([
  [{ ...PLAIN, id: 'mine' }, `${KEY}.id`, 'must be a ULID'],
  [{ ...PLAIN, client_secret: undefined }, `${KEY}.client_secret`, 'is missing'],
  [{ ...PLAIN, issuer: 'http://id.example' }, `${KEY}.issuer`, 'must be https'],
  [{ ...PLAIN, issuer: undefined }, `${KEY}.issuer`, 'is missing'],
  [{ ...PLAIN, scope: 'profile' }, `${KEY}.scope`, 'must have openid'],
  [{ ...PLAIN, discovery_mode: 'disabled' }, `${KEY}.token_endpoint`, 'is missing'],
  [{ ...PLAIN, discovery: 'oidc' }, `${KEY}.discovery`, 'unknown key'],
  [{ ...PLAIN, claims_imports: { email: { action: 'always' } } }, `${KEY}.claims_imports.email.action`, 'must be one of'],
  [{ ...PLAIN, claims_imports: { email: { template: '{{ user.a | lower }}' } } }, `${KEY}.claims_imports.email.template`, 'must be text'],
  [
    { ...PLAIN, claims_imports: { localpart: { on_conflict: 'add' } } },
    `${KEY}.claims_imports.localpart.on_conflict`,
    'needs the action force or require',
  ],
])('%j is refused at %s', async (provider, key, message) => {
  const problems = await problemsOf(fileOf(provider))
  expect(JSON.stringify(problems)).toContain(`${key}`)
  expect(JSON.stringify(problems)).toContain(message)
})

test('two providers have two names', async () => {
  const other = { ...PLAIN, id: '01HZZZZZZZZZZZZZZZZZZZZZA2', synapse_idp_id: ID }
  expect(JSON.stringify(await problemsOf(fileOf(PLAIN, other)))).toContain('is used by')
})
