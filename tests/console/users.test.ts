import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ConsoleFixture, startConsole } from '../support/console.ts'
import type { TestUser } from '../support/start-server.ts'

let fixture: ConsoleFixture
let bob: TestUser

beforeAll(async () => {
  fixture = await startConsole()
  bob = await fixture.server.register('bob')
  await fixture.server.register('carol')
  await fixture.server.register('other-admin', { admin: true })
})
afterAll(() => fixture.close())
beforeEach(() => {
  fixture.complaints.length = 0
})

const asAdmin = (method: string, path: string, body?: unknown) =>
  fixture.server.api(method, path, { token: fixture.admin.accessToken, ...(body === undefined ? {} : { body }) })
const userOf = async (userId: string) => (await asAdmin('GET', `/_synapse/admin/v2/users/${userId}`)).body

test('the Admin checkbox, once confirmed, makes the account an admin at once', async () => {
  const { server } = fixture
  const mayList = async () => (await server.api('GET', '/_synapse/admin/v2/users', { token: bob.accessToken })).status
  const page = await fixture.openSignedIn('/admin/users')
  await page.getByRole('link', { name: bob.userId }).click()
  const panel = page.getByRole('complementary')
  const checkbox = panel.getByRole('checkbox', { name: 'Admin' })
  await checkbox.click()
  await page.getByRole('dialog').getByText('will be able to read and change every account').waitFor()
  expect(await mayList()).toBe(403)
  await page.getByRole('button', { name: 'Make admin' }).click()
  await page.getByText(`${bob.userId} is an admin now.`).waitFor()
  expect(await mayList()).toBe(200)
  expect(await checkbox.isChecked()).toBe(true)

  await checkbox.click()
  await page.getByRole('button', { name: 'Take it away' }).click()
  await page.getByText(`${bob.userId} is no longer an admin.`).waitFor()
  expect(await mayList()).toBe(403)
  expect(fixture.complaints).toEqual([])
})

test('nobody takes the right from the own account by accident', async () => {
  const page = await fixture.openSignedIn(`/admin/users/${fixture.admin.userId}`)
  const checkbox = page.getByRole('complementary').getByRole('checkbox', { name: 'Admin' })
  await checkbox.waitFor()
  expect(await checkbox.isDisabled()).toBe(true)
})

test('search, filters and order are in the address, and an address shows its list', async () => {
  const page = await fixture.openSignedIn('/admin/users')
  const links = page.getByRole('table').getByRole('link')
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('ADMIN')
  await page.waitForURL((url) => url.searchParams.get('name') === 'ADMIN')
  await expect.poll(() => links.allTextContents()).toEqual(['@admin:glia.test', '@other-admin:glia.test'])
  await page.getByRole('button', { name: 'User', exact: true }).click()
  await page.waitForURL((url) => url.searchParams.get('dir') === 'b')
  await expect.poll(() => links.allTextContents()).toEqual(['@other-admin:glia.test', '@admin:glia.test'])
  await page.goto(`${fixture.server.url}/admin/users?admins=true&name=admin`)
  await expect.poll(() => links.allTextContents()).toEqual(['@admin:glia.test', '@other-admin:glia.test'])
  expect(await page.getByRole('checkbox', { name: 'Admins' }).isChecked()).toBe(true)
  await page.goto(`${fixture.server.url}/admin/users?name=nobody-has-this-name`)
  await page.getByText('No user fits').waitFor()
})

test('searching leaves an open panel open', async () => {
  const page = await fixture.openSignedIn(`/admin/users/${bob.userId}?tab=devices`)
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('carol')
  await page.waitForURL((url) => url.searchParams.get('name') === 'carol')
  expect(new URL(page.url()).pathname).toBe(`/admin/users/${bob.userId}`)
  await page.getByRole('complementary').getByText(bob.deviceId).waitFor()
})

test('more users than a page holds are paged through on the server', async () => {
  for (let number = 100; number < 155; number++) await fixture.server.register(`many${number}`)
  const page = await fixture.openSignedIn('/admin/users?name=many')
  await page.getByText('1–50 of 55').waitFor()
  await page.getByRole('button', { name: 'Next page' }).click()
  await page.getByText('51–55 of 55').waitFor()
  await page.getByRole('link', { name: '@many154:glia.test' }).waitFor()
  expect(new URL(page.url()).searchParams.get('page')).toBe('2')
  await page.goBack()
  await page.getByText('1–50 of 55').waitFor()
})

test('a user is created, locked, given a password and deactivated', async () => {
  const page = await fixture.openSignedIn('/admin/users')
  await page.getByRole('button', { name: 'Create user' }).click()
  await page.getByLabel('User name').fill('Dora')
  await page.getByLabel('Display name').fill('Dora D.')
  await page.getByRole('button', { name: 'Generate' }).click()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  const panel = page.getByRole('complementary')
  await panel.getByRole('heading', { name: 'Dora D.' }).waitFor()
  expect(await userOf('@dora:glia.test')).toMatchObject({ displayname: 'Dora D.', admin: false, locked: false })

  await panel.getByRole('button', { name: 'Lock' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Lock' }).click()
  await panel.getByText('Locked').waitFor()
  await panel.getByRole('button', { name: 'Unlock' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unlock' }).click()
  await panel.getByRole('button', { name: 'Lock', exact: true }).waitFor()
  expect(await userOf('@dora:glia.test')).toMatchObject({ locked: false })

  await panel.getByRole('button', { name: 'Reset password' }).click()
  await page.getByLabel('Make one up').uncheck()
  await page.getByRole('textbox', { name: 'New password' }).fill('an entirely new one')
  await page.getByRole('button', { name: 'Set password', exact: true }).click()
  await page.getByText('@dora:glia.test has a new password.').waitFor()
  const login = await fixture.server.api('POST', '/_matrix/client/v3/login', {
    body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'dora' }, password: 'an entirely new one' },
  })
  expect(login.status).toBe(200)

  await panel.getByRole('button', { name: 'Deactivate' }).click()
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Deactivate' })
  expect(await confirm.isDisabled()).toBe(true)
  await page.getByLabel('Type “@dora:glia.test” to confirm').fill('@dora:glia.test')
  await confirm.click()
  await panel.getByText('Deactivated', { exact: true }).waitFor()
  expect(await userOf('@dora:glia.test')).toMatchObject({ deactivated: true, erased: false })
})

test('a name that is taken is refused, and the account keeps its password', async () => {
  const page = await fixture.openSignedIn('/admin/users')
  await page.getByRole('button', { name: 'Create user' }).click()
  await page.getByLabel('User name').fill('carol')
  await page.getByRole('textbox', { name: 'New password' }).fill('not hers at all')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  const login = await fixture.server.api('POST', '/_matrix/client/v3/login', {
    body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'carol' }, password: 'password of carol' },
  })
  expect(login.status).toBe(200)
})

test('devices are signed out, media are quarantined and deleted', async () => {
  const erin = await fixture.server.register('erin')
  const upload = await fixture.server.api('POST', '/_matrix/media/v3/upload?filename=cat.txt', {
    token: erin.accessToken,
    raw: 'meow',
    headers: { 'content-type': 'text/plain' },
  })
  const download = `/_matrix/client/v1/media/download/${upload.body.content_uri.slice('mxc://'.length)}`
  const statusOf = async () => (await fixture.server.api('GET', download, { token: bob.accessToken })).status
  const page = await fixture.openSignedIn(`/admin/users/${erin.userId}?tab=media`)
  const panel = page.getByRole('complementary')
  await panel.getByText('cat.txt').waitFor()
  expect(await statusOf()).toBe(200)
  await panel.getByRole('button', { name: 'Quarantine', exact: true }).click()
  await panel.getByText('Quarantined').waitFor()
  expect(await statusOf()).toBe(404)
  await panel.getByRole('button', { name: 'Release' }).click()
  await panel.getByRole('button', { name: 'Quarantine', exact: true }).waitFor()
  expect(await statusOf()).toBe(200)
  await panel.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await panel.getByText('No media').waitFor()
  expect(await statusOf()).toBe(404)

  await panel.getByRole('tab', { name: 'Devices' }).click()
  await panel.getByRole('button', { name: /^Sign out (?!everywhere)/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
  await panel.getByText('No devices').waitFor()
  expect((await fixture.server.api('GET', '/_matrix/client/v3/account/whoami', { token: erin.accessToken })).status).toBe(401)
})

test('Escape closes the dialog, then the panel, and the focus returns each time', async () => {
  const page = await fixture.openSignedIn('/admin/users')
  await page.getByRole('link', { name: bob.userId }).click()
  const checkbox = page.getByRole('complementary').getByRole('checkbox', { name: 'Admin' })
  await checkbox.click()
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect.poll(() => checkbox.evaluate((element) => element === document.activeElement)).toBe(true)
  await page.keyboard.press('Escape')
  await page.getByRole('complementary').waitFor({ state: 'detached' })
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(bob.userId)
})

test('a user that does not exist, and a server that is away, are said in words', async () => {
  const page = await fixture.openSignedIn('/admin/users/@nobody:glia.test')
  await page.getByRole('complementary').getByRole('alert').getByText('User not found').waitFor()
  await page.route('**/_synapse/admin/v3/users*', (route) => route.abort())
  await page.goto(`${fixture.server.url}/admin/users?name=x`)
  await page.getByText('The users could not be loaded').waitFor()
  await page.unroute('**/_synapse/admin/v3/users*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('No user fits').waitFor()
})

test('a password that is made up is shown once, and works', async () => {
  const gina = await fixture.server.register('gina')
  const page = await fixture.openSignedIn(`/admin/users/${gina.userId}`)
  await page.getByRole('complementary').getByRole('button', { name: 'Reset password' }).click()
  await page.getByRole('button', { name: 'Set password', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Reveal password' }).click()
  const password = (await dialog.locator('pre').textContent()) ?? ''
  const login = await fixture.server.api('POST', '/_matrix/client/v3/login', {
    body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'gina' }, password },
  })
  expect(login.status).toBe(200)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await page.content()).not.toContain(password)
})

test('a user is suspended and shadow-banned, and let go', async () => {
  const hugo = await fixture.server.register('hugo')
  const page = await fixture.openSignedIn(`/admin/users/${hugo.userId}`)
  const panel = page.getByRole('complementary')
  for (const [set, mark, lift] of [
    ['Suspend', 'suspended', 'End suspension'],
    ['Shadow-ban', 'shadow_banned', 'Lift shadow-ban'],
  ] as const) {
    await panel.getByRole('button', { name: set, exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: set, exact: true }).click()
    await panel.getByRole('button', { name: lift }).waitFor()
    expect(await userOf(hugo.userId)).toMatchObject({ [mark]: true })
    await panel.getByRole('button', { name: lift }).click()
    await page.getByRole('dialog').getByRole('button', { name: lift }).click()
    await panel.getByRole('button', { name: set, exact: true }).waitFor()
    expect(await userOf(hugo.userId)).toMatchObject({ [mark]: false })
  }
})

test('several users are marked and locked, and each of them says how it went', async () => {
  const names = ['spam1', 'spam2', 'spam3']
  for (const name of names) await fixture.server.register(name)
  const page = await fixture.openSignedIn('/admin/users?name=spam')
  await page.getByRole('checkbox', { name: 'Mark all on this page' }).check()
  // one is refused by the server
  await page.route('**/admin/lock/*spam2*', (route) =>
    route.fulfill({
      status: 403,
      json: { errcode: 'M_FORBIDDEN', error: 'Not this one' },
      headers: { 'access-control-allow-origin': '*' },
    }),
  )
  await page.getByRole('region', { name: 'Marked users' }).getByRole('button', { name: 'Lock' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('@spam2:glia.test').waitFor()
  await dialog.getByRole('button', { name: 'Lock' }).click()
  await dialog.getByText('3 of 3 · 1 failed').waitFor()
  await dialog.getByText('Not this one.').waitFor()
  const locked = await Promise.all(names.map(async (name) => (await userOf(`@${name}:glia.test`)).locked))
  expect(locked).toEqual([true, false, true])
})

test('a batch is stopped on demand: what waits is left alone', async () => {
  for (const name of ['slow1', 'slow2', 'slow3']) await fixture.server.register(name)
  const page = await fixture.openSignedIn('/admin/users?name=slow')
  await page.getByRole('checkbox', { name: 'Mark all on this page' }).check()
  const { promise: first, resolve: letGo } = Promise.withResolvers<void>()
  await page.route('**/suspend/*slow1*', async (route) => {
    await first
    await route.continue()
  })
  await page.getByRole('region', { name: 'Marked users' }).getByRole('button', { name: 'Suspend' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Suspend' }).click()
  await dialog.getByText('0 of 3').waitFor()
  await dialog.getByRole('button', { name: 'Stop' }).click()
  letGo()
  await dialog.getByText('1 of 3 · 2 not done').waitFor()
  const suspended = await Promise.all([1, 2, 3].map(async (number) => (await userOf(`@slow${number}:glia.test`)).suspended))
  expect(suspended).toEqual([true, false, false])
})
