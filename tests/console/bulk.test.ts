import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleFixture, expectAccessible, signInByToken, startConsole } from '../support/console.ts'

let fixture: ConsoleFixture

beforeAll(async () => {
  fixture = await startConsole()
})
afterAll(() => fixture.close())

const asAdmin = (method: string, path: string, body?: unknown) =>
  fixture.server.api(method, path, { token: fixture.admin.accessToken, ...(body === undefined ? {} : { body }) })
const register = (prefix: string, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => fixture.server.register(`${prefix}${index}`)))
const lockedOf = async (name: string) => (await asAdmin('GET', `/_synapse/admin/v2/users/@${name}:glia.test`)).body.locked

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

test('users are found by what only Glia knows, and the address has it', async () => {
  await register('rich', 3)
  await asAdmin('PUT', '/_synapse/admin/v1/suspend/@rich1:glia.test', { suspend: true })
  await asAdmin('PUT', '/_synapse/admin/v2/users/@richbot:glia.test', { password: 'a good password', user_type: 'bot' })
  const page = await fixture.openSignedIn('/admin/users?name=rich')
  const links = page.getByRole('table').getByRole('link')
  await expect.poll(() => links.count()).toBe(4)
  await page.getByRole('button', { name: 'More filters' }).click()
  await choose(page, 'Restricted', 'Suspended')
  await expect.poll(() => links.allTextContents()).toEqual(['@rich1:glia.test'])
  expect(new URL(page.url()).searchParams.get('restriction')).toBe('suspended')
  await page.getByRole('table').getByText('Suspended').waitFor()
  await choose(page, 'Restricted', 'Any')
  await choose(page, 'Devices', 'Without any device')
  await choose(page, 'Type', 'Bot')
  await expect.poll(() => links.allTextContents()).toEqual(['@richbot:glia.test'])
  await expectAccessible(page)

  await page.goto(`${fixture.server.url}/admin/users?name=rich&seen=not-30`)
  await page.getByText('No user fits').waitFor()
  await page.goto(`${fixture.server.url}/admin/users?name=rich&created=1&device=yes&sort=creation_ts&dir=b`)
  await expect.poll(() => links.count()).toBe(3)
  expect(fixture.complaints).toEqual([])
})

test('from a device one gets to all who came from its address', async () => {
  const lea = await fixture.server.register('lea')
  await fixture.server.api('GET', '/_matrix/client/v3/account/whoami', { token: lea.accessToken })
  const page = await fixture.openSignedIn(`/admin/users/${lea.userId}?tab=devices`)
  const seen = page.getByRole('complementary').getByRole('link', { name: '127.0.0.1' })
  await expect
    .poll(async () => {
      await page.reload()
      await page.getByRole('complementary').getByText('Last seen').waitFor()
      return seen.count()
    })
    .toBe(1)
  await seen.click()
  await page.getByRole('table').getByRole('link', { name: lea.userId }).waitFor()
  expect(new URL(page.url()).searchParams.get('ip')).toBe('127.0.0.1')
})

test('more users than a page holds are paged through by where a page ended', async () => {
  await register('paged', 55)
  const page = await fixture.openSignedIn('/admin/users?name=paged&device=yes')
  const links = page.getByRole('table').getByRole('link')
  await expect.poll(() => links.count()).toBe(50)
  await page.getByRole('button', { name: 'Next page' }).click()
  await expect.poll(() => links.count()).toBe(5)
  await page.getByRole('button', { name: 'First page' }).click()
  await expect.poll(() => links.count()).toBe(50)
})

test('what would be done is shown first; then all that fit are acted on, and each has a result', async () => {
  await register('spam', 3)
  await fixture.server.register('spam-admin', { admin: true })
  const page = await fixture.openSignedIn('/admin/users?name=spam')
  await page.getByRole('button', { name: 'Act on all' }).click()
  const dialog = page.getByRole('dialog')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Show what it would do' }).click()
  await dialog.getByRole('heading', { name: 'Lock: 3 users?' }).waitFor()
  expect(await dialog.getByRole('listitem').allTextContents()).toEqual(['@spam0:glia.test', '@spam1:glia.test', '@spam2:glia.test'])
  await dialog.getByText('1 user is left out').waitFor()
  expect(await lockedOf('spam0')).toBe(false)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Lock' }).click()

  const panel = page.getByRole('complementary')
  await panel.getByText('3 done · 0 failed · 1 skipped').waitFor()
  await panel.getByText('Done', { exact: true }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/admin/bulk')
  await panel.getByRole('region', { name: 'Results' }).getByRole('link', { name: '@spam2:glia.test' }).waitFor()
  await panel.getByText('Skipped (1)').click()
  await panel.getByRole('region', { name: 'Results' }).getByRole('link', { name: '@spam-admin:glia.test' }).waitFor()
  expect(await Promise.all(['spam0', 'spam1', 'spam2', 'spam-admin'].map(lockedOf))).toEqual([true, true, true, false])
  await expectAccessible(page)
  expect(fixture.complaints).toEqual([])
})

test('what cannot be undone must be typed', async () => {
  await register('gone', 2)
  const page = await fixture.openSignedIn('/admin/users?name=gone')
  await page.getByRole('button', { name: 'Act on all' }).click()
  await choose(page, 'What to do', 'Deactivate')
  await page.getByRole('button', { name: 'Show what it would do' }).click()
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Deactivate' })
  await confirm.waitFor()
  expect(await confirm.isDisabled()).toBe(true)
  await page.getByLabel('Type “deactivate 2” to confirm').fill('deactivate 2')
  await confirm.click()
  await page.getByRole('complementary').getByText('2 done · 0 failed · 0 skipped').waitFor()
})

test('a job is paused, goes on, and is cancelled', async () => {
  await register('slowly', 15)
  const page = await fixture.openSignedIn('/admin/users?name=slowly')
  await page.getByRole('button', { name: 'Act on all' }).click()
  await choose(page, 'What to do', 'Suspend')
  await page.getByLabel('Users a second, at most').fill('1')
  await page.getByRole('button', { name: 'Show what it would do' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  const panel = page.getByRole('complementary')
  await panel.getByRole('button', { name: 'Pause' }).click()
  await panel.getByText('Paused', { exact: true }).waitFor()
  await panel.getByRole('button', { name: 'Go on' }).click()
  await panel.getByText('Under way', { exact: true }).waitFor()
  await panel.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Cancel the job' }).click()
  await panel.getByText('Cancelled', { exact: true }).waitFor()
  expect(await panel.getByRole('button', { name: 'Go on' }).count()).toBe(0)
  const { body } = await asAdmin('GET', '/_glia/admin/v1/bulk?limit=1')
  expect(body.jobs[0]).toMatchObject({ action: 'suspend', state: 'cancelled' })
  expect(body.jobs[0].done).toBeLessThan(15)
})

test('helpers see the jobs, and cannot change them', async () => {
  await register('kept', 1)
  const { body } = await asAdmin('POST', '/_glia/admin/v1/bulk/users', { action: 'lock', user_ids: ['@kept0:glia.test'] })
  await asAdmin('PUT', `/_glia/admin/v1/bulk/${body.job.job_id}/state`, { state: 'paused' })
  const mia = await fixture.server.register('mia')
  await asAdmin('PUT', `/_glia/admin/v1/users/${mia.userId}/role`, { role: 'read_only' })
  const page = await fixture.open('/admin/')
  await signInByToken(page, mia.accessToken)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Bulk jobs' }).click()
  await page.getByRole('table', { name: 'Bulk jobs' }).getByRole('link').first().click()
  await page.getByRole('complementary').getByText(body.job.job_id).waitFor()
  expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0)
  await page.goto(`${fixture.server.url}/admin/users`)
  await page.getByRole('button', { name: 'More filters' }).waitFor()
  expect(await page.getByRole('button', { name: 'Act on all' }).count()).toBe(0)
})

test('none of it is offered where the server is no Glia', async () => {
  const page = await fixture.open('/admin/users?device=no')
  await page.route('**/_glia/**', (route) =>
    route.fulfill({ status: 404, json: { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' } }),
  )
  await signInByToken(page, fixture.admin.accessToken)
  await page.getByRole('table', { name: 'Users' }).getByRole('link', { name: fixture.admin.userId }).waitFor()
  for (const name of ['More filters', 'Act on all']) expect(await page.getByRole('button', { name }).count()).toBe(0)
  expect(await page.getByRole('link', { name: 'Bulk jobs' }).count()).toBe(0)
})
