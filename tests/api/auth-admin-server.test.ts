import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { grantedToken } from '../support/granted-token.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const API = 'urn:matrix:org.matrix.msc2967.client:api:*'
const PATHS = ['/api/admin/v1/version', '/api/admin/v1/site-config']

onBothDatabases('version and site-config of the MAS Admin API', (dialect) => {
  let server: TestServer
  let root: TestUser
  let token: string

  beforeAll(async () => {
    server = await startTestServer({ dialect, config: { registration_requires_token: true } })
    root = await server.register('root', { admin: true })
    token = await grantedToken(server, root, `${API} urn:mas:admin`)
  })
  afterAll(() => server.remove())

  test('tells the version', async () => {
    const answer = await server.api('GET', PATHS[0]!, { token })
    expect(answer).toMatchObject({ status: 200, body: { version: expect.stringMatching(/^\d+\.\d+\.\d+/) } })
  })

  test('tells what people may do here', async () => {
    const answer = await server.api('GET', PATHS[1]!, { token })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      server_name: server.serverName,
      password_login_enabled: true,
      password_registration_enabled: true,
      password_registration_email_required: false,
      password_registration_token_required: true,
      registration_token_required: true,
      email_change_allowed: false,
      displayname_change_allowed: true,
      password_change_allowed: true,
      account_recovery_allowed: false,
      account_deactivation_allowed: true,
      captcha_enabled: false,
      minimum_password_complexity: 0,
    })
  })

  test.each(PATHS)('%s refuses whoever has no token, an unknown one or one without the scope', async (path) => {
    const titled = { errors: [{ title: expect.any(String) }] }
    expect(await server.api('GET', path)).toMatchObject({ status: 400, body: titled })
    expect(await server.api('GET', path, { token: 'mat_unknown' })).toMatchObject({ status: 401, body: titled })
    const withoutScope = await grantedToken(server, root, API)
    expect(await server.api('GET', path, { token: withoutScope })).toMatchObject({ status: 401, body: titled })
  })

  test('describes itself to anybody, and has a page to read it', async () => {
    const { status, body } = await server.api('GET', '/api/spec.json')
    expect(status).toBe(200)
    expect(body).toMatchObject({ openapi: '3.1.0', servers: [{ url: server.url }] })
    expect(Object.keys(body.paths)).toContain('/api/admin/v1/users/{id}/lock')
    expect(Object.keys(body.paths).filter((path) => !path.startsWith('/api/'))).toEqual([])
    const page = await server.api('GET', '/api/doc/', { redirect: 'manual' })
    expect([page.status, page.headers.get('location')]).toEqual([307, '/_glia/docs/'])
  })

  test('a token is worth nothing here once its owner is no admin', async () => {
    const other = await server.register('other', { admin: true })
    const otherToken = await grantedToken(server, other, `${API} urn:mas:admin`)
    expect((await server.api('GET', PATHS[0]!, { token: otherToken })).status).toBe(200)
    const demoted = await server.api('PUT', `/_synapse/admin/v1/users/${other.userId}/admin`, {
      token: root.accessToken,
      body: { admin: false },
    })
    expect(demoted.status).toBe(200)
    expect((await server.api('GET', PATHS[0]!, { token: otherToken })).status).toBe(401)
  })
})
