import { globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import {
  API_SCOPE,
  agree,
  authorizationUrl,
  DEVICE_GRANT,
  REDIRECT_URI,
  registerOAuthClient,
  requestToken,
  startDevice,
} from '../support/oauth-client.ts'
import { newDataDir, type ServerProcess, spawnServer } from '../support/spawn-server.ts'
import { type ApiRequest, callApi, registerBySharedSecret, sharedSecretOf } from '../support/start-server.ts'

let started: ServerProcess
beforeAll(async () => {
  const config = {
    glia: { log: { level: 'debug' } },
    registration_requires_token: true,
    login_via_existing_session: { enabled: true, require_ui_auth: false },
  }
  started = await spawnServer({ dataDir: newDataDir(config) })
})
afterAll(async () => {
  await started.end('SIGTERM')
  rmSync(started.dataDir, { recursive: true, force: true })
})

/** What admins read again, and what a person types from one screen into another within twenty minutes. */
const KEPT_READABLE = new Set(['registration token', 'user code'])

test('nothing secret of a whole journey is in the log, however much is logged, nor in the database', async () => {
  const secrets = new Map<string, string>()
  const keep = <T extends string>(name: string, value: T): T => {
    expect(value, name).toMatch(/^.{6,}$/)
    secrets.set(name, value)
    return value
  }
  const api = (method: string, path: string, request?: ApiRequest) => callApi(started.url + path, method, request)
  const server = { api, url: started.url }
  const v3 = (method: string, path: string, request?: ApiRequest) => api(method, `/_matrix/client/v3${path}`, request)

  const sharedSecret = keep('shared secret', sharedSecretOf(started.dataDir))
  const root = await registerBySharedSecret(server, sharedSecret, {
    localpart: 'root',
    password: keep('password', 'Correct-Horse-1'),
    admin: true,
  })
  keep('first token', root.accessToken)

  // legacy login, its refresh and a token for another client
  const signIn = (password: string) =>
    v3('POST', '/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'root' }, password, refresh_token: true },
    })
  await signIn(keep('wrong password', 'Wrong-Battery-2'))
  const { body: login } = await signIn(root.password)
  keep('legacy access token', login.access_token)
  const { body: refreshed } = await v3('POST', '/refresh', { body: { refresh_token: keep('legacy refresh token', login.refresh_token) } })
  const token = keep('refreshed access token', refreshed.access_token)
  const { body: handed } = await api('POST', '/_matrix/client/v1/login/get_token', { token, body: {} })
  await v3('POST', '/login', { body: { type: 'm.login.token', token: keep('login token', handed.login_token) } })
  await v3('GET', `/account/whoami?access_token=${token}`)
  await v3('GET', `/account/whoami?access_token=${keep('made-up token', 'mat_madeupmadeup')}`)
  await v3('PUT', `/nowhere?access_token=${token}`)

  // a new account with a registration token
  const invitation = keep('registration token', 'Invitation-Number-7')
  await api('POST', '/_synapse/admin/v1/registration_tokens/new', { token, body: { token: invitation } })
  await api('GET', `/_matrix/client/v1/register/m.login.registration_token/validity?token=${invitation}`)
  const visitor = new TestBrowser(started.url)
  const chosen = keep('chosen password', 'Staple-of-Batteries-3')
  await visitor.submit(await visitor.open('/register'), '/register', {
    username: 'newcomer',
    token: invitation,
    password: chosen,
    password_confirm: chosen,
  })
  keep('cookie of the visitor', visitor.cookies.get('glia_session')!)

  // the code grant of a client with a secret
  const client = await registerOAuthClient(server, { token_endpoint_auth_method: 'client_secret_basic' })
  keep('client secret', client.secret!)
  const { url, verifier } = authorizationUrl(client, `openid ${API_SCOPE} urn:synapse:admin:* urn:mas:admin`)
  const browser = new TestBrowser(started.url)
  const back = await agree(browser, await browser.open(url), root)
  const code = keep('code', back.searchParams.get('code')!)
  const exchange = { grant_type: 'authorization_code', code, code_verifier: keep('verifier', verifier), redirect_uri: REDIRECT_URI }
  const { body: tokens } = await requestToken(server, client, exchange)
  await requestToken(server, client, exchange)
  keep('session cookie', browser.cookies.get('glia_session')!)
  keep('CSRF cookie', browser.cookies.get('glia_csrf')!)
  keep('access token', tokens.access_token)
  keep('ID token', tokens.id_token.split('.')[2])
  const introspect = {
    form: { token: tokens.access_token, client_id: client.clientId },
    headers: { authorization: `Basic ${btoa(`${client.clientId}:${client.secret}`)}` },
  }
  expect((await api('POST', '/oauth2/introspect', introspect)).body.active).toBe(true)
  const { body: personal } = await api('POST', '/api/admin/v1/personal-sessions', {
    token: tokens.access_token,
    body: {
      actor_user_id: (await api('GET', '/api/admin/v1/users/by-username/root', { token: tokens.access_token })).body.data.id,
      human_name: 'script',
      scope: 'urn:mas:admin',
    },
  })
  keep('personal token', personal.data.attributes.access_token)
  const { body: next } = await requestToken(server, client, {
    grant_type: 'refresh_token',
    refresh_token: keep('refresh token', tokens.refresh_token),
  })
  keep('next access token', next.access_token)
  await api('POST', '/oauth2/revoke', { form: { token: keep('next refresh token', next.refresh_token) } })

  // the device grant
  const device = await registerOAuthClient(server, { client_name: 'Device' })
  const grant = await startDevice(server, device, API_SCOPE)
  const poll = () => requestToken(server, device, { grant_type: DEVICE_GRANT, device_code: keep('device code', grant.device_code!) })
  await poll()
  const page = await browser.open(`/link?code=${keep('user code', grant.user_code!)}`)
  await browser.submit(page, /^\/device\//, { action: 'consent', confirm_device: 'on' })
  keep('token of the device', (await poll()).body.access_token)
  await browser.open(`/link?code=${grant.user_code}`)
  await browser.open(`/setup?token=${keep('made-up setup token', 'setupsetupsetupsetup')}`)

  // single sign-on with a client that knows no OAuth
  const asked = await browser.open(`/_matrix/client/v3/login/sso/redirect?redirectUrl=${encodeURIComponent('https://old.example/?x=1')}`)
  const loginToken = keep('SSO token', new URL((await browser.submit(asked, /^\/complete-compat-sso/)).url).searchParams.get('loginToken')!)
  const { body: old } = await v3('POST', '/login', { body: { type: 'm.login.token', token: loginToken } })
  keep('token of SSO', old.access_token)
  await v3('POST', '/account/password', {
    token: old.access_token,
    body: {
      new_password: keep('new password', 'Entirely-New-4'),
      auth: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'root' }, password: root.password },
    },
  })

  const log = started.output()
  expect(log).toContain('oauth.token.exchange')
  expect([...secrets].filter(([, secret]) => log.includes(secret) || log.includes(encodeURIComponent(secret)))).toEqual([])

  const databaseFiles = globSync('*.db*', { cwd: started.dataDir })
  expect(databaseFiles).not.toEqual([])
  const stored = databaseFiles.map((file) => readFileSync(join(started.dataDir, file), 'latin1')).join('')
  expect(stored).toContain('newcomer')
  expect([...secrets].filter(([name, secret]) => !KEPT_READABLE.has(name) && stored.includes(secret))).toEqual([])
})
