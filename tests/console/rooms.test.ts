import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleFixture, startConsole } from '../support/console.ts'
import type { TestUser } from '../support/start-server.ts'

let fixture: ConsoleFixture
let bob: TestUser

beforeAll(async () => {
  fixture = await startConsole()
  bob = await fixture.server.register('bob')
})
afterAll(() => fixture.close())

async function createRoom(name: string, preset = 'private_chat'): Promise<string> {
  const answer = await fixture.server.api('POST', '/_matrix/client/v3/createRoom', { token: bob.accessToken, body: { name, preset } })
  return answer.body.room_id
}

test('rooms are found, opened from the list, and show members and state', async () => {
  const roomId = await createRoom('Kitchen')
  await createRoom('Cellar')
  const page = await fixture.openSignedIn('/admin/rooms')
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('kitch')
  await expect.poll(() => page.getByRole('table').getByRole('link').allTextContents()).toEqual(['Kitchen'])
  await page.getByRole('link', { name: 'Kitchen' }).click()
  expect(decodeURIComponent(new URL(page.url()).pathname)).toBe(`/admin/rooms/${roomId}`)
  const panel = page.getByRole('complementary')
  await panel.getByRole('tab', { name: 'State' }).click()
  await panel.getByRole('button', { name: 'm.room.create' }).click()
  await panel.getByText('"type": "m.room.create"').waitFor()
  await panel.getByRole('tab', { name: 'Members' }).click()
  await panel.getByRole('link', { name: bob.userId }).click()
  await page.waitForURL(`**/admin/users/${bob.userId}*`)
})

test('a room is blocked and let go', async () => {
  const roomId = await createRoom('Garden', 'public_chat')
  const eve = await fixture.server.register('eve')
  const join = async () =>
    (await fixture.server.api('POST', `/_matrix/client/v3/join/${roomId}`, { token: eve.accessToken, body: {} })).status
  const page = await fixture.openSignedIn(`/admin/rooms/${roomId}`)
  const panel = page.getByRole('complementary')
  await panel.getByRole('button', { name: 'Block' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click()
  await panel.getByText('Nobody of this server can join it').waitFor()
  expect(await join()).toBe(403)
  await panel.getByRole('button', { name: 'Unblock' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unblock' }).click()
  await panel.getByRole('button', { name: 'Block', exact: true }).waitFor()
  expect(await join()).toBe(200)
})

test('a room is deleted, and its panel tells how that went, also when it is opened again', async () => {
  const roomId = await createRoom('Attic')
  const page = await fixture.openSignedIn(`/admin/rooms/${roomId}`)
  const panel = page.getByRole('complementary')
  await panel.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.getByRole('button', { name: 'Delete room' }).isDisabled()).toBe(true)
  await dialog.getByLabel('Block').check()
  await dialog.getByLabel('Type “Attic” to confirm').fill('Attic')
  await dialog.getByRole('button', { name: 'Delete room' }).click()
  await panel.getByText('This room has been deleted').waitFor()
  await panel.getByText('1 member removed').waitFor()
  const joined = await fixture.server.api('GET', '/_matrix/client/v3/joined_rooms', { token: bob.accessToken })
  expect(joined.body.joined_rooms).not.toContain(roomId)
  await page.reload()
  await panel.getByText('This room has been deleted').waitFor()
})
