import { onBothDatabases, seededRandom } from '@glia/testing'
import { expect, test } from 'vitest'
import {
  API_SCOPE,
  codeGrant,
  codeTokens,
  DEVICE_GRANT,
  type OAuthClient,
  REDIRECT_URI,
  registerOAuthClient,
  startDevice,
} from '../support/oauth-client.ts'
import { effort, patienceMs, seedOf } from '../support/property.ts'
import { onServerDatabase } from '../support/server-database.ts'
import { type ApiRequest, startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'
import { requestDrawer, type Treasury } from './oauth-requests.ts'

const REQUESTS = 600 * effort

onBothDatabases('requests made of anything', (dialect) => {
  test('never break the auth service, and earn no token', { timeout: patienceMs }, async () => {
    const random = seededRandom(seedOf(`OAuth fuzz ${dialect}`))
    const server = await startTestServer({ dialect })
    const alice = await server.register('alice')
    const treasury = await fillTreasury(server, alice)
    const before = await count(server)
    const draw = requestDrawer(random, treasury)
    let earned = 0
    let registered = 0
    const seen = new Map<string, number>()
    for (let n = 0; n < REQUESTS; n++) {
      const { name, method, path, request } = draw()
      const about = `request ${n}: ${method} ${path} ${JSON.stringify(request)}`
      const answer = await server.api(method, path, request)
      seen.set(`${name} ${answer.status}`, (seen.get(`${name} ${answer.status}`) ?? 0) + 1)
      expect(answer.status, about).toBeLessThan(500)
      if (answer.status >= 400 && /^\/(oauth2|_matrix)/.test(path)) expect(answer.body.error, about).toEqual(expect.any(String))
      if (name === 'registration' && answer.status === 201) registered++
      // nobody signs in: the password is not among the values
      if (name.startsWith('login'))
        expect([answer.body.access_token, answer.headers.getSetCookie().join()], about).toEqual([
          undefined,
          expect.not.stringContaining('glia_session'),
        ])
      if (name === 'introspection' && answer.body.active) expect(isSecretShown(treasury, request), about).toBe(true)
      if (name === 'token' && answer.status === 200) {
        const grant = treasury.grants.find((candidate) => !candidate.spent && isRightUse(candidate, request))
        expect(grant, about).toBeDefined()
        if (grant!.fields.grant_type !== 'refresh_token') {
          grant!.spent = true
          earned++
        }
      }
    }
    const after = await count(server)
    expect({ sessions: after.sessions - before.sessions, browsers: after.browsers - before.browsers }).toEqual({
      sessions: earned,
      browsers: 0,
    })
    // clients without a secret that say the same are the same
    expect(after.clients - before.clients).toBeLessThanOrEqual(registered)
    expect(earned).toBeGreaterThan(0)
    const names = new Set([...seen.keys()].map((key) => key.split(' ')[0]))
    expect(names.size).toBe(8)
    await server.remove()
  })
})

async function count(server: TestServer): Promise<{ sessions: number; browsers: number; clients: number }> {
  return onServerDatabase(server, async ({ db }) => ({
    sessions: (await db.selectFrom('auth_sessions').select('id').execute()).length,
    browsers: (await db.selectFrom('auth_browser_sessions').select('id').execute()).length,
    clients: (await db.selectFrom('auth_clients').select('id').execute()).length,
  }))
}

async function fillTreasury(server: TestServer, user: TestUser): Promise<Treasury> {
  const open = await registerOAuthClient(server, { client_name: 'Open' })
  const other = await registerOAuthClient(server, { client_name: 'Other' })
  const secretive = await registerOAuthClient(server, {
    client_name: 'Secretive',
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT],
    token_endpoint_auth_method: 'client_secret_post',
  })
  const clients = [open, other, secretive]
  const grants: Treasury['grants'] = []
  const add = (client: OAuthClient, fields: Record<string, string>) => grants.push({ client, fields, spent: false })
  for (const client of [open, open, other]) {
    add(client, await codeGrant(server, client, user, API_SCOPE))
    const { refreshToken } = await codeTokens(server, client, user, API_SCOPE)
    add(client, { grant_type: 'refresh_token', refresh_token: refreshToken })
    // nobody agrees to this one
    const grant = await startDevice(server, client, API_SCOPE)
    grants.push({ client, fields: { grant_type: DEVICE_GRANT, device_code: grant.device_code! }, spent: true })
  }
  const values = [
    ...clients.flatMap(({ clientId, secret }) => [clientId, ...(secret ? [secret] : [])]),
    ...grants.flatMap(({ fields }) => Object.values(fields)),
  ]
  return { clients, grants, values: [...new Set([...values, user.userId, user.accessToken, API_SCOPE, REDIRECT_URI])] }
}

/** The fields as the server reads them: a name that comes twice counts with what comes first or last, so both must be right. */
function fieldsOf(request: ApiRequest): Map<string, string[]> {
  const fields = new Map<string, string[]>()
  const parameters = new URLSearchParams(String(request.raw ?? ''))
  for (const [name, value] of parameters) fields.set(name, [...(fields.get(name) ?? []), value])
  return fields
}

function isRightUse(grant: Treasury['grants'][number], request: ApiRequest): boolean {
  const sent = fieldsOf(request)
  const { redirect_uri: _, ...needed } = grant.fields
  return Object.entries({ ...needed, client_id: grant.client.clientId }).every(([name, value]) => sent.get(name)?.includes(value))
}

function isSecretShown(treasury: Treasury, request: ApiRequest): boolean {
  const sent = fieldsOf(request)
  return treasury.clients.some(
    ({ clientId, secret }) =>
      secret !== undefined && sent.get('client_id')?.includes(clientId) && sent.get('client_secret')?.includes(secret),
  )
}
