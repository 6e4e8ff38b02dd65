import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ConsoleFixture, signInByPassword, signInByToken, startConsole } from '../support/console.ts'
import type { TestUser } from '../support/start-server.ts'

let fixture: ConsoleFixture
let alice: TestUser

beforeAll(async () => {
  fixture = await startConsole()
  alice = await fixture.server.register('alice')
})
afterAll(() => fixture.close())
beforeEach(() => {
  fixture.complaints.length = 0
})

const storedSession = (page: Page) => page.evaluate(() => JSON.parse(localStorage.getItem('glia.session') ?? 'null'))
const statusOf = async (token: string) => (await fixture.server.api('GET', '/_matrix/client/v3/account/whoami', { token })).status

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor()
}

/** Through the pages of the auth service, up to the consent. */
async function goThroughOAuth(page: Page, user: { localpart: string; password: string }): Promise<void> {
  await page.getByRole('button', { name: 'Continue to the sign-in page' }).click()
  await page.locator('#username').fill(user.localpart)
  await page.locator('#password').fill(user.password)
  await page.locator('button[type=submit]').click()
}

test('by password: the place is remembered, and signing out ends the token', async () => {
  const page = await fixture.open('/admin/users/@alice:glia.test?name=ali')
  await signInByPassword(page, fixture.admin)
  await page.getByRole('complementary').getByRole('heading', { name: 'alice' }).waitFor()
  expect(page.url()).toBe(`${fixture.server.url}/admin/users/@alice:glia.test?name=ali`)
  const { accessToken } = await storedSession(page)
  expect(await statusOf(accessToken)).toBe(200)
  await signOut(page)
  expect(await statusOf(accessToken)).toBe(401)
  expect(await storedSession(page)).toBeNull()
  expect(fixture.complaints).toEqual([])
})

test('by OAuth: authorization code with PKCE, renewed tokens, revoked when signing out', async () => {
  const page = await fixture.open('/admin/about')
  await goThroughOAuth(page, fixture.admin)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Help & About' }).waitFor()
  expect(page.url()).toBe(`${fixture.server.url}/admin/about`)
  const first = await storedSession(page)
  expect(first).toMatchObject({ origin: 'oauth', userId: fixture.admin.userId, refreshToken: expect.any(String) })

  // as if the time had come, in two tabs at once
  await page.evaluate((session) => localStorage.setItem('glia.session', JSON.stringify({ ...session, expiresAtMs: Date.now() })), first)
  const second = await page.context().newPage()
  await Promise.all([page.reload(), second.goto(`${fixture.server.url}/admin/users`)])
  await second.getByRole('link', { name: '@alice:glia.test' }).waitFor()
  await page.getByText('@admin:glia.test').first().waitFor()
  const renewed = await storedSession(page)
  expect(renewed.accessToken).not.toBe(first.accessToken)
  expect(renewed.refreshToken).not.toBe(first.refreshToken)
  expect(await statusOf(renewed.accessToken)).toBe(200)

  await signOut(page)
  expect(await statusOf(renewed.accessToken)).toBe(401)
  await second.getByRole('heading', { name: 'Sign in to the console' }).waitFor()
  expect(fixture.complaints).toEqual([])
})

test('by a pasted token, which signing out forgets but does not end', async () => {
  const page = await fixture.open('/admin/')
  await signInByToken(page, fixture.admin.accessToken)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await signOut(page)
  expect(await statusOf(fixture.admin.accessToken)).toBe(200)
})

test('an account that is no admin is told so, and its token does not stay', async () => {
  const page = await fixture.open('/admin/')
  let token = ''
  page.on('response', async (response) => {
    if (response.url().endsWith('/login') && response.request().method() === 'POST') token = (await response.json()).access_token
  })
  await signInByPassword(page, alice)
  await page.getByText('This account is neither an administrator nor a helper').waitFor()
  expect(await storedSession(page)).toBeNull()
  expect(token).not.toBe('')
  expect(await statusOf(token)).toBe(401)
})

test('an account that is no admin is refused by the auth service too, and finds its way back', async () => {
  const page = await fixture.open('/admin/')
  await goThroughOAuth(page, alice)
  await page.getByText('Your account is not an administrator').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Access was not given').waitFor()
  await page.getByRole('link', { name: 'Back to sign-in' }).click()
  await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor()
})

test('a wrong password, a wrong token and a wrong address are said in words', async () => {
  const page = await fixture.open('/admin/')
  await signInByPassword(page, { localpart: 'admin', password: 'wrong' })
  await page.getByRole('alert').getByText('Invalid username or password').waitFor()
  await page.getByText('Access token').click()
  await page.getByRole('textbox', { name: 'Access token' }).fill('syt_nonsense')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Homeserver').fill('http://127.0.0.1:1')
  await page.getByText('No homeserver answers at http://127.0.0.1:1.').waitFor()
})

test('an answer of another sign-in is not taken', async () => {
  const page = await fixture.open('/admin/callback?code=stolen&state=unknown')
  await page.getByText('This sign-in was not started in this tab').waitFor()
  expect(await storedSession(page)).toBeNull()
})

test('when the token is ended elsewhere, the sign-in page comes and remembers the place', async () => {
  const { body } = await fixture.server.api('POST', '/_matrix/client/v3/login', {
    body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'admin' }, password: fixture.admin.password },
  })
  const page = await fixture.open('/admin/rooms?kind=public')
  await signInByToken(page, body.access_token)
  await page.getByRole('heading', { name: 'Rooms' }).waitFor()
  await fixture.server.api('POST', '/_matrix/client/v3/logout', { token: body.access_token, body: {} })
  await page.getByRole('link', { name: 'Users' }).click()
  await page.getByText('Your session has ended').waitFor()
  await signInByPassword(page, fixture.admin)
  await page.getByRole('heading', { name: 'Users' }).waitFor()
})
