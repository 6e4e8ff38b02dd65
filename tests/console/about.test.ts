import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleFixture, signInByPassword, startConsole } from '../support/console.ts'

let fixture: ConsoleFixture

beforeAll(async () => {
  fixture = await startConsole()
})
afterAll(() => fixture.close())

test('Help & About hides the access token until it is asked for; the token works', async () => {
  const page = await fixture.open('/admin/about', { permissions: ['clipboard-read', 'clipboard-write'] })
  await signInByPassword(page, fixture.admin)
  const session = page.getByRole('region', { name: 'Your session' })
  await session.getByText('full power over this server').waitFor()
  expect(await session.textContent()).not.toContain('syt_')
  await session.getByRole('button', { name: 'Reveal access token' }).click()
  const token = /syt_\w+/.exec((await session.locator('pre').textContent()) ?? '')?.[0]
  const answer = await fixture.server.api('GET', '/_synapse/admin/v2/users/@admin:glia.test', { token: token! })
  expect(answer.status).toBe(200)

  await session.getByRole('button', { name: 'Copy access token' }).click()
  await page.getByRole('tooltip', { name: 'Copied' }).waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token)
  await session.getByRole('button', { name: 'Hide access token' }).click()
  expect(await session.textContent()).not.toContain('syt_')
})

test('Help & About names the homeserver, the versions and the auth service', async () => {
  const page = await fixture.openSignedIn('/admin/about')
  const homeserver = page.getByRole('region', { name: 'Homeserver' })
  await homeserver.getByText('glia.test').waitFor()
  await homeserver.getByText('Glia', { exact: true }).waitFor()
  const { body } = await fixture.server.api('GET', '/_synapse/admin/v1/server_version')
  await homeserver.getByText(body.server_version, { exact: true }).waitFor()
  await page.getByRole('region', { name: 'Auth service' }).getByText(`${fixture.server.url}/`, { exact: true }).waitFor()
})

test('the description of the API can be read in the browser', async () => {
  const page = await fixture.open('/_glia/docs/')
  await page.getByRole('heading', { name: /Glia/, level: 1 }).waitFor()
  await page.getByRole('heading', { name: /^Admin API/ }).click()
  await page.getByText('/_synapse/admin/v1/server_version').first().waitFor({ state: 'attached' })
  expect(fixture.complaints).toEqual([])
})
