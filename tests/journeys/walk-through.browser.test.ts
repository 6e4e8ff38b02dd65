import { rmSync } from 'node:fs'
import { ClientEvent, KnownMembership, type MatrixClient, RoomEvent, SyncState } from 'matrix-js-sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureConsoleBuilt } from '../../scripts/build-console.ts'
import { launchChromium } from '../support/chromium.ts'
import { runDeviceCodeScript } from '../support/device-code-script.ts'
import { type Population, populate, sdkClient } from '../support/population.ts'
import { programOf, runProgram } from '../support/programs.ts'
import { newDataDir, type ServerProcess, spawnServer } from '../support/spawn-server.ts'
import { callApi, type TestUser } from '../support/start-server.ts'

/**
 * What README and guide promise, from an empty folder to the end, with the real program, a real browser, real clients and the command
 * line: the steps build on each other.
 */
const SCOPES = ['urn:matrix:org.matrix.msc2967.client:api:*', 'urn:synapse:admin:*']
const PASSWORD = 'correct horse battery staple'

describe('the walk-through', () => {
  let server: ServerProcess
  let browser: Browser
  let page: Page
  let population: Population
  let promoted: TestUser
  let token: string

  beforeAll(async () => {
    await ensureConsoleBuilt(() => {})
    server = await spawnServer({ dataDir: newDataDir() })
    browser = await launchChromium()
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
    page.setDefaultTimeout(20_000)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.end('SIGTERM')
    if (server) rmSync(server.dataDir, { recursive: true, force: true })
  })

  const api = (method: string, path: string, request = {}) => callApi(server.url + path, method, request)

  test('the start prints a link, with which the first admin is made, once', async () => {
    const link = /(http\S+\/setup\?token=\S+)/.exec(server.output())?.[1]
    await page.goto(link!)
    await page.fill('#username', 'root')
    await page.fill('#password', PASSWORD)
    await page.fill('#password_confirm', PASSWORD)
    await page.click('button[type=submit]')
    await page.getByText('@root:glia.test is the administrator').waitFor()
    await page.goto(link!)
    expect(await page.getByRole('textbox').count()).toBe(0)
  })

  test('people register, talk, encrypt and share pictures', async () => {
    population = await populate(server, 'p')
    promoted = population.users[1]!
  }, 120_000)

  test('in the console the admin signs in, clicks a user, ticks Admin, confirms: at once an admin', async () => {
    const listUsers = () => api('GET', '/_synapse/admin/v2/users', { token: promoted.accessToken })
    expect((await listUsers()).status).toBe(403)
    await page.goto(`${server.url}/admin/`)
    await page.getByRole('button', { name: 'Continue to the sign-in page' }).click()
    // the browser is still signed in at the auth service since the set-up, and is asked for its consent
    await page.getByRole('button', { name: 'Continue', exact: true }).click()
    await page.getByRole('navigation').getByRole('link', { name: 'Users' }).click()
    await page.getByRole('link', { name: promoted.userId }).click()
    await page.getByRole('complementary').getByRole('checkbox', { name: 'Admin' }).click()
    await page.getByRole('button', { name: 'Make admin' }).click()
    await page.getByText(`${promoted.userId} is an admin now.`).waitFor()
    expect((await listUsers()).status).toBe(200)
  })

  test('the device-code script waits until the new admin confirms in a browser, and prints a token', async () => {
    const grant = runDeviceCodeScript([server.url, ...SCOPES])
    const link = await grant.printed(/(http\S+\/link\?code=\w+)/)
    const other = await (await browser.newContext()).newPage()
    await other.goto(link)
    await other.fill('#username', promoted.localpart)
    await other.fill('#password', promoted.password)
    await other.click('button[type=submit]')
    await other.check('#confirm_device')
    await other.getByRole('button', { name: 'Confirm' }).click()
    const { status, out } = await grant.ended
    expect(status).toBe(0)
    token = /"access_token": "(mat_\w+)"/.exec(out)![1]!
    expect(out).toContain('urn:synapse:admin:*')
    await other.context().close()
  })

  test('curl calls the API with the token in the header and in the query, and so does a token of /login', async () => {
    const address = `${server.url}/_synapse/admin/v2/users/@root:glia.test`
    const login = await api('POST', '/_matrix/client/v3/login', {
      body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'root' }, password: PASSWORD },
    })
    expect([token.slice(0, 4), login.body.access_token.slice(0, 4)]).toEqual(['mat_', 'syt_'])
    for (const each of [token, login.body.access_token]) {
      for (const args of [['--header', `Authorization: Bearer ${each}`, '-X', 'GET', address], [`${address}?access_token=${each}`]]) {
        const { status, out } = await runProgram('curl', ['--silent', '--show-error', ...args])
        expect([status, JSON.parse(out).name, JSON.parse(out).admin]).toEqual([0, '@root:glia.test', true])
      }
    }
  })

  const python = programOf('Python with requests', '/usr/bin/python3')
  test.skipIf(!python)('Python calls the API', async () => {
    const program = `import requests, sys; print(requests.get(sys.argv[1], headers={"Authorization": "Bearer " + sys.argv[2]}).json()["name"])`
    const ended = await runProgram(python!, ['-c', program, `${server.url}/_synapse/admin/v2/users/@root:glia.test`, token])
    expect(ended).toEqual({ status: 0, out: '@root:glia.test\n', err: '' })
  })

  test('a room is deleted while its members sync; killed in the middle and started again, the server finishes it', async () => {
    const roomId = population.rooms.public
    const path = `rooms/${encodeURIComponent(roomId)}`
    const members = population.users.slice(2, 7).map((user) => sdkClient(server, user))
    await Promise.all(members.map(startSyncing))
    const everybodyLeft = Promise.all(members.map((client) => hasLeft(client, roomId)))

    const deletion = await api('DELETE', `/_synapse/admin/v2/${path}`, { token, body: { block: true, purge: true } })
    expect(deletion.status).toBe(200)
    await server.end('SIGKILL')
    server = await spawnServer({ dataDir: server.dataDir, port: Number(new URL(server.url).port) })

    const status = `/_synapse/admin/v2/rooms/delete_status/${deletion.body.delete_id}`
    await expect.poll(async () => (await api('GET', status, { token })).body.status, { timeout: 30_000 }).toBe('complete')
    const { kicked_users: kicked } = (await api('GET', status, { token })).body.shutdown_room
    expect(kicked.sort()).toEqual(population.users.map(({ userId }) => userId).sort())
    // the clients were only cut off: they go on syncing by themselves
    await everybodyLeft
    for (const client of members) client.stopClient()
    expect((await api('GET', `/_synapse/admin/v1/${path}`, { token })).status).toBe(404)
    const join = await api('POST', `/_matrix/client/v3/${path}/join`, { token: promoted.accessToken, body: {} })
    expect([join.status, join.body.error]).toEqual([403, 'This room has been blocked on this server'])
  }, 90_000)
})

async function startSyncing(client: MatrixClient): Promise<void> {
  const prepared = new Promise<void>((resolve) => {
    client.on(ClientEvent.Sync, (state) => {
      if (state === SyncState.Prepared) resolve()
    })
  })
  await client.startClient({ initialSyncLimit: 1 })
  await prepared
}

function hasLeft(client: MatrixClient, roomId: string): Promise<void> {
  return new Promise((resolve) => {
    client.on(RoomEvent.MyMembership, (room, membership) => {
      if (room.roomId === roomId && membership === KnownMembership.Leave) resolve()
    })
  })
}
