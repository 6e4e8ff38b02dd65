import { type AnyEndpoint, contract } from '@glia/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { type EmailServer, startEmailServer } from '../support/email-server.ts'
import { API_SCOPE, authorizationUrl, registerOAuthClient, startDevice } from '../support/oauth-client.ts'
import type { TestServer, TestUser } from '../support/start-server.ts'

const ids = { id: '01ARZ3NDEKTSV4RRFFQ69G5FAV', idp_id: 'nobody', auth_type: 'm.oauth' }
const pages = Object.values(contract.pages)
  .flatMap((resource): AnyEndpoint[] => Object.values(resource))
  .concat(contract.oauth.authorization.authorize)
  .filter(({ id }) => id !== contract.pages.assets.getStylesheet.id)
const pathOf = ({ path }: AnyEndpoint) => path.replace(/\{(\w+)\}/g, (_, name: keyof typeof ids) => ids[name])
const fieldsOf = ({ body }: AnyEndpoint) => (body.kind === 'form' ? Object.keys(body.schema.properties) : [])
const shown = pages.filter(({ method }) => method === 'GET').map((endpoint) => [endpoint.id, endpoint] as const)
/** All but the one that is worth nothing without the secrets of an e-mail. */
const forms = pages
  .filter(({ method, id }) => method === 'POST' && id !== contract.pages.email.confirmEmailLink.id)
  .map((endpoint) => [endpoint.id, endpoint] as const)

/** What holds for every page that the contract knows, new ones too. */
describe('every page', () => {
  let started: EmailServer
  let server: TestServer
  let alice: TestUser
  let signedIn: string
  let signedOut: string
  beforeAll(async () => {
    started = await startEmailServer({ config: { enable_3pid_changes: true } })
    server = started.server
    alice = await server.register('alice')
    const cookiesOf = (browser: TestBrowser) => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const stranger = new TestBrowser(server.url)
    await stranger.open('/login')
    signedOut = cookiesOf(stranger)
    const browser = new TestBrowser(server.url)
    await browser.signIn(await browser.open('/account/'), alice)
    signedIn = cookiesOf(browser)
  })
  afterAll(() => started.remove())

  const csrfOf = (cookies: string) => /glia_csrf=([\w-]+)/.exec(cookies)![1]!
  const expectGuarded = (answer: { headers: Headers }) => {
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(answer.headers.get('content-security-policy')).not.toMatch(/unsafe|script-src (?!'nonce-[\w+/=-]{16,}';)|\*/)
    expect(answer.headers.get('x-frame-options')).toBe('DENY')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('referrer-policy')).toBe('same-origin')
    expect(answer.headers.get('cache-control')).toContain('no-store')
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  }
  /** Nothing of the page leads, sends or loads from anywhere else. */
  const expectOwn = ({ body, headers }: { body: unknown; headers: Headers }) => {
    const location = headers.get('location')
    if (location !== null) expect(new URL(location, server.url).origin).toBe(server.url)
    expect(headers.get('refresh') ?? '').not.toContain('evil.example')
    expect(String(body)).not.toMatch(/(?:href|action|src)="(?:https?:\/\/|\/\/|\s*javascript:)/i)
    // a script only where the policy names it by a nonce
    if (!headers.get('content-security-policy')?.includes("script-src 'nonce-")) expect(String(body)).not.toMatch(/<script/i)
  }

  test.each(shown)('%s cannot be framed, kept or sent on, whoever looks', async (_, endpoint) => {
    for (const cookie of ['', signedOut, signedIn]) {
      const answer = await server.api('GET', pathOf(endpoint), { headers: { cookie } })
      expect(answer.status).toBeLessThan(500)
      expectGuarded(answer)
      expectOwn(answer)
    }
  })

  const evils = [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/../..//evil.example',
    'javascript:alert(1)',
    '%2f%2fevil.example',
    ' https://evil.example',
    '\tjavascript:alert(1)',
  ]
  test.each(pages.map((endpoint) => [endpoint.id, endpoint] as const))(
    '%s leads nowhere else, whatever its parameters say',
    async (_, endpoint) => {
      // an address that is the client's own is looked at in oauth-security and sso-login
      const names = [...new Set([...Object.keys(endpoint.query.properties), 'continue', 'next', 'return_to', 'kind'])].filter(
        (name) => name !== 'redirectUrl',
      )
      for (const cookie of [signedOut, signedIn]) {
        for (const evil of evils) {
          const query = new URLSearchParams(names.map((name) => [name, evil]))
          const form = Object.fromEntries(fieldsOf(endpoint).map((name) => [name, evil]))
          const answer = await server.api(endpoint.method, `${pathOf(endpoint)}?${query}`, {
            headers: { cookie },
            ...(endpoint.method === 'POST' ? { form: { ...form, csrf: csrfOf(cookie) } } : {}),
          })
          expect(answer.status).toBeLessThan(500)
          expectOwn(answer)
          if (endpoint.id === contract.pages.signIn.submitLogout.id) return
        }
      }
    },
  )

  test('each way to go on after signing in stays here', async () => {
    const kinds = [
      'continue_authorization_grant',
      'continue_device_code_grant',
      'continue_compat_sso_login',
      'link_upstream',
      'change_password',
      'manage_account',
    ]
    for (const kind of kinds) {
      for (const evil of evils) {
        const browser = new TestBrowser(server.url)
        const query = new URLSearchParams({ kind, id: evil, action: evil, device_id: evil })
        const page = await browser.signIn(await browser.open(`/login?${query}`), alice)
        expect(new URL(page.url).origin).toBe(server.url)
      }
    }
  })

  test.each(forms)('%s does nothing for a form of another site', async (_, endpoint) => {
    const path = pathOf(endpoint)
    const fields = Object.fromEntries(fieldsOf(endpoint).map((name) => [name, 'x']))
    for (const cookie of [signedIn, signedOut, '']) {
      for (const csrf of [undefined, '', 'made-up', csrfOf(cookie === signedIn ? signedOut : signedIn)]) {
        const { csrf: _, ...rest } = fields
        const answer = await server.api('POST', path, { headers: { cookie }, form: { ...rest, ...(csrf === undefined ? {} : { csrf }) } })
        expect([answer.status, String(answer.body)]).toEqual([403, expect.stringContaining('Please try again')])
        expectGuarded(answer)
      }
    }
  })

  test('pages in the middle of something are guarded as well', async () => {
    const client = await registerOAuthClient(server)
    const { user_code: code } = await startDevice(server, client, API_SCOPE)
    const browser = new TestBrowser(server.url)
    await browser.signIn(await browser.open('/login'), alice)
    for (const path of [
      authorizationUrl(client, API_SCOPE).url,
      `/link?code=${code}`,
      '/account/?action=org.matrix.cross_signing_reset',
      '/nowhere',
    ]) {
      const page = await browser.open(path)
      expect(page.html).toContain('<h1>')
      expectGuarded(page)
    }
  })
})
