import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FakeClock, onBothDatabases } from '@glia/testing'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { startTestServer, type TestServer } from '../support/start-server.ts'

const ids = {
  key: '01HZZZZZZZZZZZZZZZZZZZZZB1',
  remoteKey: '01HZZZZZZZZZZZZZZZZZZZZZB2',
  secretJwt: '01HZZZZZZZZZZZZZZZZZZZZZB3',
  basic: '01HZZZZZZZZZZZZZZZZZZZZZB4',
  post: '01HZZZZZZZZZZZZZZZZZZZZZB5',
  open: '01HZZZZZZZZZZZZZZZZZZZZZB6',
  lost: '01HZZZZZZZZZZZZZZZZZZZZZB7',
}
const REDIRECT = 'https://client.example/callback'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const SECRET = 'a secret of the tests that is long enough for HS256'

onBothDatabases('client authentication', (dialect) => {
  // the clients' libraries check times against the machine's clock
  const clock = new FakeClock(Date.now())
  let server: TestServer
  let keyServer: Server
  let served: JWK[]
  let own: { publicKey: CryptoKey; privateKey: CryptoKey }
  let stranger: { publicKey: CryptoKey; privateKey: CryptoKey }
  let clients: Record<string, unknown>[]

  beforeAll(async () => {
    own = await generateKeyPair('ES256', { extractable: true })
    stranger = await generateKeyPair('ES256', { extractable: true })
    served = [{ ...(await exportJWK(own.publicKey)), kid: 'first', alg: 'ES256' }]
    keyServer = createServer((_, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: served })))
    await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve))
    const keysAt = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys`
    clients = [
      {
        client_id: ids.key,
        client_auth_method: 'private_key_jwt',
        jwks: { keys: [await exportJWK(own.publicKey)] },
        redirect_uris: [REDIRECT],
      },
      { client_id: ids.remoteKey, client_auth_method: 'private_key_jwt', jwks_uri: keysAt },
      { client_id: ids.secretJwt, client_auth_method: 'client_secret_jwt', client_secret: SECRET },
      { client_id: ids.basic, client_auth_method: 'client_secret_basic', client_secret: SECRET, client_name: 'Basic' },
      { client_id: ids.post, client_auth_method: 'client_secret_post', client_secret: SECRET },
      { client_id: ids.open, client_auth_method: 'none', redirect_uris: ['http://localhost/cb'] },
      { client_id: ids.lost, client_auth_method: 'private_key_jwt', jwks_uri: 'http://127.0.0.1:1/keys' },
    ]
    server = await startTestServer({ dialect, clock, config: config(clients) })
  })
  afterAll(async () => {
    await server.remove()
    keyServer.closeAllConnections()
    await new Promise((resolve) => keyServer.close(resolve))
  })

  const config = (list: readonly Record<string, unknown>[]) => ({
    glia: { auth: { clients: list, policy: { admin_clients: Object.values(ids) } } },
  })
  const nowSeconds = () => Math.floor(clock.nowMs() / 1000)
  const claimsOf = (clientId: string) => ({
    iss: clientId,
    sub: clientId,
    aud: `${server.url}/`,
    jti: randomUUID(),
    iat: nowSeconds(),
    exp: nowSeconds() + 60,
  })
  const sign = (
    claims: Record<string, unknown>,
    key: CryptoKey | Uint8Array = own.privateKey,
    header: { alg: string; kid?: string } = { alg: 'ES256' },
  ) => new SignJWT(claims).setProtectedHeader(header).sign(key)
  const present = (assertion: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    server.api('POST', '/oauth2/token', {
      form: {
        grant_type: 'client_credentials',
        scope: 'urn:mas:admin',
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: assertion,
        ...fields,
      },
      headers,
    })

  describe('with a client of the configuration', () => {
    test.each([
      ['private_key_jwt', ids.key, () => oidc.PrivateKeyJwt(own.privateKey)],
      ['client_secret_jwt', ids.secretJwt, () => oidc.ClientSecretJwt(SECRET)],
      ['client_secret_basic', ids.basic, () => oidc.ClientSecretBasic(SECRET)],
      ['client_secret_post', ids.post, () => oidc.ClientSecretPost(SECRET)],
    ] as const)('openid-client gets a token with %s, and it is good for the admin API', async (_, id, authentication) => {
      const found = await oidc.discovery(new URL(server.url), id, {}, authentication(), { execute: [oidc.allowInsecureRequests] })
      const { access_token } = await oidc.clientCredentialsGrant(found, { scope: 'urn:mas:admin' })
      expect((await server.api('GET', '/api/admin/v1/version', { token: access_token })).status).toBe(200)
      expect(await oidc.tokenIntrospection(found, access_token)).toMatchObject({ active: true, client_id: id, scope: 'urn:mas:admin' })
      await oidc.tokenRevocation(found, access_token)
      expect((await server.api('GET', '/api/admin/v1/version', { token: access_token })).status).toBe(401)
    })

    test.each([
      ['private_key_jwt', ids.key, () => oauth.PrivateKeyJwt(own.privateKey)],
      ['client_secret_jwt', ids.secretJwt, () => oauth.ClientSecretJwt(SECRET)],
    ] as const)('oauth4webapi gets one with %s', async (_, id, authentication) => {
      const insecure = { [oauth.allowInsecureRequests]: true }
      const issuer = new URL(`${server.url}/`)
      const metadata = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
      const parameters = new URLSearchParams({ scope: 'urn:mas:admin' })
      const answer = await oauth.clientCredentialsGrantRequest(metadata, { client_id: id }, authentication(), parameters, insecure)
      expect(await oauth.processClientCredentialsResponse(metadata, { client_id: id }, answer)).toMatchObject({ scope: 'urn:mas:admin' })
    })

    test('a person lets it in, and it redeems the code with its key', async () => {
      const alice = await server.register(`alice${randomUUID().slice(0, 8)}`)
      const found = await oidc.discovery(new URL(server.url), ids.key, {}, oidc.PrivateKeyJwt(own.privateKey), {
        execute: [oidc.allowInsecureRequests],
      })
      const url = oidc.buildAuthorizationUrl(found, { redirect_uri: REDIRECT, scope: 'openid', state: 'x', nonce: 'y' })
      const browser = new TestBrowser(server.url)
      const page = await browser.signIn(await browser.open(url.href), alice)
      const back = new URL((await browser.submit(page, /^\/consent/, { action: 'consent' })).url)
      const tokens = await oidc.authorizationCodeGrant(found, back, { expectedState: 'x', expectedNonce: 'y' })
      expect(tokens.claims()).toMatchObject({ aud: ids.key })
      expect((await oidc.refreshTokenGrant(found, tokens.refresh_token!)).access_token).toMatch(/^mat_/)
    })

    test('the admin API calls it static', async () => {
      const { body } = await present(await sign(claimsOf(ids.key)))
      const list = await server.api('GET', '/api/admin/v1/oauth2-clients?filter[client-kind]=static&page[first]=100', {
        token: body.access_token,
      })
      expect(list.body.data.map(({ id }: { id: string }) => id)).toEqual(Object.values(ids))
      expect(list.body.data[3].attributes).toMatchObject({ client_name: 'Basic', is_static: true })
    })

    test('its key may lie elsewhere, and change', async () => {
      const first = await sign(claimsOf(ids.remoteKey), own.privateKey, { alg: 'ES256', kid: 'first' })
      expect((await present(first)).status).toBe(200)
      served = [{ ...(await exportJWK(stranger.publicKey)), kid: 'second', alg: 'ES256' }]
      const unknown = await sign(claimsOf(ids.remoteKey), own.privateKey, { alg: 'ES256', kid: 'third' })
      expect(await present(unknown)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    })

    test('when its keys cannot be had, that is no refusal', async () => {
      const answer = await present(await sign(claimsOf(ids.lost)))
      expect([answer.status, answer.body.error]).toEqual([503, 'temporarily_unavailable'])
    })

    test('it may do nothing once it is not in the configuration any more, and works again when it is', async () => {
      const held = (await present(await sign(claimsOf(ids.key)))).body.access_token
      await server.restart(config(clients.slice(1)))
      expect(await present(await sign(claimsOf(ids.key)))).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
      const authorize = `/authorize?response_type=code&scope=openid&client_id=${ids.key}&redirect_uri=${encodeURIComponent(REDIRECT)}`
      expect((await server.api('GET', authorize)).status).toBe(400)
      expect(
        (await server.api('GET', `/api/admin/v1/oauth2-clients/${ids.key}`, { token: held })).body.data.attributes.grant_types,
      ).toEqual([])
      await server.restart(config(clients))
      expect((await present(await sign(claimsOf(ids.key)))).status).toBe(200)
    })
  })

  describe('an assertion', () => {
    const wrong: [string, number, string, () => Promise<string>][] = [
      ['for somebody else', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), aud: 'https://other.example/' })],
      ['for nobody', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), aud: undefined })],
      ['that is over', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), exp: nowSeconds() - 120 })],
      ['without end', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), exp: undefined })],
      ['that ends in a day', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), exp: nowSeconds() + 86_400 })],
      ['from the future', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), iat: nowSeconds() + 600, exp: nowSeconds() + 900 })],
      ['that begins later', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), nbf: nowSeconds() + 600 })],
      ['without name', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), jti: undefined })],
      ['whose name is a number', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), jti: 7 })],
      ['by another issuer', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), iss: ids.basic })],
      ['signed by somebody else', 401, 'invalid_client', () => sign(claimsOf(ids.key), stranger.privateKey)],
      ['of an unknown client', 401, 'invalid_client', () => sign(claimsOf('01HZZZZZZZZZZZZZZZZZZZZZZZ'))],
      ['of a client that has a secret', 401, 'invalid_client', () => sign(claimsOf(ids.basic))],
      ['of a client without anything', 401, 'invalid_client', () => sign(claimsOf(ids.open))],
      ['with NUL in its name', 401, 'invalid_client', () => sign({ ...claimsOf(ids.key), sub: '\0', iss: '\0' })],
      ['about nobody', 400, 'invalid_request', () => sign({ ...claimsOf(ids.key), sub: undefined })],
      ['that is no JWT', 400, 'invalid_request', async () => 'x.y.z'],
      ['that is nothing', 400, 'invalid_request', async () => ''],
      [
        'signed with the public key as a secret',
        401,
        'invalid_client',
        async () => sign(claimsOf(ids.key), new TextEncoder().encode(JSON.stringify(await exportJWK(own.publicKey))), { alg: 'HS256' }),
      ],
      [
        'signed with a wrong secret',
        401,
        'invalid_client',
        () => sign(claimsOf(ids.secretJwt), new TextEncoder().encode(`${SECRET}x`), { alg: 'HS256' }),
      ],
      ['signed with a key where a secret is agreed', 401, 'invalid_client', () => sign(claimsOf(ids.secretJwt))],
      ['that is not signed', 401, 'invalid_client', async () => `${encoded({ alg: 'none' })}.${encoded(claimsOf(ids.key))}.`],
    ]
    test.each(wrong)('%s is refused with %i %s', async (_, status, error, make) => {
      const answer = await present(await make())
      expect([answer.status, answer.body.error]).toEqual([status, error])
    })

    test('is taken once', async () => {
      const assertion = await sign(claimsOf(ids.key))
      const answers = await Promise.all(Array.from({ length: 6 }, () => present(assertion)))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401])
    })

    test('of two clients may have the same name', async () => {
      const jti = randomUUID()
      const secret = new TextEncoder().encode(SECRET)
      expect((await present(await sign({ ...claimsOf(ids.key), jti }))).status).toBe(200)
      expect((await present(await sign({ ...claimsOf(ids.secretJwt), jti }, secret, { alg: 'HS256' }))).status).toBe(200)
    })

    test('may name the token endpoint, or the endpoint that is called', async () => {
      expect((await present(await sign({ ...claimsOf(ids.key), aud: `${server.url}/oauth2/token` }))).status).toBe(200)
      const form = async (aud: string) => ({
        form: { token: 'x', client_assertion_type: ASSERTION_TYPE, client_assertion: await sign({ ...claimsOf(ids.key), aud }) },
      })
      const ask = async (aud: string) => (await server.api('POST', '/oauth2/introspect', await form(aud))).status
      expect([await ask(`${server.url}/oauth2/introspect`), await ask(`${server.url}/oauth2/revoke`)]).toEqual([200, 401])
    })

    test('is the only thing that is shown', async () => {
      const basic = `Basic ${Buffer.from(`${ids.basic}:${SECRET}`).toString('base64')}`
      const refusals = [
        await present(await sign(claimsOf(ids.key)), { client_secret: SECRET }),
        await present(await sign(claimsOf(ids.key)), {}, { authorization: basic }),
        await present(await sign(claimsOf(ids.key)), { client_assertion_type: 'urn:other' }),
      ]
      expect(refusals.map(({ status, body }) => [status, body.error])).toEqual(Array(3).fill([400, 'invalid_request']))
      const otherId = await present(await sign(claimsOf(ids.key)), { client_id: ids.basic })
      expect([otherId.status, otherId.body.error]).toEqual([400, 'invalid_grant'])
      expect((await present(await sign(claimsOf(ids.key)), { client_id: ids.key })).status).toBe(200)
    })

    test('is not what a client shows that has agreed on signing', async () => {
      const form = { grant_type: 'client_credentials', client_id: ids.secretJwt, client_secret: SECRET }
      expect((await server.api('POST', '/oauth2/token', { form })).body.error).toBe('invalid_client')
    })
  })

  describe('with a client that registers itself', () => {
    const metadata = {
      client_name: 'Signer',
      client_uri: 'https://client.example',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'client_credentials'],
    }
    const register = (fields: Record<string, unknown>) => server.api('POST', '/oauth2/registration', { body: { ...metadata, ...fields } })
    const keySet = async () => ({ keys: [await exportJWK(own.publicKey)] })

    test('by a key', async () => {
      const jwks = await keySet()
      const { status, body } = await register({
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks,
      })
      expect([status, body.client_secret, body.jwks, body.token_endpoint_auth_signing_alg]).toEqual([201, undefined, jwks, 'ES256'])
      const answer = await present(await sign(claimsOf(body.client_id)), { scope: '' })
      expect([answer.status, answer.body.token_type]).toEqual([200, 'Bearer'])
    })

    test('by a secret, which is kept so that nobody who reads the database has it', async () => {
      const { body } = await register({ token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: 'HS512' })
      const secret = new TextEncoder().encode(body.client_secret)
      const answer = await present(await sign(claimsOf(body.client_id), secret, { alg: 'HS512' }), { scope: '' })
      expect(answer.status).toBe(200)
      const otherAlgorithm = await present(await sign(claimsOf(body.client_id), secret, { alg: 'HS256' }), { scope: '' })
      expect(otherAlgorithm.body.error).toBe('invalid_client')
    })

    test('keys in this machine’s own network are not asked for', async () => {
      const { body } = await register({
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks_uri: `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/keys`,
      })
      expect((await present(await sign(claimsOf(body.client_id)), { scope: '' })).status).toBe(503)
    })

    test.each([
      ['no algorithm', { token_endpoint_auth_method: 'client_secret_jwt' }],
      ['an algorithm of the other method', { token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: 'ES256' }],
      ['no signature at all', { token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: 'none' }],
      ['no key', { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' }],
      ['keys that are none', { jwks: { keys: [{}] } }],
      ['an empty set of keys', { jwks: { keys: [] } }],
      ['a private key', { jwks: { keys: [{ kty: 'EC', d: 'x' }] } }],
      ['a secret among its keys', { jwks: { keys: [{ kty: 'oct', k: 'x' }] } }],
      ['keys here and elsewhere', { jwks: { keys: [{ kty: 'EC' }] }, jwks_uri: 'https://client.example/keys' }],
      ['keys over plain http', { jwks_uri: 'http://client.example/keys' }],
    ])('%s is refused', async (_, fields) => {
      const { status, body } = await register(fields)
      expect([status, body.error]).toEqual([400, 'invalid_client_metadata'])
    })
  })

  test('discovery lists what works', async () => {
    const { body } = await server.api('GET', '/.well-known/openid-configuration')
    const signing = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
    const methods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt']
    expect(body).toMatchObject({
      token_endpoint_auth_methods_supported: ['none', ...methods],
      token_endpoint_auth_signing_alg_values_supported: signing,
      revocation_endpoint_auth_methods_supported: ['none', ...methods],
      revocation_endpoint_auth_signing_alg_values_supported: signing,
      introspection_endpoint_auth_methods_supported: methods,
      introspection_endpoint_auth_signing_alg_values_supported: signing,
    })
  })

  test.each(['HS256', 'HS384', 'HS512'])('a secret signs with %s', async (alg) => {
    expect((await present(await sign(claimsOf(ids.secretJwt), new TextEncoder().encode(SECRET), { alg }))).status).toBe(200)
  })

  test.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'a key signs with %s',
    async (alg) => {
      const pair = await generateKeyPair(alg, { extractable: true })
      const { body } = await server.api('POST', '/oauth2/registration', {
        body: {
          client_name: 'Signer',
          client_uri: 'https://client.example',
          grant_types: ['client_credentials'],
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: alg,
          jwks: { keys: [await exportJWK(pair.publicKey)] },
        },
      })
      expect((await present(await sign(claimsOf(body.client_id), pair.privateKey, { alg }), { scope: '' })).status).toBe(200)
    },
  )
})

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
