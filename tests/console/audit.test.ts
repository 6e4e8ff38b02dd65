import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleFixture, expectAccessible, signInByToken, startConsole } from '../support/console.ts'
import type { TestUser } from '../support/start-server.ts'

let fixture: ConsoleFixture
let bob: TestUser

beforeAll(async () => {
  fixture = await startConsole()
  bob = await fixture.server.register('bob')
  await fixture.server.register('carol')
  await asAdmin('PUT', `/_synapse/admin/v1/suspend/${bob.userId}`, { suspend: true })
  await asAdmin('PUT', '/_synapse/admin/v2/users/@carol:glia.test', { displayname: 'Carol C.' })
})
afterAll(() => fixture.close())

async function asAdmin(method: string, path: string, body?: unknown) {
  return fixture.server.api(method, path, { token: fixture.admin.accessToken, ...(body === undefined ? {} : { body }) })
}

test('from a user one gets to what was done, and a record opens to what it changed', async () => {
  const page = await fixture.openSignedIn(`/admin/users/${bob.userId}`)
  await page.getByRole('complementary').getByRole('link', { name: 'What was done' }).click()
  expect(new URL(page.url()).searchParams.get('target')).toBe(bob.userId)
  await page.getByText('admin.users.suspend').waitFor()
  await page.getByRole('link', { name: /^Suspends an account/ }).click()
  const panel = page.getByRole('complementary')
  const change = panel.getByRole('row', { name: /suspended/ })
  expect(await change.getByRole('cell').allTextContents()).toEqual(['false', 'true'])
  await panel.getByRole('region', { name: 'What was asked for' }).getByText('body.suspend').waitFor()
  await expectAccessible(page)
  expect(fixture.complaints).toEqual([])
})

test('filters are in the address, and what they leave is exported', async () => {
  await asAdmin('PUT', `/_synapse/admin/v1/suspend/@nobody:glia.test`, { suspend: true })
  const page = await fixture.openSignedIn('/admin/audit')
  await page.getByRole('searchbox', { name: /^Operation/ }).fill('admin.users.suspend')
  await page.waitForURL((url) => url.searchParams.get('operation') === 'admin.users.suspend')
  await page.getByRole('combobox', { name: 'Outcome' }).click()
  await page.getByRole('option', { name: 'Refused' }).click()
  await expect.poll(() => page.getByRole('table').getByRole('link').count()).toBe(1)
  await page.getByText('@nobody:glia.test').waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  const file = await (await download).path()
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ operation: 'admin.users.suspend', outcome: 'refused' }])

  await page.goto(`${fixture.server.url}/admin/audit?until=2020-01-01`)
  await page.getByText('No record fits').waitFor()
})

test('older records are on the next pages', async () => {
  const dora = await fixture.server.register('dora')
  for (let number = 0; number < 55; number++) {
    await asAdmin('PUT', `/_synapse/admin/v1/suspend/${dora.userId}`, { suspend: number % 2 === 0 })
  }
  const page = await fixture.openSignedIn(`/admin/audit?target=${dora.userId}&operation=admin.users.suspend`)
  const links = page.getByRole('table').getByRole('link')
  await expect.poll(() => links.count()).toBe(50)
  await page.getByRole('button', { name: 'Next page' }).click()
  await expect.poll(() => links.count()).toBe(5)
  await page.reload()
  await expect.poll(() => links.count()).toBe(5)
  await page.getByRole('button', { name: 'First page' }).click()
  await expect.poll(() => links.count()).toBe(50)
})

test('helpers are not offered the audit log', async () => {
  const mia = await fixture.server.register('mia')
  await asAdmin('PUT', `/_glia/admin/v1/users/${mia.userId}/role`, { role: 'moderator' })
  const page = await fixture.open('/admin/')
  await signInByToken(page, mia.accessToken)
  const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link')
  await expect.poll(() => links.allTextContents()).toContain('Tasks')
  expect(await links.allTextContents()).not.toContain('Audit log')
})
