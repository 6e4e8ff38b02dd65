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

test('members are found, given power, banned and let back in', async () => {
  const roomId = await createRoom('Studio', 'public_chat')
  const fay = await fixture.server.register('fay')
  await fixture.server.api('POST', `/_matrix/client/v3/join/${roomId}`, { token: fay.accessToken, body: {} })
  const page = await fixture.openSignedIn(`/admin/rooms/${roomId}?tab=members`)
  const panel = page.getByRole('complementary')
  const menu = panel.getByRole('button', { name: `What can be done with ${fay.userId}` })
  await menu.click()
  await page.getByRole('menuitem', { name: 'Power level' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Power level' }).fill('50')
  await page.getByRole('button', { name: 'Set power level' }).click()
  await panel.getByText('Power 50').waitFor()
  await menu.click()
  await page.getByRole('menuitem', { name: 'Ban' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Ban' }).click()
  await menu.waitFor({ state: 'detached' })
  await panel.getByText('Banned').click()
  await menu.click()
  await page.getByRole('menuitem', { name: 'Lift ban' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Lift ban' }).click()
  await panel.getByText('Nobody').waitFor()
  const join = await fixture.server.api('POST', `/_matrix/client/v3/join/${roomId}`, { token: fay.accessToken, body: {} })
  expect(join.status).toBe(200)
})

test('name, topic and join rule are changed', async () => {
  const roomId = await createRoom('Hal')
  const page = await fixture.openSignedIn(`/admin/rooms/${roomId}`)
  const panel = page.getByRole('complementary')
  await panel.getByRole('button', { name: 'Change' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Hall')
  await dialog.getByLabel('Topic').fill('Where all meet')
  await dialog.getByRole('combobox', { name: 'Who may join' }).click()
  await page.getByRole('option', { name: 'Anybody' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await panel.getByRole('heading', { name: 'Hall' }).waitFor()
  await panel.getByText('Where all meet').waitFor()
  const room = await fixture.server.api('GET', `/_synapse/admin/v1/rooms/${roomId}`, { token: fixture.admin.accessToken })
  expect(room.body).toMatchObject({ name: 'Hall', topic: 'Where all meet', join_rules: 'public' })
})

test('messages are read page by page, redacted, and purged with progress', async () => {
  const roomId = await createRoom('Forum')
  for (let number = 1; number <= 25; number++) {
    const path = `/_matrix/client/v3/rooms/${roomId}/send/m.room.message/${number}`
    await fixture.server.api('PUT', path, { token: bob.accessToken, body: { msgtype: 'm.text', body: `message ${number}.` } })
  }
  const page = await fixture.openSignedIn(`/admin/rooms/${roomId}?tab=messages`)
  const panel = page.getByRole('complementary')
  const events = panel.getByRole('article')
  await events.getByText('message 25.').waitFor()
  expect(await events.getByText('message 1.').count()).toBe(0)
  await panel.getByRole('button', { name: 'Older messages' }).click()
  await events.getByText('message 1.').waitFor()
  await events.first().getByRole('button', { name: 'Redact' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Redact' }).click()
  await events.first().getByText('redacted').waitFor()

  await panel.getByRole('tab', { name: 'Overview' }).click()
  await panel.getByRole('button', { name: 'Purge history' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Older than').fill('2020-01-01')
  await dialog.getByLabel('Type “Forum” to confirm').fill('Forum')
  await dialog.getByRole('button', { name: 'Purge history' }).click()
  // nothing is that old
  await dialog.getByRole('alert').waitFor()
  const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
  await dialog.getByLabel('Older than').fill(tomorrow)
  await dialog.getByLabel('Also messages of users of this server').check()
  await dialog.getByRole('button', { name: 'Purge history' }).click()
  await panel.getByText('The history has been purged').waitFor()
  expect(new URL(page.url()).searchParams.get('purge')).not.toBeNull()
})
