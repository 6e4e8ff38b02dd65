import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Scene, startScene } from '../support/scene.ts'
import type { TestServer, TestUser } from '../support/start-server.ts'

const id = encodeURIComponent
const FAR = 9e12

onBothDatabases('a dry run', (dialect) => {
  let server: TestServer
  let as: Scene['as']
  let asAdmin: Scene['asAdmin']
  let admin: TestUser
  let alice: TestUser
  let bob: TestUser
  let sent = 0

  beforeAll(async () => {
    ;({ server, admin, alice, bob, as, asAdmin } = await startScene({ dialect }))
  })
  afterAll(() => server.remove())

  async function newRoom(): Promise<string> {
    const { body } = await as(alice, 'POST', '/createRoom', { preset: 'public_chat', invite: [admin.userId] })
    await as(bob, 'POST', `/join/${id(body.room_id)}`, {})
    return body.room_id
  }
  async function send(roomId: string, content: object): Promise<string> {
    const answer = await as(alice, 'PUT', `/rooms/${id(roomId)}/send/m.room.message/${sent++}`, content)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.event_id
  }
  const say = (roomId: string, body: string) => send(roomId, { msgtype: 'm.text', body })
  async function upload(user: TestUser, content: string): Promise<string> {
    const { body } = await server.api('POST', '/_matrix/media/v3/upload', {
      token: user.accessToken,
      headers: { 'content-type': 'text/plain' },
      raw: content,
    })
    return body.content_uri
  }
  const mediaIdOf = (uri: string) => uri.slice(uri.lastIndexOf('/') + 1)
  async function messages(roomId: string): Promise<string[]> {
    const { body } = await asAdmin('GET', `/v1/rooms/${id(roomId)}/messages?limit=1000&dir=b`)
    return body.chunk.map(({ event_id }: { event_id: string }) => event_id)
  }
  /** All that was recorded of what admins did, but for reading. */
  async function recordedChanges(): Promise<unknown[]> {
    const { body } = await server.api('GET', '/_glia/admin/v1/audit_log?limit=1000', { token: admin.accessToken })
    return body.records.filter(({ operation }: { operation: string }) => operation !== 'admin.rooms.messages')
  }
  /** What the call would do; it was not done, nor recorded. */
  async function would(method: string, path: string, body?: unknown): Promise<unknown> {
    const before = await recordedChanges()
    const tasks = (await asAdmin('GET', '/v1/scheduled_tasks')).body
    const answer = await asAdmin(method, `${path}${path.includes('?') ? '&' : '?'}dry_run=true`, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    expect(Object.keys(answer.body)).toEqual(['would'])
    expect(await recordedChanges()).toEqual(before)
    expect((await asAdmin('GET', '/v1/scheduled_tasks')).body).toEqual(tasks)
    return answer.body.would
  }

  test.each(['v1', 'v2'])('of deleting a room (%s) counts its events and who would have to leave', async (version) => {
    const roomId = await newRoom()
    await say(roomId, 'hello')
    const events = await messages(roomId)
    const path = `/${version}/rooms/${id(roomId)}`
    expect(await would('DELETE', path, { block: true })).toEqual({ local_members: 3, events: events.length })
    expect(await would('DELETE', path, { purge: false })).toEqual({ local_members: 3, events: 0 })
    expect(await messages(roomId)).toEqual(events)
    expect((await asAdmin('GET', `/v1/rooms/${id(roomId)}/block`)).body).toEqual({ block: false })
    await say(roomId, 'still here')
    const { body } = await asAdmin('DELETE', `/v1/rooms/${id(roomId)}`, {})
    expect(body.kicked_users).toHaveLength(3)
    expect(await would('DELETE', path, {})).toEqual({ local_members: 0, events: 0 })
  })

  test('of deleting a room is refused as the deletion is', async () => {
    const roomId = await newRoom()
    for (const [path, body] of [
      ['/v2/rooms/nonsense', {}],
      [`/v2/rooms/${id(roomId)}`, { new_room_user_id: '@x:elsewhere.test' }],
      [`/v2/rooms/${id(roomId)}`, { block: 'yes' }],
    ] as const) {
      const dry = await asAdmin('DELETE', `${path}?dry_run=true`, body)
      expect(dry.status).toBe(400)
      expect(dry.body).toEqual((await asAdmin('DELETE', path, body)).body)
    }
    const byOther = await server.api('DELETE', `/_synapse/admin/v2/rooms/${id(roomId)}?dry_run=true`, { token: bob.accessToken, body: {} })
    expect(byOther.status).toBe(403)
  })

  test('of purging history counts what the purge deletes', async () => {
    const roomId = await newRoom()
    for (const body of ['one', 'two', 'three']) await say(roomId, body)
    const kept = await say(roomId, 'four')
    const events = await messages(roomId)
    const path = `/v1/purge_history/${id(roomId)}`
    expect(await would('POST', `${path}/${id(kept)}`, { delete_local_events: true })).toEqual({ events: 3 })
    expect(await would('POST', path, { purge_up_to_event_id: kept })).toEqual({ events: 0 })
    expect(await would('POST', path, { purge_up_to_ts: FAR, delete_local_events: true })).toEqual({ events: 3 })
    expect(await messages(roomId)).toEqual(events)
    for (const [where, body] of [
      ['/$no', {}],
      ['', {}],
      ['', { purge_up_to_ts: 5 }],
    ] as const) {
      const dry = await asAdmin('POST', `${path}${where}?dry_run=true`, body)
      expect(dry).toMatchObject({ status: expect.toSatisfy((status) => status === 400 || status === 404) })
      expect(dry.body).toEqual((await asAdmin('POST', `${path}${where}`, body)).body)
    }
    const { body } = await asAdmin('POST', `${path}/${id(kept)}`, { delete_local_events: true })
    while ((await asAdmin('GET', `/v1/purge_history_status/${body.purge_id}`)).body.status === 'active');
    expect((await messages(roomId)).length).toBe(events.length - 3)
  })

  test('of hiding and deleting files counts files and bytes', async () => {
    const carol = await server.register('carol')
    const uris = [await upload(carol, 'same'), await upload(bob, 'same'), await upload(carol, 'carol’s own'), await upload(carol, 'safe')]
    await asAdmin('POST', `/v1/media/protect/${mediaIdOf(uris[3]!)}`)
    const roomId = await newRoom()
    await send(roomId, { msgtype: 'm.file', body: 'x', url: uris[0] })
    const user = id(carol.userId)
    const hidden = { media: 2, bytes: 8 }
    const room = `/v1/room/${id(roomId)}/media/quarantine`
    expect(await would('POST', room)).toEqual(hidden)
    expect(await would('POST', `/v1/user/${user}/media/quarantine`)).toEqual({ media: 3, bytes: 8 + Buffer.byteLength('carol’s own') })
    const all = { media: 3, bytes: 8 + Buffer.byteLength('carol’s own') }
    expect(await would('DELETE', `/v1/users/${user}/media`)).toEqual(all)
    expect(await would('DELETE', `/v1/users/${user}/media?limit=1`)).toEqual({ media: 1, bytes: 4 })
    expect(await would('DELETE', `/v1/media/glia.test/${mediaIdOf(uris[2]!)}`)).toEqual({
      media: 1,
      bytes: Buffer.byteLength('carol’s own'),
    })
    // all that is not protected
    const old = `/v1/media/delete?before_ts=${FAR}`
    expect(await would('POST', old)).toEqual({ media: 3, bytes: 8 + Buffer.byteLength('carol’s own') })
    expect(await would('POST', `${old}&size_gt=5`)).toEqual({ media: 1, bytes: Buffer.byteLength('carol’s own') })
    const { body } = await asAdmin('GET', `/v1/users/${user}/media`)
    expect(body.media.map(({ quarantined_by }: { quarantined_by: unknown }) => quarantined_by)).toEqual([null, null, null])
    for (const [method, path] of [
      ['DELETE', '/v1/users/@nobody:glia.test/media'],
      ['DELETE', '/v1/users/@x:elsewhere.test/media'],
      ['DELETE', '/v1/media/glia.test/none'],
      ['DELETE', '/v1/media/elsewhere.test/none'],
      ['POST', '/v1/media/delete'],
    ] as const) {
      const dry = await asAdmin(method, `${path}?dry_run=true`)
      expect(dry.status).toBeGreaterThanOrEqual(400)
      expect(dry.body).toEqual((await asAdmin(method, path)).body)
    }
    expect((await asAdmin('POST', room)).body).toEqual({ num_quarantined: hidden.media })
    expect((await asAdmin('POST', old)).body).toMatchObject({ total: 1 })
    expect((await asAdmin('DELETE', `/v1/users/${user}/media`)).body).toMatchObject({ total: all.media - 1 })
  })

  test('of redacting what a user wrote counts what is not redacted yet', async () => {
    const eve = await server.register('eve')
    const roomIds = [await newRoom(), await newRoom()]
    for (const [index, roomId] of roomIds.entries()) {
      await as(eve, 'POST', `/join/${id(roomId)}`, {})
      for (const count of [1, 2]) {
        const path = `/rooms/${id(roomId)}/send/m.room.message/${index}-${count}`
        expect((await as(eve, 'PUT', path, { msgtype: 'm.text', body: 'x' })).status).toBe(200)
      }
    }
    const path = `/v1/user/${id(eve.userId)}/redact`
    expect(await would('POST', path, { rooms: [] })).toEqual({ rooms: 2, events: 6 })
    expect(await would('POST', path, { rooms: [roomIds[0]] })).toEqual({ rooms: 1, events: 3 })
    expect(await would('POST', path, { rooms: [], limit: 1 })).toEqual({ rooms: 2, events: 2 })
    const dry = await asAdmin('POST', `${path}?dry_run=true`, { rooms: [], limit: -1 })
    expect(dry).toMatchObject({ status: 400, body: (await asAdmin('POST', path, { rooms: [], limit: -1 })).body })
    const { body } = await asAdmin('POST', path, { rooms: [roomIds[0]] })
    while ((await asAdmin('GET', `/v1/user/redact_status/${body.redact_id}`)).body.status !== 'complete');
    const tasks = (await asAdmin('GET', `/v1/scheduled_tasks?resource_id=${id(eve.userId)}`)).body.scheduled_tasks
    expect(tasks).toEqual([expect.objectContaining({ result: expect.objectContaining({ redacted: 3 }) })])
    expect(await would('POST', path, { rooms: [] })).toEqual({ rooms: 1, events: 3 })
  })

  test('of deleting devices counts those that the user has', async () => {
    const dora = await server.register('dora')
    const devices = `/v2/users/${id(dora.userId)}/devices`
    await asAdmin('POST', devices, { device_id: 'ONE' })
    const body = { devices: ['ONE', 'NONE', 'ONE'] }
    const path = `/v2/users/${id(dora.userId)}/delete_devices`
    expect(await would('POST', path, body)).toEqual({ devices: 1 })
    expect(await would('DELETE', `${devices}/ONE`)).toEqual({ devices: 1 })
    expect((await asAdmin('GET', devices)).body.total).toBe(2)
    expect((await asAdmin('POST', '/v2/users/@nobody:glia.test/delete_devices?dry_run=true', body)).status).toBe(404)
    await asAdmin('POST', path, body)
    expect(await would('POST', path, body)).toEqual({ devices: 0 })
  })

  test('is refused where there is none, instead of being passed over', async () => {
    const path = `/v1/deactivate/${id(bob.userId)}`
    expect(await asAdmin('POST', `${path}?dry_run=true`, {})).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    expect(await asAdmin('POST', path, { dry_run: true })).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    expect((await asAdmin('GET', `/v2/users/${id(bob.userId)}`)).body.deactivated).toBe(false)
    const roomId = await newRoom()
    const inBody = await asAdmin('DELETE', `/v2/rooms/${id(roomId)}`, { dry_run: true })
    expect(inBody).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    expect((await asAdmin('DELETE', `/v2/rooms/${id(roomId)}?dry_run=maybe`, {})).status).toBe(400)
    expect((await asAdmin('GET', `/v1/rooms/${id(roomId)}`)).body.joined_members).toBe(2)
  })

  test('said to be none is the real thing', async () => {
    const roomId = await newRoom()
    const answer = await asAdmin('DELETE', `/v2/rooms/${id(roomId)}?dry_run=false`, {})
    expect(answer.body).toEqual({ delete_id: expect.any(String) })
  })
})
