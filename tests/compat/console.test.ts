import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleFixture, signInByPassword, startConsole } from '../support/console.ts'
import { onHomeservers, type TestHomeserver } from '../support/on-homeservers.ts'
import type { TestUser } from '../support/start-server.ts'

let console: ConsoleFixture
beforeAll(async () => {
  console = await startConsole()
})
afterAll(() => console.close())

onHomeservers('the console, looking after another homeserver than the one it came from', (kind) => {
  const suffix = Date.now().toString(36)
  let server: TestHomeserver
  let admin: TestUser
  let alice: TestUser
  let page: Page

  beforeAll(async () => {
    server = await kind.open()
    admin = await server.register(`root-${suffix}`, { admin: true })
    alice = await server.register(`alice-${suffix}`)
    page = await console.open('/admin/')
    await page.getByLabel('Homeserver').fill(server.url)
    await signInByPassword(page, admin)
    await page.getByRole('navigation').getByRole('link', { name: 'Users' }).click()
    await page.getByRole('heading', { name: 'Users' }).waitFor()
  })
  afterAll(() => server?.remove())

  test('a user is found and made an admin, who is one at once', async () => {
    await page.getByRole('searchbox', { name: 'Search by name' }).fill(alice.localpart)
    await page.getByRole('link', { name: alice.userId }).click()
    const panel = page.getByRole('complementary')
    await panel.getByRole('checkbox', { name: 'Admin' }).click()
    await page.getByRole('button', { name: 'Make admin' }).click()
    await page.getByText(`${alice.userId} is an admin now.`).waitFor()
    expect((await server.api('GET', '/_synapse/admin/v2/users', { token: alice.accessToken })).status).toBe(200)
    for (const [tab, shows] of [
      ['Devices', alice.deviceId],
      ['Rooms', 'No rooms'],
      ['Media', 'No media'],
    ] as const) {
      await panel.getByRole('tab', { name: tab }).click()
      await panel.getByText(shows).first().waitFor()
    }
  })

  test('a room is deleted, and the panel follows it', async () => {
    const name = `Attic ${suffix}`
    const { body } = await server.api('POST', '/_matrix/client/v3/createRoom', { token: alice.accessToken, body: { name } })
    await page.getByRole('link', { name: 'Rooms' }).click()
    await page.getByRole('searchbox', { name: 'Search by name' }).fill(name)
    await page.getByRole('link', { name }).click()
    const panel = page.getByRole('complementary')
    await panel.getByRole('button', { name: 'Delete' }).click()
    await page.getByLabel(`Type “${name}” to confirm`).fill(name)
    await page.getByRole('button', { name: 'Delete room' }).click()
    await panel.getByText('This room has been deleted').waitFor()
    const joined = await server.api('GET', '/_matrix/client/v3/joined_rooms', { token: alice.accessToken })
    expect(joined.body.joined_rooms).not.toContain(body.room_id)
  })

  test('Help & About tells what it is', async () => {
    await page.getByRole('link', { name: 'Help & About' }).click()
    const homeserver = page.getByRole('region', { name: 'Homeserver' })
    await homeserver.getByText(kind.isGlia ? 'Glia' : 'Synapse, or one like it', { exact: true }).waitFor()
    const { body } = await server.api('GET', '/_synapse/admin/v1/server_version')
    await homeserver.getByText(body.server_version, { exact: true }).waitFor()
    // Synapse refuses the question whether it is Glia without CORS headers, and Chromium says so
    expect(console.complaints.filter((text) => !text.includes('/_glia/openapi.json'))).toEqual([])
  })
})
