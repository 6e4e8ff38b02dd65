import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiRequest, startTestServer, type TestServer } from '../support/start-server.ts'

const NUL = '\0'
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

onBothDatabases('input that no client sends', (dialect) => {
  let server: TestServer
  let clientId: string

  beforeAll(async () => {
    server = await startTestServer({ dialect })
    const { body } = await server.api('POST', '/oauth2/registration', {
      body: {
        client_name: 'Client',
        client_uri: 'https://a.example',
        redirect_uris: ['https://a.example/'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        token_endpoint_auth_method: 'none',
      },
    })
    clientId = body.client_id
  })
  afterAll(() => server.remove())

  test.each<[number, string, string, ApiRequest]>([
    [400, 'GET', '/consent/%00', {}],
    [400, 'GET', '/device/a%00b', {}],
    [400, 'GET', '/setup?token=%00', {}],
    [400, 'GET', '/link?code=%00', {}],
    [400, 'GET', '/authorize?client_id=%00', {}],
    [400, 'GET', '/authorize', {}],
    [400, 'GET', '/authorize?state=%00', {}],
    [404, 'GET', '/consent/x', {}],
    [404, 'GET', '/link?code=%F0%9F%98%80', {}],
    [400, 'GET', '/login?kind=continue_authorization_grant&id=%00', {}],
    [401, 'POST', '/oauth2/token', { form: { client_id: NUL, grant_type: 'x' } }],
    [400, 'POST', '/oauth2/token', { raw: '%%%', headers: { authorization: 'Basic %%%' } }],
    [401, 'POST', '/oauth2/token', { raw: 'grant_type=x', headers: basic(`a${NUL}b:c`) }],
    [400, 'POST', '/oauth2/token', { raw: 'grant_type=x', headers: basic('%zz:c') }],
    [400, 'POST', '/oauth2/token', { form: {} }],
    [401, 'POST', '/oauth2/device', { form: { client_id: `a${NUL}` } }],
    [200, 'POST', '/oauth2/revoke', { form: { token: NUL } }],
    [401, 'POST', '/oauth2/introspect', { form: { token: 'x' }, headers: { authorization: 'Bearer x' } }],
    [401, 'GET', '/oauth2/userinfo', {}],
    [401, 'POST', '/oauth2/userinfo', { headers: { authorization: 'Bearer mat_x' } }],
    [413, 'POST', '/oauth2/registration', { raw: `{"client_name":"${'x'.repeat(70_000)}"}` }],
    [403, 'POST', '/login', { form: { username: NUL, password: NUL } }],
    [403, 'POST', '/login', { form: { csrf: 'ab' }, headers: { cookie: 'glia_csrf=\xe9b' } }],
  ])('%i for %s %s', async (status, method, path, request) => {
    expect((await server.api(method, path, request)).status).toBe(status)
  })

  test('characters that cannot be kept are refused', async () => {
    const form = (fields: Record<string, string>) => ({ form: { client_id: clientId, ...fields } })
    const refusals = [
      await server.api('POST', '/oauth2/device', form({ scope: `a${NUL}` })),
      await server.api('POST', '/oauth2/token', form({ grant_type: 'refresh_token', refresh_token: NUL })),
      await server.api('POST', '/oauth2/token', form({ grant_type: 'authorization_code', code: NUL })),
      await server.api('POST', '/oauth2/token', form({ grant_type: 'constructor' })),
    ]
    expect(refusals.map(({ status, body }) => [status, body.error])).toEqual([
      [400, 'invalid_scope'],
      [400, 'invalid_grant'],
      [400, 'invalid_grant'],
      [400, 'unsupported_grant_type'],
    ])
  })
})
