import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { expectAccessible } from '../support/console.ts'
import { startTestServer, type TestServer } from '../support/start-server.ts'

const password = 'a long enough password'

let server: TestServer
let browser: Browser
beforeAll(async () => {
  const policy = { id: 'privacy_policy', version: '1.0', name: 'Privacy policy', url: 'https://glia.test/privacy' }
  server = await startTestServer({ config: { glia: { auth: { terms: [policy] } } } })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

const startRegistration = async (username: string): Promise<string> =>
  (await server.api('POST', '/_matrix/client/v3/register', { body: { username, password } })).body.session
const fallback = (session: string) => `${server.url}/_matrix/client/v3/auth/m.login.terms/fallback/web?session=${session}`

test('a client opens the page of the terms in a window and hears when they are accepted', async () => {
  const session = await startRegistration('anna')
  const client = await browser.newPage()
  await client.goto(`${server.url}/login`)
  const heard = client.evaluate(
    () =>
      new Promise((resolve) => {
        const { window } = globalThis as unknown as {
          window: { addEventListener: (type: string, hear: (event: { data: unknown }) => void) => void }
        }
        window.addEventListener('message', ({ data }) => resolve(data))
      }),
  )
  const opened = client.waitForEvent('popup')
  await client.evaluate((url) => {
    ;(globalThis as unknown as { open(url: string): void }).open(url)
  }, fallback(session))
  const page = await opened
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.check('#terms')
  await page.click('button[type=submit]')
  await page.waitForSelector('text=You have accepted the terms.')
  expect([await heard, complaints]).toEqual(['authDone', []])
  const answer = await server.api('POST', '/_matrix/client/v3/register', { body: { auth: { type: 'm.login.dummy', session } } })
  expect(answer.body).toMatchObject({ user_id: '@anna:glia.test' })
  await client.context().close()
})

test.each(['light', 'dark'] as const)('on a phone, %s, both pages are accessible and fit the screen', async (colorScheme) => {
  const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 740 } })
  const page = await context.newPage()
  for (const place of [`${server.url}/register`, fallback(await startRegistration('berta'))]) {
    await page.goto(place)
    expect(await page.isVisible('#terms')).toBe(true)
    await expectAccessible(page)
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true)
  }
  await context.close()
})
