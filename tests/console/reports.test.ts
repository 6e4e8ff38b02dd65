import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleFixture, expectAccessible, signInByToken, startConsole } from '../support/console.ts'
import type { TestUser } from '../support/start-server.ts'

let fixture: ConsoleFixture
let bob: TestUser
let eve: TestUser
let roomId: string

beforeAll(async () => {
  fixture = await startConsole()
  bob = await fixture.server.register('bob')
  eve = await fixture.server.register('eve')
  const room = await as(bob, 'POST', '/createRoom', { name: 'Market', preset: 'public_chat' })
  roomId = room.room_id
  await as(eve, 'POST', `/join/${roomId}`, {})
})
afterAll(() => fixture.close())

async function as(user: TestUser, method: string, path: string, body: unknown) {
  const answer = await fixture.server.api(method, `/_matrix/client/v3${path}`, { token: user.accessToken, body })
  expect(answer.status).toBe(200)
  return answer.body
}

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

let transaction = 0
const say = async (user: TestUser, content: object): Promise<string> =>
  (await as(user, 'PUT', `/rooms/${roomId}/send/m.room.message/${++transaction}`, { msgtype: 'm.text', ...content })).event_id
const report = (eventId: string, reason: string) => as(bob, 'POST', `/rooms/${roomId}/report/${encodeURIComponent(eventId)}`, { reason })
const glia = async (path: string) => (await fixture.server.api('GET', `/_glia/admin/v1${path}`, { token: fixture.admin.accessToken })).body

test('a report is found, read among its neighbours, taken, acted upon and resolved', async () => {
  await say(eve, { body: 'good morning' })
  const bad = await say(eve, { body: 'buy my pills' })
  await say(bob, { body: 'please not here' })
  await report(bad, 'an advertisement')
  const page = await fixture.openSignedIn('/admin/reports')
  await page.getByRole('navigation', { name: 'Main' }).getByLabel('1 new').waitFor()
  await page.getByRole('link', { name: /Message of @?eve.* in Market/ }).click()
  const panel = page.getByRole('complementary')
  await panel.getByText('an advertisement').waitFor()
  await panel.getByText('good morning').waitFor()
  await panel.getByText('please not here').waitFor()
  const reported = panel.getByRole('article', { name: 'The reported event' })
  await reported.getByText('buy my pills').waitFor()
  await expectAccessible(page)

  await panel.getByRole('button', { name: 'Assign to me' }).click()
  await panel.getByText('Looked after by').waitFor()
  await panel.getByLabel('Note').fill('seen it before')
  await panel.getByRole('button', { name: 'Add note' }).click()
  await panel.getByRole('region', { name: 'History' }).getByText('seen it before').waitFor()

  await panel.getByRole('button', { name: 'Redact' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('spam')
  await page.getByRole('dialog').getByRole('button', { name: 'Redact' }).click()
  await reported.getByText('redacted').waitFor()
  await panel.getByRole('button', { name: 'Ban' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Ban' }).click()
  await page.getByText(`${eve.userId} has been banned, in the name of ${bob.userId}.`).waitFor()
  await panel.getByRole('button', { name: 'Suspend' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
  await panel.getByRole('button', { name: 'End suspension' }).waitFor()

  await panel.getByRole('button', { name: 'Resolve' }).click()
  await panel.getByRole('button', { name: 'Reopen' }).waitFor()
  await page.getByText('No new reports').waitFor()
  await page.getByRole('tab', { name: 'Resolved (1)' }).waitFor()
  const [resolved] = (await glia('/reports?state=resolved')).reports
  expect(resolved).toMatchObject({ assignee: fixture.admin.userId, event_id: bad })
  expect(fixture.complaints).toEqual([])
})

test('the picture of a reported message is shown on demand, and goes into quarantine', async () => {
  const upload = await fixture.server.api('POST', '/_matrix/media/v3/upload?filename=bad.png', {
    token: bob.accessToken,
    raw: Buffer.from(PNG, 'base64'),
    headers: { 'content-type': 'image/png' },
  })
  const uri: string = upload.body.content_uri
  await report(await say(bob, { msgtype: 'm.image', body: 'bad.png', url: uri }), 'ugly')
  const page = await fixture.openSignedIn('/admin/reports')
  await page.getByRole('link', { name: /Message of @?bob/ }).click()
  const panel = page.getByRole('complementary')
  await panel.getByRole('button', { name: 'Show picture' }).click()
  const picture = panel.getByRole('img', { name: 'bad.png' })
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)
  await panel.getByRole('button', { name: 'Quarantine its media' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Quarantine' }).click()
  await page.getByText('1 file is in quarantine.').waitFor()
  const download = await fixture.server.api('GET', `/_matrix/client/v1/media/download/${uri.slice('mxc://'.length)}`, {
    token: bob.accessToken,
  })
  expect(download.status).toBe(404)
})

test('filters are in the address, and a report can be given to somebody else, who has to be a helper', async () => {
  await as(bob, 'POST', `/rooms/${roomId}/report`, { reason: 'the whole room' })
  await fixture.server.register('other', { admin: true })
  const page = await fixture.openSignedIn('/admin/reports?kind=room')
  await expect.poll(() => page.getByRole('table').getByRole('link').allTextContents()).toEqual(['Room Market'])
  await page.getByRole('link', { name: 'Room Market' }).click()
  const panel = page.getByRole('complementary')
  await panel.getByRole('button', { name: 'Assign …' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('User ID').fill('@bob:glia.test')
  await dialog.getByRole('button', { name: 'Assign', exact: true }).click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByLabel('User ID').fill('@other:glia.test')
  await dialog.getByRole('button', { name: 'Assign', exact: true }).click()
  await panel.getByRole('region', { name: 'Work on the report' }).getByText('@other:glia.test').waitFor()
  await page.goto(`${fixture.server.url}/admin/reports?kind=room&assignee=none`)
  await page.getByText('No new reports').waitFor()
})

test('where the server has no API of Glia, reports are two lists from which one deletes', async () => {
  await as(bob, 'POST', `/users/${eve.userId}/report`, { reason: 'rude' })
  const page = await fixture.open('/admin/reports')
  await page.route('**/_glia/**', (route) =>
    route.fulfill({ status: 404, json: { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' } }),
  )
  await signInByToken(page, fixture.admin.accessToken)
  const users = page.getByRole('region', { name: 'Users' })
  await users.getByText('rude').waitFor()
  await expectAccessible(page)
  await users.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await users.getByText('No reports').waitFor()
  expect(await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allTextContents()).not.toContain('Audit log')
})
