import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type EmailServer, startEmailServer } from '../support/email-server.ts'
import type { TestServer } from '../support/start-server.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const password = 'a long enough password'
const API = 'urn:matrix:org.matrix.msc2967.client:api:*'
const AUTHORIZE = `response_type=code&scope=${encodeURIComponent(API)}&code_challenge_method=S256&code_challenge=${'a'.repeat(43)}`

let place: EmailServer
let server: TestServer
let browser: Browser
let setupLink: string
let clientId: string

beforeAll(async () => {
  place = await startEmailServer()
  server = place.server
  browser = await launchChromium()
  setupLink = (await server.running.server.createSetupLink())!
  const { body } = await server.api('POST', '/oauth2/registration', {
    body: {
      client_name: 'Test client',
      client_uri: 'https://client.example',
      redirect_uris: ['https://client.example/callback'],
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
      token_endpoint_auth_method: 'none',
    },
  })
  clientId = body.client_id
})
afterAll(async () => {
  await browser.close()
  await place.remove()
})

const startDeviceGrant = async () =>
  (await server.api('POST', '/oauth2/device', { form: { client_id: clientId, scope: `${API} urn:synapse:admin:*` } })).body

async function signIn(page: Page): Promise<void> {
  await page.fill('#username', 'boss')
  await page.fill('#password', password)
  await page.click('button[type=submit]')
}

test('the first admin is made, and a device confirmed, with a real browser', async () => {
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.goto(setupLink)
  await page.fill('#username', 'boss')
  await page.fill('#password', password)
  await page.fill('#password_confirm', password)
  await page.click('button[type=submit]')
  await page.waitForSelector('text=@boss:glia.test is the administrator')

  const grant = await startDeviceGrant()
  await page.goto(grant.verification_uri_complete)
  await page.check('#confirm_device')
  await page.click('button:has-text("Confirm")')
  await page.waitForSelector('text=Device linked')
  const tokens = await server.api('POST', '/oauth2/token', {
    form: { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: grant.device_code, client_id: clientId },
  })
  expect(tokens.status).toBe(200)
  expect(complaints).toEqual([])
  await page.close()
})

test("the way back to the client passes the browser's content security policy", async () => {
  const page = await browser.newPage()
  await page.route('https://client.example/**', (route) => route.fulfill({ body: 'the client' }))
  await page.goto(`${server.url}/authorize?client_id=${clientId}&${AUTHORIZE}&state=xyz`)
  await signIn(page)
  await page.click('button:has-text("Continue")')
  await page.waitForURL('https://client.example/callback?**')
  expect(new URL(page.url()).searchParams.get('state')).toBe('xyz')
  await page.close()
})

test('a client without OAuth is led back to with a token, past the question', async () => {
  const page = await browser.newPage()
  await page.route('https://client.example/**', (route) => route.fulfill({ body: 'the client' }))
  const redirectUrl = encodeURIComponent('https://client.example/sso')
  await page.goto(`${server.url}/_matrix/client/v3/login/sso/redirect?redirectUrl=${redirectUrl}`)
  await signIn(page)
  await page.click('button:has-text("Continue")')
  await page.waitForURL('https://client.example/sso?loginToken=*')
  await page.close()
})

describe.each(['light', 'dark'] as const)('on a phone, %s,', (colorScheme) => {
  test('every page is accessible and fits the screen', async () => {
    const context = await browser.newContext({ colorScheme, bypassCSP: true, viewport: { width: 360, height: 740 } })
    const page = await context.newPage()
    const check = async (name: string) => {
      await page.evaluate(axe)
      const found = await page.evaluate(async () => {
        const { violations } = await (
          globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
        ).axe.run()
        const { scrollWidth, clientWidth } = document.documentElement
        return { violations: violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`), isTooWide: scrollWidth > clientWidth }
      })
      expect.soft(found, name).toEqual({ violations: [], isTooWide: false })
    }
    await page.goto(`${server.url}/login`)
    await check('login')
    await page.fill('#username', 'boss')
    await page.fill('#password', 'wrong')
    await page.click('button[type=submit]')
    await check('login, refused')
    await page.goto(`${server.url}/register`)
    await check('register')
    await page.goto(`${server.url}/login`)
    await signIn(page)
    const recovery = `${colorScheme}@example.org`
    const places = [
      '/',
      '/link',
      '/account/',
      '/account/?action=org.matrix.cross_signing_reset',
      '/account/password/change',
      '/account/deactivate',
      '/recover',
      '/_matrix/client/v3/login/sso/redirect?redirectUrl=https%3A%2F%2Fclient.example%2F',
      '/_matrix/static/client/login/',
      '/nowhere',
      `/authorize?client_id=${clientId}&${AUTHORIZE}`,
    ]
    for (const place of [...places, (await startDeviceGrant()).verification_uri_complete]) {
      await page.goto(new URL(place, server.url).href)
      await check(place)
    }
    await page.goto(`${server.url}/account/emails`)
    await page.fill('#email', recovery)
    await page.fill('#password', password)
    await page.click('button:has-text("Send a code")')
    await check('code')
    await page.fill('#code', '000000')
    await page.click('button:has-text("Confirm")')
    await check('code, refused')
    const { text } = await place.mail.next(recovery)
    await page.fill('#code', /\b\d{6}\b/.exec(text)![0])
    await page.click('button:has-text("Confirm")')
    await page.waitForSelector(`text=${recovery}`)
    await page.click('summary')
    await check('addresses')
    await page.goto(`${server.url}/recover`)
    await page.fill('#email', recovery)
    await page.click('button[type=submit]')
    await check('recovery, sent')
    await page.goto((await place.mail.next(recovery)).link)
    await check('recovery, new password')
    await context.close()
  })
})
