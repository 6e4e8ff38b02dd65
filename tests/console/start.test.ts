import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ConsoleFixture, expectAccessible, signInByToken, startConsole } from '../support/console.ts'
import { onServerDatabase } from '../support/server-database.ts'

let fixture: ConsoleFixture
let deletionId: string

beforeAll(async () => {
  fixture = await startConsole()
  const { server } = fixture
  const bob = await server.register('bob')
  const call = (token: string, method: string, path: string, body: unknown) => server.api(method, path, { token, body })
  for (const name of ['Kitchen', 'Attic']) await call(bob.accessToken, 'POST', '/_matrix/client/v3/createRoom', { name })
  await call(bob.accessToken, 'POST', `/_matrix/client/v3/users/${fixture.admin.userId}/report`, { reason: 'strict' })
  const { body } = await call(bob.accessToken, 'POST', '/_matrix/client/v3/createRoom', { name: 'Doomed' })
  deletionId = (await call(fixture.admin.accessToken, 'DELETE', `/_synapse/admin/v2/rooms/${body.room_id}`, {})).body.delete_id
})
afterAll(() => fixture.close())

async function deletionDone(): Promise<void> {
  const path = `/_synapse/admin/v2/rooms/delete_status/${deletionId}`
  const status = async () => (await fixture.server.api('GET', path, { token: fixture.admin.accessToken })).body.status
  await expect.poll(status).toBe('complete')
}

test('the first page tells the numbers, and each leads to its list', async () => {
  await deletionDone()
  const page = await fixture.openSignedIn('/admin/')
  const card = (name: string) => page.getByRole('region', { name, exact: true })
  for (const [name, number] of [
    ['Users', '2'],
    ['Rooms', '2'],
    ['New reports', '1'],
    ['Running tasks', '0'],
  ] as const) {
    await card(name).getByText(number, { exact: true }).waitFor()
  }
  await expectAccessible(page)
  await card('New reports').getByRole('link').click()
  await page.getByRole('heading', { name: 'Reports' }).waitFor()
  expect(fixture.complaints).toEqual([])
})

test('tasks are listed with their state and open to their result', async () => {
  await deletionDone()
  const page = await fixture.openSignedIn('/admin/tasks')
  await page.getByRole('link', { name: 'Delete a room' }).click()
  const panel = page.getByRole('complementary')
  await panel.getByText('Done', { exact: true }).waitFor()
  await panel.getByRole('region', { name: 'Result' }).getByText('kicked_users').waitFor()
  await expectAccessible(page)
  await page.goto(`${fixture.server.url}/admin/tasks?state=failed`)
  await page.getByText('No tasks').waitFor()
})

describe('growth', () => {
  const HOUR_MS = 3_600_000
  const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
  const messagesAgo = (hours: number) => 1000 + hours

  beforeAll(() =>
    onServerDatabase(fixture.server, async (tx) => {
      const rows = [2, 3, 4, 30, 31, 60 * 24].flatMap((hours) => [
        { name: 'messages', at_ms: thisHour - hours * HOUR_MS, value: messagesAgo(hours) },
        { name: 'active_users_daily', at_ms: thisHour - hours * HOUR_MS, value: 93 },
        { name: 'active_users_monthly', at_ms: thisHour - hours * HOUR_MS, value: 214 },
        { name: 'media_bytes', at_ms: thisHour - hours * HOUR_MS, value: 1_500_000 },
      ])
      await tx.db.insertInto('time_series').values(rows).execute()
    }),
  )

  test('is drawn for the span that is chosen, which is in the address', async () => {
    const page = await fixture.openSignedIn('/admin/?span=week')
    const messages = page.getByRole('figure', { name: 'Messages' })
    await expect.poll(() => messages.locator('rect').count()).toBe(5)
    await page.getByRole('figure', { name: 'Active users' }).locator('svg[role=img] path').first().waitFor({ state: 'attached' })
    await page.getByText('24 hours').click()
    await page.waitForURL((url) => url.searchParams.get('span') === 'day')
    await expect.poll(() => messages.locator('rect').count()).toBe(3)
    await page.getByText('90 days').click()
    await page.waitForURL((url) => url.searchParams.get('span') === 'quarter')
    await messages.getByRole('img').hover({ position: { x: 200, y: 60 } })
    await messages.getByText('2,440', { exact: true }).waitFor()
    await expectAccessible(page)
    expect(fixture.complaints).toEqual([])
  })

  test('can be read as tables', async () => {
    const page = await fixture.openSignedIn('/admin/?span=day')
    await page.getByText('Tables', { exact: true }).click()
    await page.waitForURL((url) => url.searchParams.get('tables') === 'true')
    const cells = page.getByRole('table', { name: 'Messages' }).getByRole('cell')
    await expect.poll(async () => (await cells.allTextContents()).filter((_, index) => index % 2 === 1)).toContain('1,002')
    const users = page.getByRole('table', { name: 'Active users' })
    expect(await users.getByRole('columnheader').allTextContents()).toEqual(['Hour', '30 days', '7 days', 'a day'])
    expect(await users.getByRole('row').nth(2).getByRole('cell').allTextContents()).toEqual([expect.any(String), '214', '–', '93'])
    await page.getByRole('table', { name: 'Storage' }).getByText('1.5 MB').first().waitFor()
    await expectAccessible(page)
  })

  test('is not offered where the server does not count', async () => {
    const page = await fixture.open('/admin/')
    await page.route('**/_glia/**', (route) =>
      route.fulfill({ status: 404, json: { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' } }),
    )
    await signInByToken(page, fixture.admin.accessToken)
    await page.getByRole('region', { name: 'Version' }).waitFor()
    expect(await page.getByRole('region', { name: 'Growth' }).count()).toBe(0)
  })
})
