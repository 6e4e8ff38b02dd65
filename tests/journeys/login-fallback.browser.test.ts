import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const PATH = '/_matrix/static/client/login/'

let server: TestServer
let alice: TestUser
let browser: Browser
let page: Page
let complaints: string[]

beforeAll(async () => {
  server = await startTestServer()
  alice = await server.register('alice')
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})
beforeEach(async () => {
  page = await browser.newPage()
  complaints = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  return () => page.close()
})

interface LoginAnswer {
  user_id: string
  device_id: string
  access_token: string
  refresh_token?: string
}

/** Waits for the answer, as an app does: with a function put in after the page has loaded. */
function answer(): Promise<LoginAnswer> {
  return page.evaluate(
    () =>
      new Promise<LoginAnswer>((resolve) => {
        const { matrixLogin } = globalThis as unknown as { matrixLogin: { onLogin: (answer: LoginAnswer) => void } }
        matrixLogin.onLogin = resolve
      }),
  )
}

async function signIn(password: string): Promise<void> {
  await page.fill('#username', 'alice')
  await page.fill('#password', password)
  await page.click('button[type=submit]')
}

const whoami = async (token: string) => (await server.api('GET', '/_matrix/client/v3/account/whoami', { token })).body

test('a password logs in; what the app asks for goes on to the login', async () => {
  await page.goto(`${server.url}${PATH}?device_id=FALLBACK&initial_device_display_name=An%20app&refresh_token=true&password=no`)
  await signIn('wrong')
  await page.waitForSelector('[role=alert]:has-text("Invalid username or password")')
  const heard = answer()
  await signIn(alice.password)
  const session = await heard
  expect(session).toMatchObject({ user_id: alice.userId, device_id: 'FALLBACK', refresh_token: expect.any(String) })
  expect(await whoami(session.access_token)).toMatchObject({ user_id: alice.userId, device_id: 'FALLBACK' })
  const { body: device } = await server.api('GET', '/_matrix/client/v3/devices/FALLBACK', { token: alice.accessToken })
  expect(device.display_name).toBe('An app')
  await page.waitForSelector('text=You are signed in')
  // that of the refused password
  expect(complaints).toHaveLength(1)
})

test('signing in on our pages leads back and logs in without a question, and the app may ask late', async () => {
  await page.goto(`${server.url}${PATH}?device_id=ELSEWHERE`)
  await page.click('#sign-on')
  await signIn(alice.password)
  await page.waitForSelector('text=You are signed in. Go back')
  expect(page.url()).toBe(`${server.url}${PATH}?device_id=ELSEWHERE`)
  const session = await answer()
  expect(await whoami(session.access_token)).toMatchObject({ device_id: 'ELSEWHERE' })
  expect(complaints).toEqual([])
})

test('a token that is no good is told, and the ways are offered', async () => {
  await page.goto(`${server.url}${PATH}?loginToken=nonsense`)
  await page.waitForSelector('[role=alert]:has-text("Invalid login token")')
  await page.waitForSelector('#with-password')
})

test('only its own script runs there, and each answer has another nonce', async () => {
  const policies = await Promise.all(
    [1, 2].map(async () => {
      const { status, body, headers } = await server.api('GET', `${PATH}?loginToken=%3C/script%3E`)
      const policy = headers.get('content-security-policy') ?? ''
      const nonce = /script-src 'nonce-([\w-]{20,})';/.exec(policy)?.[1]
      expect([status, body.split('<script').length, body.includes(`<script type="module" nonce="${nonce}">`)]).toEqual([200, 2, true])
      expect(policy).toMatch(/^default-src 'none'; style-src 'self'; script-src 'nonce-[\w-]+'; connect-src 'self'; base-uri 'none';/)
      expect(body).not.toContain('loginToken=')
      return policy
    }),
  )
  expect(policies[0]).not.toBe(policies[1])
})
