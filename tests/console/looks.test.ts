import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleFixture, expectAccessible, startConsole } from '../support/console.ts'

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

let fixture: ConsoleFixture
let roomId: string
let reportId: number
let jobId: string

beforeAll(async () => {
  fixture = await startConsole()
  const { server, admin } = fixture
  await server.register('bob', { admin: true })
  await server.register('carol')
  await server.register('dave')
  const locked = await server.api('PUT', '/_synapse/admin/v2/users/@dave:glia.test', { token: admin.accessToken, body: { locked: true } })
  expect(locked.status).toBe(200)
  const room = await server.api('POST', '/_matrix/client/v3/createRoom', {
    token: admin.accessToken,
    body: { name: 'Lobby', topic: 'All' },
  })
  roomId = room.body.room_id
  const reported = await server.api('POST', `/_matrix/client/v3/rooms/${roomId}/report`, {
    token: admin.accessToken,
    body: { reason: 'nobody moderates here' },
  })
  expect(reported.status).toBe(200)
  const { body } = await server.api('GET', '/_glia/admin/v1/reports', { token: admin.accessToken })
  reportId = body.reports[0].id
  const bulk = await server.api('POST', '/_glia/admin/v1/bulk/users', {
    token: admin.accessToken,
    body: { action: 'suspend', user_ids: ['@dave:glia.test', '@nobody:glia.test'] },
  })
  jobId = bulk.body.job.job_id
})
afterAll(() => fixture.close())

const PAGES: readonly (readonly [name: string, path: () => string, shows: string])[] = [
  ['the overview', () => '/admin/', 'New reports'],
  ['the list of users', () => '/admin/users', '@carol:glia.test'],
  ['users by more filters', () => '/admin/users?device=yes&restriction=locked', '@dave:glia.test'],
  ['a user', () => '/admin/users/@bob:glia.test', 'Reset password'],
  ['the devices of a user', () => '/admin/users/@bob:glia.test?tab=devices', 'Last seen'],
  ['the list of rooms', () => '/admin/rooms', 'Lobby'],
  ['a room', () => `/admin/rooms/${roomId}`, 'Room version'],
  ['the members of a room', () => `/admin/rooms/${roomId}?tab=members`, 'Power 100'],
  ['the messages of a room', () => `/admin/rooms/${roomId}?tab=messages`, 'Nothing has been said'],
  ['the state of a room', () => `/admin/rooms/${roomId}?tab=state`, 'm.room.create'],
  ['the list of reports', () => '/admin/reports', 'Room Lobby'],
  ['a report', () => `/admin/reports/${reportId}`, 'nobody moderates here'],
  ['the tasks', () => '/admin/tasks', 'Act on many users'],
  ['the bulk jobs', () => '/admin/bulk', 'Suspend'],
  ['a bulk job', () => `/admin/bulk?job=${jobId}`, 'Last change'],
  ['the registration tokens', () => '/admin/registration-tokens', 'No registration tokens'],
  ['federation', () => '/admin/federation', 'No other servers'],
  ['who uploaded how much', () => '/admin/storage', 'No uploads'],
  ['the largest rooms', () => '/admin/storage?tab=rooms', 'Lobby'],
  ['the audit log', () => '/admin/audit', 'admin.users.put_v2'],
  ['Help & About', () => '/admin/about', 'full power'],
]

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  test('the sign-in page is accessible', async () => {
    const page = await fixture.open('/admin/', { colorScheme })
    await page.getByLabel('User name').waitFor()
    await expectAccessible(page)
  })

  let signedIn: Page
  beforeAll(async () => {
    signedIn = await fixture.openSignedIn('/admin/', { colorScheme })
  })

  test.each(PAGES)('%s is accessible', async (_, path, shows) => {
    const page = signedIn
    await page.goto(fixture.server.url + path())
    await page.getByText(shows).first().waitFor()
    await expectAccessible(page)
    expect(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe(colorScheme)
  })

  test('a dialog is accessible', async () => {
    const page = signedIn
    await page.goto(`${fixture.server.url}/admin/users/@carol:glia.test`)
    await page.getByRole('button', { name: 'Deactivate' }).click()
    await page.getByLabel('Type “@carol:glia.test” to confirm').waitFor()
    await expectAccessible(page)
  })
})

describe('on a phone', () => {
  let page: Page
  beforeAll(async () => {
    page = await fixture.openSignedIn('/admin/', PHONE)
  })

  test.each(PAGES)('%s fits the screen and is accessible', async (_, path, shows) => {
    await page.goto(fixture.server.url + path())
    await page.getByText(shows).first().waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await expectAccessible(page)
  })

  test('the navigation is a drawer, lists are cards, and a panel fills the screen', async () => {
    await page.goto(`${fixture.server.url}/admin/about`)
    await page.getByRole('button', { name: 'Open the navigation' }).click()
    await page.getByRole('link', { name: 'Users' }).click()
    await page.getByRole('list', { name: 'Users' }).getByRole('link', { name: '@carol:glia.test' }).click()
    const panel = page.getByRole('dialog')
    await panel.getByRole('checkbox', { name: 'Admin' }).waitFor()
    expect(await panel.boundingBox()).toMatchObject({ x: 0, y: 0, width: 390 })
    await panel.getByRole('button', { name: 'Close panel' }).click()
    await panel.waitFor({ state: 'detached' })
    expect(new URL(page.url()).pathname).toBe('/admin/users')
  })
})

test('colours follow the choice, and the choice stays', async () => {
  const page = await fixture.openSignedIn('/admin/users', { colorScheme: 'light' })
  await page.getByRole('button', { name: 'Colours' }).click()
  await page.getByRole('menuitem', { name: 'Dark' }).click()
  const scheme = () => page.evaluate(() => document.documentElement.dataset.mantineColorScheme)
  await expect.poll(scheme).toBe('dark')
  await page.reload()
  await expect.poll(scheme).toBe('dark')
})
