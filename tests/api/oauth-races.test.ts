import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import {
  API_SCOPE,
  codeGrant,
  codeTokens,
  DEVICE_GRANT,
  type OAuthClient,
  registerOAuthClient,
  requestToken,
  startDevice,
} from '../support/oauth-client.ts'
import { onServerDatabase } from '../support/server-database.ts'
import { type ApiAnswer, startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const DEVICES = 1000

onBothDatabases('many requests at once', (dialect) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ dialect })
  })
  afterAll(() => server.remove())

  /** A client of its own for each test, so that its sessions can be counted. */
  const newClient = (name: string) => registerOAuthClient(server, { client_name: name })
  const newUser = (name: string) => server.register(name)
  const whoami = async (token: string) => (await server.api('GET', '/_matrix/client/v3/account/whoami', { token })).status
  const liveSessions = (client: OAuthClient) =>
    onServerDatabase(server, async ({ db }) => {
      const sessions = db
        .selectFrom('auth_sessions')
        .select('id')
        .where('client_id', '=', client.clientId)
        .where('finished_at_ms', 'is', null)
      return (await sessions.execute()).length
    })
  const statuses = (answers: readonly ApiAnswer[]) => answers.map(({ status }) => status).sort()

  test.each([2, 20])('%i refreshes of one token: nobody is signed out, and one pair of tokens works', async (times) => {
    const client = await newClient(`refresh ${times}`)
    const { refreshToken } = await codeTokens(server, client, await newUser(`refresher${times}`), API_SCOPE)
    const refresh = (token: string) => requestToken(server, client, { grant_type: 'refresh_token', refresh_token: token })
    const answers = await Promise.all(Array.from({ length: times }, () => refresh(refreshToken)))
    expect(statuses(answers)).toEqual(Array(times).fill(200))
    const works = await Promise.all(answers.map(({ body }) => whoami(body.access_token)))
    expect(works.filter((status) => status === 200)).toHaveLength(1)
    const last = answers[works.indexOf(200)]!.body
    expect((await refresh(last.refresh_token)).status).toBe(200)
    expect(await liveSessions(client)).toBe(1)
  })

  test.each([2, 20])('%i exchanges of one code: one session', async (times) => {
    const client = await newClient(`code ${times}`)
    const exchange = await codeGrant(server, client, await newUser(`exchanger${times}`), API_SCOPE)
    const answers = await Promise.all(Array.from({ length: times }, () => requestToken(server, client, exchange)))
    expect(statuses(answers)).toEqual([200, ...Array(times - 1).fill(400)])
    for (const { body } of answers.filter(({ status }) => status === 400)) expect(body.error).toBe('invalid_grant')
    expect(await whoami(answers.find(({ status }) => status === 200)!.body.access_token)).toBe(200)
    expect(await liveSessions(client)).toBe(1)
  })

  test('a refresh and a revocation: the session is over, whoever was first', async () => {
    const client = await newClient('revoke')
    const user = await newUser('revoker')
    for (let round = 0; round < 5; round++) {
      const { refreshToken } = await codeTokens(server, client, user, API_SCOPE)
      const [refreshed, revoked] = await Promise.all([
        requestToken(server, client, { grant_type: 'refresh_token', refresh_token: refreshToken }),
        server.api('POST', '/oauth2/revoke', { form: { token: refreshToken } }),
      ])
      expect(revoked.status).toBe(200)
      if (refreshed.status === 200) expect(await whoami(refreshed.body.access_token)).toBe(401)
    }
    expect(await liveSessions(client)).toBe(0)
  })

  test('a thousand devices that poll: each gets its own tokens, once', { timeout: 120_000 }, async () => {
    const client = await newClient('devices')
    const user = await newUser('owner')
    const inChunks = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
      const results: R[] = []
      for (let at = 0; at < items.length; at += 100) results.push(...(await Promise.all(items.slice(at, at + 100).map(work))))
      return results
    }
    const grants = await inChunks(Array.from({ length: DEVICES }), () => startDevice(server, client, API_SCOPE))
    expect(new Set(grants.map((grant) => grant.user_code)).size).toBe(DEVICES)
    const poll = (deviceCode: string) => requestToken(server, client, { grant_type: DEVICE_GRANT, device_code: deviceCode })
    const approve = await approver(server, user)

    const collected = new Map<string, ApiAnswer[]>()
    await inChunks(grants, async ({ device_code: code, user_code: userCode }) => {
      const early = await poll(code!)
      expect(early.body.error).toBe('authorization_pending')
      // two pollers for each device go on while somebody agrees
      const [, ...polled] = await Promise.all([approve(userCode!), poll(code!), poll(code!)])
      const late = await Promise.all([poll(code!), poll(code!)])
      collected.set(code!, [...polled, ...late])
    })
    const given = [...collected.values()].map((answers) => answers.filter(({ status }) => status === 200))
    expect(given.filter((answers) => answers.length !== 1)).toEqual([])
    expect(new Set(given.map(([answer]) => answer!.body.access_token)).size).toBe(DEVICES)
    expect(await liveSessions(client)).toBe(DEVICES)
  })
})

/** @returns agrees to the device with this code, as the user */
async function approver(server: TestServer, user: TestUser): Promise<(userCode: string) => Promise<void>> {
  const browser = new TestBrowser(server.url)
  await browser.signIn(await browser.open('/login'), user)
  return async (userCode) => {
    const page = await browser.open(`/link?code=${userCode}`)
    const done = await browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
    expect(done.html).toContain('Device linked')
  }
}
