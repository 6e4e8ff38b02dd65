import { randomBytes } from 'node:crypto'
import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V3 = '/_matrix/client/v3'
/** Of letters that cannot be packed: the index of a database would have to take them as they are. */
const long = randomBytes(2100).toString('base64url')
const odd = ['\0', 'a\0b', '\ud800', '\u{10ffff}', '%', '\u202e', "'; DROP TABLE users; --", long]
const cases = odd.map((text) => [JSON.stringify(text.slice(0, 40)), text] as const)

/** PostgreSQL takes no NUL in text, and no long text in an index: what people send must be refused or kept, never break a request. */
onBothDatabases('odd text from clients', (dialect) => {
  let server: TestServer
  let admin: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
  })
  afterAll(() => server.remove())

  test.each(cases)('%s is answered with less than 500 everywhere', async (_, text) => {
    const token = admin.accessToken
    const inPath = encodeURIComponent(text.toWellFormed())
    const requests: [string, string, unknown?][] = [
      ['POST', `${V3}/login`, { type: 'm.login.password', user: text, password: text, device_id: text }],
      [
        'POST',
        `${V3}/login`,
        { type: 'm.login.password', user: 'admin', password: admin.password, device_id: text, initial_device_display_name: text },
      ],
      ['POST', `${V3}/login`, { type: 'm.login.password', user: 'admin', password: admin.password, initial_device_display_name: text }],
      ['POST', `${V3}/refresh`, { refresh_token: text }],
      ['POST', `${V3}/register`, { username: text, password: text, auth: { type: 'm.login.dummy' } }],
      ['POST', `${V3}/register`, { username: 'x', password: text, auth: { type: text, session: text } }],
      ['POST', `${V3}/register`, { password: text, device_id: text, initial_device_display_name: text }],
      ['POST', `${V3}/account/password`, { new_password: text, auth: { type: 'm.login.password', user: text, password: text } }],
      ['POST', `${V3}/delete_devices`, { devices: [text] }],
      ['GET', `${V3}/devices/${inPath}`],
      ['PUT', `${V3}/devices/${admin.deviceId}`, { display_name: text }],
      ['GET', `${V3}/profile/${inPath}`],
      ['GET', `${V3}/profile/@${inPath}:glia.test/${inPath}`],
      ['PUT', `${V3}/profile/${admin.userId}/displayname`, { displayname: text }],
      ['PUT', `${V3}/profile/${admin.userId}/org.example`, { 'org.example': text }],
      ['PUT', `${V3}/profile/${admin.userId}/${inPath}`, { [text]: text }],
      ['GET', `/_synapse/admin/v2/users?name=${inPath}`],
      ['GET', `/_synapse/admin/v2/users?user_id=${inPath}&not_user_type=${inPath}`],
      ['GET', `/_synapse/admin/v2/users/@${inPath}:glia.test`],
      ['PUT', `/_synapse/admin/v2/users/@${inPath}:glia.test`, {}],
      ['PUT', `/_synapse/admin/v2/users/${admin.userId}`, { displayname: text, avatar_url: text }],
      ['PUT', `/_synapse/admin/v2/users/${admin.userId}`, { threepids: [{ medium: 'msisdn', address: text }] }],
      ['PUT', `/_synapse/admin/v2/users/${admin.userId}`, { external_ids: [{ auth_provider: text, external_id: text }] }],
      ['GET', `/_synapse/admin/v1/auth_providers/${inPath}/users/${inPath}`],
      ['GET', `/_synapse/admin/v1/threepid/email/users/${inPath}`],
      ['GET', `/_synapse/admin/v1/users/${inPath}/joined_rooms`],
      ['POST', `/_synapse/admin/v1/users/@${inPath}:glia.test/login`, {}],
      ['GET', `/_synapse/admin/v1/username_available?username=${inPath}`],
      ['POST', `/_synapse/admin/v2/users/${admin.userId}/devices`, { device_id: text }],
      ['POST', `/_synapse/admin/v2/users/${admin.userId}/delete_devices`, { devices: [text] }],
      ['DELETE', `/_synapse/admin/v2/users/${admin.userId}/devices/${inPath}`],
      ['PUT', `/_synapse/admin/v1/rooms/!${inPath}:glia.test/block`, { block: true }],
      ['DELETE', `/_synapse/admin/v2/rooms/!${inPath}:glia.test`, {}],
      ['POST', `/_synapse/admin/v1/purge_history/!${inPath}:glia.test`, { purge_up_to_ts: 1 }],
      ['POST', `/_synapse/admin/v1/user/@${inPath}:glia.test/redact`, { rooms: [] }],
      ['POST', `/_synapse/admin/v1/registration_tokens/new`, { token: text }],
      ['GET', `/_synapse/admin/v1/registration_tokens/${inPath}`],
      ['GET', `/_matrix/client/v1/register/m.login.registration_token/validity?token=${inPath}`],
    ]
    for (const [method, path, body] of requests) {
      const answer = await server.api(method, path, { token, ...(body === undefined ? {} : { body }) })
      expect(answer.status, `${method} ${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`).toBeLessThan(500)
    }
  })
})
