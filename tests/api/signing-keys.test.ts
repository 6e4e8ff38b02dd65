import { systemRandom } from '@glia/platform'
import { openConfig, type RunningServer, runServer } from '@glia/server'
import { FakeClock, onBothDatabases } from '@glia/testing'
import { createLocalJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { createGliaUser, type GliaUser } from '../support/run-glia.ts'
import { callApi, startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const REDIRECT = 'https://client.example/callback'
const HOUR_MS = 60 * 60_000

onBothDatabases('the keys of ID tokens', (dialect) => {
  // the clients' library checks times against the machine's clock
  const clock = new FakeClock(Date.now())
  let server: TestServer
  let alice: TestUser
  let glia: GliaUser

  beforeAll(async () => {
    server = await startTestServer({ dialect, clock })
    alice = await server.register('alice')
    glia = createGliaUser()
  })
  afterAll(async () => {
    glia.remove()
    await server.remove()
  })

  const run = (args: string[]) => glia.json(['keys', ...args], { env: { ...server.env } })
  const keySet = async (url = server.url) => (await callApi(`${url}/oauth2/keys.json`, 'GET')).body
  const kids = async (url?: string): Promise<string[]> => (await keySet(url)).keys.map(({ kid }: { kid: string }) => kid)
  /** A client that checks the signature, and an ID token that it took. */
  const signIn = async (alg: string, url = server.url) => {
    const registered = await oidc.dynamicClientRegistration(
      new URL(url),
      {
        client_name: `Test client ${alg}`,
        client_uri: 'https://client.example',
        redirect_uris: [REDIRECT],
        token_endpoint_auth_method: 'none',
        id_token_signed_response_alg: alg,
      },
      oidc.None(),
      { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
    )
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
    const location = oidc.buildAuthorizationUrl(registered, {
      redirect_uri: REDIRECT,
      scope: 'openid',
      state: 'x',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    const browser = new TestBrowser(url)
    const page = await browser.signIn(await browser.open(location.href), alice)
    const back = new URL((await browser.submit(page, /^\/consent/, { action: 'consent' })).url)
    const tokens = await oidc.authorizationCodeGrant(registered, back, { expectedState: 'x', pkceCodeVerifier })
    const idToken = tokens.id_token!
    return { idToken, header: JSON.parse(Buffer.from(idToken.split('.')[0]!, 'base64url').toString()) }
  }
  const isGood = async (idToken: string) =>
    jwtVerify(idToken, createLocalJWKSet(await keySet()), { currentDate: new Date(clock.nowMs()) }).then(
      () => true,
      () => false,
    )

  test('openid-client checks every signature that discovery lists', async () => {
    const { body } = await server.api('GET', '/.well-known/openid-configuration')
    const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256']
    expect(body.id_token_signing_alg_values_supported).toEqual(algorithms)
    for (const alg of algorithms) expect((await signIn(alg)).header).toMatchObject({ alg, kid: expect.any(String) })
  })

  test('new keys sign in a server that runs; old tokens stay good until they are over', async () => {
    const before = await kids()
    const { idToken: old, header } = await signIn('RS256')
    const keys = await run(['rotate'])
    expect(keys.map(({ kind, state }: { kind: string; state: string }) => [kind, state]).sort()).toEqual([
      ['EC', 'published'],
      ['EC', 'signs'],
      ['RSA', 'published'],
      ['RSA', 'signs'],
    ])
    expect((await kids()).toSorted()).toEqual(keys.map(({ kid }: { kid: string }) => kid).toSorted())
    for (const alg of ['RS256', 'ES256']) {
      const { header: now, idToken } = await signIn(alg)
      expect(before).not.toContain(now.kid)
      expect(await isGood(idToken)).toBe(true)
    }
    expect([before.includes(header.kid), await isGood(old)]).toEqual([true, true])
    await server.restart()
    expect(await isGood(old)).toBe(true)
    clock.advance(1.5 * HOUR_MS)
    expect(await kids()).toHaveLength(2)
    expect((await kids()).some((kid) => before.includes(kid))).toBe(false)
  })

  test('one kind at a time; the public keys hold nothing private', async () => {
    const before = await kids()
    await run(['rotate', '--alg', 'ES256'])
    const list = await run(['list'])
    const signing = list.filter(({ state }: { state: string }) => state === 'signs')
    expect(signing.filter(({ kid }: { kid: string }) => before.includes(kid)).map(({ kind }: { kind: string }) => kind)).toEqual(['RSA'])
    for (const key of (await keySet()).keys)
      expect(Object.keys(key).filter((name) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name))).toEqual([])
    expect((await glia.run(['keys', 'rotate', '--alg', 'HS256'], { env: { ...server.env } })).status).toBe(2)
  })

  test('a rotation is in the audit log', async () => {
    const root = await server.register('root', { admin: true })
    const { body } = await server.api('GET', '/_glia/admin/v1/audit_log?operation=local.keys.rotate', { token: root.accessToken })
    expect(body.records[0]).toMatchObject({ operation: 'local.keys.rotate', request: { kids: [expect.any(String)] } })
  })
})

describe('two processes on one database', () => {
  let first: TestServer
  let second: RunningServer
  const clock = new FakeClock(Date.now())

  beforeAll(async () => {
    first = await startTestServer({ dialect: 'postgres', clock })
    const { config } = await openConfig({
      cli: { dataDir: first.dataDir, config: [first.env.GLIA_CONFIG!] },
      env: first.env,
      random: systemRandom,
    })
    second = await runServer({ config, clock, random: systemRandom })
  })
  afterAll(async () => {
    await second.stop()
    await first.remove()
  })

  test('have the same keys, and change them at once', async () => {
    const keys = async (url: string) => (await callApi(`${url}/oauth2/keys.json`, 'GET')).body.keys
    expect(await keys(second.url)).toEqual(await keys(first.url))
    const glia = createGliaUser()
    try {
      await glia.json(['keys', 'rotate'], { env: { ...first.env } })
    } finally {
      glia.remove()
    }
    const now = await keys(first.url)
    expect(now).toHaveLength(4)
    expect(await keys(second.url)).toEqual(now)
  })
})
