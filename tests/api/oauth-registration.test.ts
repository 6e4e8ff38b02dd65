import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/start-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.remove())

const web = {
  client_name: 'Web client',
  client_uri: 'https://app.example',
  redirect_uris: ['https://app.example/callback', 'https://app.example/other'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
}
const native = { ...web, application_type: 'native', client_uri: 'https://element.example/' }
const register = (body: unknown) => server.api('POST', '/oauth2/registration', { body })

describe('client registration', () => {
  test('gives back what it understood, and leaves out what it does not know', async () => {
    const { status, body } = await register({ ...web, grant_types: [...web.grant_types, 'urn:unknown'], unknown_member: 1 })
    expect(status).toBe(201)
    expect(body).toEqual({
      ...web,
      client_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      client_id_issued_at: expect.any(Number),
      client_uri: 'https://app.example/',
      application_type: 'web',
    })
  })

  test('the same metadata is the same client, whatever the order and spelling', async () => {
    const first = await register(web)
    const again = await register({
      ...web,
      redirect_uris: [...web.redirect_uris].reverse(),
      client_uri: 'https://APP.example/',
      unknown_member: true,
    })
    const other = await register({ ...web, software_version: '2' })
    expect(again.body.client_id).toBe(first.body.client_id)
    expect(other.body.client_id).not.toBe(first.body.client_id)
  })

  test('many at once are one client', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => register({ ...web, client_name: 'Racing client' })))
    expect(new Set(answers.map(({ body }) => body.client_id)).size).toBe(1)
  })

  test('clients with a secret are never the same', async () => {
    const confidential = { ...web, token_endpoint_auth_method: 'client_secret_basic' }
    const [first, second] = [await register(confidential), await register(confidential)]
    expect(first.body.client_secret).toMatch(/^\w{40}$/)
    expect(first.body.client_secret_expires_at).toBe(0)
    expect(first.body.client_id).not.toBe(second.body.client_id)
  })

  test.each([
    ['a private scheme of its own', { ...native, redirect_uris: ['example.element:/callback'] }],
    ['a private scheme below its own', { ...native, redirect_uris: ['example.element.app:/callback'] }],
    ['a loopback address without port', { ...native, redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'] }],
    ['a host below that of client_uri', { ...web, redirect_uris: ['https://login.app.example/callback'] }],
    ['plain http on this machine', { ...web, client_uri: 'http://localhost:8080/', redirect_uris: ['http://localhost:8080/cb'] }],
  ])('takes %s', async (_, metadata) => {
    expect((await register(metadata)).status).toBe(201)
  })

  test.each([
    ['no redirect URI', { ...web, redirect_uris: [] }, 'invalid_redirect_uri'],
    ['a redirect URI with a fragment', { ...web, redirect_uris: ['https://app.example/#x'] }, 'invalid_redirect_uri'],
    ['a redirect URI on another host', { ...web, redirect_uris: ['https://evil.example/cb'] }, 'invalid_redirect_uri'],
    ['a redirect URI with a password', { ...web, redirect_uris: ['https://u:p@app.example/cb'] }, 'invalid_redirect_uri'],
    ['plain http elsewhere', { ...web, redirect_uris: ['http://app.example/cb'] }, 'invalid_redirect_uri'],
    ['a private scheme of somebody else', { ...native, redirect_uris: ['com.evil:/callback'] }, 'invalid_redirect_uri'],
    ['a script as redirect URI', { ...native, redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['a private scheme of a web client', { ...web, redirect_uris: ['example.app:/callback'] }, 'invalid_redirect_uri'],
    ['no client_uri', { ...web, client_uri: undefined }, 'invalid_client_metadata'],
    ['a logo on another host', { ...web, logo_uri: 'https://cdn.example/logo.png' }, 'invalid_client_metadata'],
    ['redirect_uris that are no list', { ...web, redirect_uris: 'https://app.example/cb' }, 'invalid_client_metadata'],
    ['an unknown auth method', { ...web, token_endpoint_auth_method: 'tls_client_auth' }, 'invalid_client_metadata'],
    ['an unsigned ID token', { ...web, id_token_signed_response_alg: 'none' }, 'invalid_client_metadata'],
    ['a translated name without the name', { ...web, client_name: undefined, 'client_name#de': 'X' }, 'invalid_client_metadata'],
    ['a name with control characters', { ...web, client_name: 'a\0b' }, 'invalid_client_metadata'],
    ['no usable grant type', { ...web, grant_types: ['password'] }, 'invalid_client_metadata'],
    ['client credentials without secret', { ...web, grant_types: ['client_credentials'], redirect_uris: [] }, 'invalid_client_metadata'],
  ])('refuses %s', async (_, metadata, error) => {
    const answer = await register(metadata)
    expect([answer.status, answer.body.error]).toEqual([400, error])
    expect(answer.body.error_description).toEqual(expect.any(String))
  })

  test('refuses what is no JSON', async () => {
    const answer = await server.api('POST', '/oauth2/registration', { raw: 'hello' })
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
  })
})

describe('discovery', () => {
  test('is the same document everywhere, cacheable, with absolute addresses', async () => {
    const paths = [
      '/.well-known/openid-configuration',
      '/_matrix/client/v1/auth_metadata',
      '/_matrix/client/unstable/org.matrix.msc2965/auth_metadata',
    ]
    const answers = await Promise.all(paths.map((path) => server.api('GET', path)))
    for (const answer of answers) {
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('public, max-age=600, s-maxage=3600, stale-while-revalidate=600')
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.body).toEqual(answers[0]!.body)
    }
    const { body } = answers[0]!
    expect(body).toMatchObject({ issuer: `${server.url}/`, account_management_uri: `${server.url}/account/` })
    for (const [name, value] of Object.entries(body)) {
      if (/_(endpoint|uri)$/.test(name)) expect(value).toMatch(new RegExp(`^${server.url}/`))
    }
    const { body: wellKnown } = await server.api('GET', '/.well-known/matrix/client')
    expect(wellKnown['org.matrix.msc2965.authentication'].issuer).toBe(body.issuer)
  })

  test('the keys are public parts only', async () => {
    const { body } = await server.api('GET', '/oauth2/keys.json')
    const key = { kid: expect.any(String), use: 'sig' }
    expect(body.keys).toEqual([
      { ...key, kty: 'RSA', n: expect.any(String), e: 'AQAB' },
      { ...key, kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String), alg: 'ES256' },
    ])
  })

  test('webfinger names the issuer', async () => {
    const rel = 'http://openid.net/specs/connect/1.0/issuer'
    const answer = await server.api('GET', `/.well-known/webfinger?resource=acct:a@glia.test&rel=${encodeURIComponent(rel)}`)
    expect(answer.headers.get('content-type')).toMatch(/^application\/jrd\+json\b/)
    expect(answer.body).toEqual({ subject: 'acct:a@glia.test', links: [{ rel, href: `${server.url}/` }] })
  })
})
