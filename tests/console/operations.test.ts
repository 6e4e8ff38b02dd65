import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleFixture, expectAccessible, startConsole } from '../support/console.ts'

let fixture: ConsoleFixture

beforeAll(async () => {
  fixture = await startConsole()
})
afterAll(() => fixture.close())

const asAdmin = (method: string, path: string, body?: unknown) =>
  fixture.server.api(method, path, { token: fixture.admin.accessToken, ...(body === undefined ? {} : { body }) })
const tokens = async () => (await asAdmin('GET', '/_synapse/admin/v1/registration_tokens')).body.registration_tokens

test('a registration token is created, changed and deleted', async () => {
  const page = await fixture.openSignedIn('/admin/registration-tokens')
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByLabel('Token', { exact: true }).fill('welcome')
  await page.getByLabel('How often it may be used').fill('5')
  await page.getByLabel('Last day').fill('2040-01-31')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  const panel = page.getByRole('complementary')
  await panel.getByText('5 times').waitFor()
  const [token] = await tokens()
  expect(token).toMatchObject({ token: 'welcome', uses_allowed: 5, expiry_time: new Date(2040, 1, 1).getTime() })

  await panel.getByRole('button', { name: 'Change' }).click()
  expect(await page.getByLabel('Last day').inputValue()).toBe('2040-01-31')
  await page.getByLabel('How often it may be used').fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await panel.getByText('without limit').waitFor()
  expect(await tokens()).toEqual([{ ...token, uses_allowed: null }])
  await expectAccessible(page)

  await panel.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('No registration tokens').waitFor()
  expect(await tokens()).toEqual([])
  expect(fixture.complaints).toEqual([])
})

test('tokens that are used up or expired are told from those that can be used', async () => {
  await asAdmin('POST', '/_synapse/admin/v1/registration_tokens/new', { token: 'open' })
  await asAdmin('POST', '/_synapse/admin/v1/registration_tokens/new', { token: 'closed', uses_allowed: 0 })
  const page = await fixture.openSignedIn('/admin/registration-tokens')
  const table = page.getByRole('table')
  await table.getByRole('row', { name: 'closed' }).getByText('Used up').waitFor()
  await table.getByRole('row', { name: 'open' }).getByText('Usable').waitFor()
  await page.getByRole('combobox', { name: 'Which tokens' }).click()
  await page.getByRole('option', { name: 'Usable', exact: true }).click()
  await expect.poll(() => table.getByRole('link').allTextContents()).toEqual(['open'])
})

test('a server that cannot be reached is shown as that, with the rooms it shares, and tried again', async () => {
  const failing = {
    destination: 'down.example',
    retry_last_ts: 1.7e12,
    retry_interval: 60_000,
    failure_ts: 1.6e12,
    last_successful_stream_ordering: 3,
  }
  const well = { destination: 'up.example', retry_last_ts: 0, retry_interval: 0, failure_ts: null, last_successful_stream_ordering: 4 }
  const { body: room } = await asAdmin('POST', '/_matrix/client/v3/createRoom', { name: 'Bridge' })
  const page = await fixture.openSignedIn('/admin/')
  // Glia sends to no other servers in tests
  const at = (path: string, json: unknown) =>
    page.route(`**/_synapse/admin/v1/federation/destinations${path}`, (route) => route.fulfill({ json }))
  await at('?*', { destinations: [failing, well], total: 2 })
  await at('/down.example', failing)
  await at('/down.example/rooms?*', { rooms: [{ room_id: room.room_id, stream_ordering: 3 }], total: 1 })
  await at('/down.example/reset_connection', {})
  await page.getByRole('link', { name: 'Federation' }).click()
  await page.getByRole('table').getByRole('row', { name: 'up.example' }).getByText('Reached').waitFor()
  await page.getByRole('link', { name: 'down.example' }).click()
  const panel = page.getByRole('complementary')
  await panel.getByRole('link', { name: 'Bridge' }).waitFor()
  await panel.getByText('Next try').waitFor()
  await expectAccessible(page)
  const reset = page.waitForRequest('**/down.example/reset_connection')
  await panel.getByRole('button', { name: 'Try again now' }).click()
  expect((await reset).method()).toBe('POST')
  await page.getByText('down.example is tried again now.').waitFor()
})

test('who uploaded most comes first, and leads to the files; the largest rooms lead to their panels', async () => {
  const upload = async (name: string, bytes: number) => {
    const user = await fixture.server.register(name)
    const sent = await fixture.server.api('POST', '/_matrix/media/v3/upload', { token: user.accessToken, raw: new Uint8Array(bytes) })
    expect(sent.status).toBe(200)
  }
  await upload('small', 10)
  await upload('large', 5000)
  const page = await fixture.openSignedIn('/admin/storage')
  const links = page.getByRole('table').getByRole('link')
  const names = async () => (await links.allTextContents()).map((text) => text.split(' ')[0])
  await expect.poll(names).toEqual(['large', 'small'])
  await page.getByRole('row', { name: 'large' }).getByText('5 kB').waitFor()
  await page.getByRole('button', { name: 'Size' }).click()
  await expect.poll(names).toEqual(['small', 'large'])
  await links.first().click()
  await page.getByRole('complementary').getByText('10 B').waitFor()
  expect(new URL(page.url()).searchParams.get('tab')).toBe('media')

  await page.goto(`${fixture.server.url}/admin/storage`)
  await page.getByRole('tab', { name: 'Largest rooms' }).click()
  await page.getByRole('table', { name: 'Largest rooms' }).getByRole('link', { name: 'Bridge' }).click()
  await page.getByRole('complementary').getByText('Room version').waitFor()
})

test('a user is let into a room and made its admin, and its media go into quarantine', async () => {
  const { server } = fixture
  const ida = await server.register('ida')
  const { body: room } = await server.api('POST', '/_matrix/client/v3/createRoom', {
    token: ida.accessToken,
    body: { name: 'Studio', preset: 'public_chat' },
  })
  const { body: file } = await server.api('POST', '/_matrix/media/v3/upload', { token: ida.accessToken, raw: new Uint8Array(3) })
  await server.api('PUT', `/_matrix/client/v3/rooms/${room.room_id}/send/m.room.message/1`, {
    token: ida.accessToken,
    body: { msgtype: 'm.file', body: 'a file', url: file.content_uri },
  })
  const guest = await server.register('gast')
  const page = await fixture.openSignedIn(`/admin/rooms/${room.room_id}`)
  const panel = page.getByRole('complementary')
  const dialog = page.getByRole('dialog')
  await panel.getByRole('button', { name: 'Let a user join' }).click()
  await dialog.getByLabel('User ID').fill(guest.userId)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Join' }).click()
  await page.getByText(`${guest.userId} has joined Studio.`).waitFor()
  await panel.getByRole('button', { name: 'Make admin' }).click()
  await dialog.getByLabel('User ID').fill(guest.userId)
  await dialog.getByRole('button', { name: 'Make admin' }).click()
  await page.getByText(`${guest.userId} has the power of an admin in Studio.`).waitFor()
  const { body: state } = await asAdmin('GET', `/_synapse/admin/v1/rooms/${room.room_id}/state`)
  const levels = state.state.find(({ type }: { type: string }) => type === 'm.room.power_levels')
  expect(levels.content.users[guest.userId]).toBe(100)

  await panel.getByRole('tab', { name: 'Media' }).click()
  await panel.getByText(file.content_uri).waitFor()
  await panel.getByRole('button', { name: 'Quarantine all' }).click()
  await dialog.getByRole('button', { name: 'Quarantine all' }).click()
  await page.getByText('1 file is in quarantine.').waitFor()
  await expectAccessible(page)
})

test('what a user wrote is redacted, and the task tells how that went', async () => {
  const { server } = fixture
  const nora = await server.register('nora')
  const { body: room } = await server.api('POST', '/_matrix/client/v3/createRoom', { token: nora.accessToken, body: {} })
  const { body: event } = await server.api('PUT', `/_matrix/client/v3/rooms/${room.room_id}/send/m.room.message/1`, {
    token: nora.accessToken,
    body: { msgtype: 'm.text', body: 'buy this' },
  })
  const page = await fixture.openSignedIn(`/admin/users/${nora.userId}`)
  await page.getByRole('complementary').getByRole('button', { name: 'Redact messages' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Reason').fill('spam')
  await dialog.getByLabel(`Type “${nora.userId}” to confirm`).fill(nora.userId)
  await dialog.getByRole('button', { name: 'Redact' }).click()
  await page.getByRole('table', { name: 'Tasks' }).getByText('Done', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Redact all that a user wrote' }).waitFor()
  const { body } = await server.api('GET', `/_matrix/client/v3/rooms/${room.room_id}/event/${event.event_id}`, { token: nora.accessToken })
  expect(body.content).toEqual({})
  expect(body.unsigned.redacted_because.content.reason).toBe('spam')
})

test('a notice reaches the user in the name of the server', async () => {
  const { server } = fixture
  await server.restart({ server_notices: { system_mxid_localpart: 'server', room_name: 'From the server' } })
  const otto = await server.register('otto')
  const page = await fixture.openSignedIn(`/admin/users/${otto.userId}`)
  await page.getByRole('complementary').getByRole('button', { name: 'Send a notice' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Notice', { exact: true }).fill('We move house on Sunday.')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Send' }).click()
  await page.getByText(`${otto.userId} has been sent the notice.`).waitFor()
  const { body } = await server.api('GET', '/_matrix/client/v3/sync', { token: otto.accessToken })
  expect(JSON.stringify(body.rooms.invite)).toContain('From the server')
})
