import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleFixture, expectAccessible, signInByPassword, startConsole } from '../support/console.ts'
import type { TestUser } from '../support/start-server.ts'

let fixture: ConsoleFixture
let mia: TestUser
let sue: TestUser

beforeAll(async () => {
  fixture = await startConsole()
  mia = await fixture.server.register('mia')
  sue = await fixture.server.register('sue')
  await fixture.server.register('victor')
})
afterAll(() => fixture.close())

async function give(user: TestUser, role: string | null): Promise<void> {
  const path = `/_glia/admin/v1/users/${user.userId}/role`
  const { status } = await fixture.server.api('PUT', path, { token: fixture.admin.accessToken, body: { role } })
  expect(status).toBe(200)
}

const buttonsOf = (names: string[]) => names.map((name) => name.trim()).filter((name) => name !== '')

test('an admin gives a role, which opens the console at once; taken away, it closes it', async () => {
  const page = await fixture.openSignedIn(`/admin/users/${mia.userId}`)
  const panel = page.getByRole('complementary')
  const roleOf = async () =>
    (await fixture.server.api('GET', `/_glia/admin/v1/users/${mia.userId}/role`, { token: fixture.admin.accessToken })).body.role
  for (const [label, role, confirm] of [
    ['Moderator', 'moderator', 'Give the role'],
    ['None', null, 'Take it away'],
  ] as const) {
    await panel.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: label }).click()
    await page.getByRole('dialog').getByRole('button', { name: confirm }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await roleOf()).toBe(role)
  }
})

test('a moderator signs in by password, is told what the role is, and sees only what it may do', async () => {
  await give(mia, 'moderator')
  const page = await fixture.open('/admin/users/@victor:glia.test')
  await signInByPassword(page, mia)
  const panel = page.getByRole('complementary')
  await panel.getByRole('button', { name: 'Suspend' }).waitFor()
  expect(buttonsOf(await panel.getByRole('tabpanel').getByRole('button').allTextContents())).toEqual([
    'Lock',
    'Suspend',
    'Shadow-ban',
    'Redact messages',
  ])
  expect(await panel.getByRole('checkbox', { name: 'Admin' }).isDisabled()).toBe(true)
  expect(await panel.getByRole('combobox', { name: 'Role' }).isDisabled()).toBe(true)
  expect(await page.getByRole('button', { name: 'Create user' }).count()).toBe(0)
  await expectAccessible(page)
  await panel.getByRole('button', { name: 'Lock' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Lock' }).click()
  await panel.getByRole('button', { name: 'Unlock' }).waitFor()
  await page.getByRole('button', { name: /^Account/ }).click()
  await page.getByText('Helper: Moderator').waitFor()
})

test('a support helper signs in at the auth service in the role that was chosen', async () => {
  await give(sue, 'support')
  const page = await fixture.open('/admin/users/@victor:glia.test')
  await page.getByRole('combobox', { name: 'Sign in as' }).selectOption('Support')
  await page.getByRole('button', { name: 'Continue to the sign-in page' }).click()
  await page.locator('#username').fill(sue.localpart)
  await page.locator('#password').fill(sue.password)
  await page.locator('button[type=submit]').click()
  await page.getByRole('button', { name: 'Continue' }).click()
  const panel = page.getByRole('complementary')
  await panel.getByRole('button', { name: 'Reset password' }).waitFor()
  expect(buttonsOf(await panel.getByRole('tabpanel').getByRole('button').allTextContents())).toEqual([
    'Reset password',
    expect.stringMatching(/ock$/),
  ])
})

test('what the server refuses a helper is said with its errcode', async () => {
  await give(mia, 'moderator')
  const page = await fixture.open(`/admin/users/${sue.userId}`)
  await signInByPassword(page, mia)
  await page.getByRole('complementary').getByRole('button', { name: 'Suspend' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  await page.getByRole('dialog').getByText('M_FORBIDDEN · status 403').waitFor()
})
