import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleFixture, expectAccessible, startConsole } from '../support/console.ts'

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
