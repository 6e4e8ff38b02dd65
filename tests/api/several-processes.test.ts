import { systemClock, systemRandom } from '@glia/platform'
import { openConfig, type RunningServer, runServer } from '@glia/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callApi, startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const CLIENT = '/_matrix/client/v3'

/** Two processes' worth of server in this one, which share nothing but PostgreSQL. */
let first: TestServer
let second: RunningServer
let alice: TestUser
let bob: TestUser
let roomId: string
beforeAll(async () => {
  first = await startTestServer({ dialect: 'postgres' })
  const cli = { dataDir: first.dataDir, config: [`${first.dataDir}/test.yaml`] }
  const { config } = await openConfig({ cli, env: first.env, random: systemRandom })
  second = await runServer({ config, clock: systemClock, random: systemRandom })
  alice = await first.register('alice')
  bob = await first.register('bob')
  roomId = (await ask(first.url, alice, 'POST', '/createRoom', { preset: 'public_chat' })).room_id
  await ask(first.url, bob, 'POST', `/join/${encodeURIComponent(roomId)}`, {})
})
afterAll(async () => {
  await second.stop()
  await first.remove()
})

async function ask(url: string, user: TestUser, method: string, path: string, body?: unknown) {
  const request = { token: user.accessToken, ...(body === undefined ? {} : { body }) }
  return (await callApi(`${url}${CLIENT}${path}`, method, request)).body
}

/** Waits in the second process, far longer than this test may take, for what is then done in the first. */
async function heard(act: () => Promise<unknown>) {
  const { next_batch } = await ask(second.url, bob, 'GET', '/sync?timeout=0')
  const waiting = ask(second.url, bob, 'GET', `/sync?since=${next_batch}&timeout=300000`)
  await act()
  return (await waiting).rooms?.join?.[roomId]
}

test('a long poll in one process hears of a message in another', async () => {
  const room = `/rooms/${encodeURIComponent(roomId)}`
  const news = await heard(() => ask(first.url, alice, 'PUT', `${room}/send/m.room.message/1`, { msgtype: 'm.text', body: 'hello' }))
  expect(news.timeline.events).toMatchObject([{ sender: alice.userId, content: { body: 'hello' } }])
})

test('who types in one process is seen in another, and no longer when that ends', async () => {
  const typing = `/rooms/${encodeURIComponent(roomId)}/typing/${encodeURIComponent(alice.userId)}`
  const begun = await heard(() => ask(first.url, alice, 'PUT', typing, { typing: true, timeout: 30_000 }))
  expect(begun.ephemeral.events).toContainEqual({ type: 'm.typing', content: { user_ids: [alice.userId] } })
  const ended = await heard(() => ask(first.url, alice, 'PUT', typing, { typing: false }))
  expect(ended.ephemeral.events).toContainEqual({ type: 'm.typing', content: { user_ids: [] } })
})

test('a limit that an admin sets through one process holds in another at once', async () => {
  const admin = await first.register('admin', { admin: true })
  const limit = (method: string, body?: unknown) =>
    callApi(`${first.url}/_synapse/admin/v1/users/${alice.userId}/override_ratelimit`, method, {
      token: admin.accessToken,
      ...(body === undefined ? {} : { body }),
    })
  const send = async (transaction: string) => {
    const path = `${CLIENT}/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${transaction}`
    return (await callApi(second.url + path, 'PUT', { token: alice.accessToken, body: { msgtype: 'm.text', body: 'x' } })).status
  }
  expect([await send('l1'), await send('l2')]).toEqual([200, 200])
  await limit('POST', { messages_per_second: 1, burst_count: 1 })
  const limited = []
  for (let n = 0; n < 20; n++) limited.push(await send(`l3-${n}`))
  expect(limited).toContain(429)
  await limit('DELETE')
  expect([await send('l4'), await send('l5')]).toEqual([200, 200])
})

test('many messages from both are heard once and in order, whoever wrote them', async () => {
  const seen: string[] = []
  let since = (await ask(second.url, bob, 'GET', '/sync?timeout=0')).next_batch
  const sent = Array.from({ length: 40 }, (_, index) => `message ${index}`)
  const writing = (async () => {
    for (const [index, body] of sent.entries()) {
      const url = index % 3 === 0 ? second.url : first.url
      await ask(url, alice, 'PUT', `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/m${index}`, { msgtype: 'm.text', body })
    }
  })()
  while (seen.length < sent.length) {
    const answer = await ask(second.url, bob, 'GET', `/sync?since=${since}&timeout=300000`)
    since = answer.next_batch
    const events: { type: string; content: { body: string } }[] = answer.rooms?.join?.[roomId]?.timeline.events ?? []
    seen.push(...events.filter(({ type }) => type === 'm.room.message').map(({ content }) => content.body))
  }
  await writing
  expect(seen).toEqual(sent)
})
