import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Scene, startScene } from '../support/scene.ts'
import type { TestServer, TestUser } from '../support/start-server.ts'

onBothDatabases('redacting all that a user wrote', (dialect) => {
  let server: TestServer
  let as: Scene['as']
  let asAdmin: Scene['asAdmin']
  let alice: TestUser
  let bob: TestUser
  beforeAll(async () => {
    ;({ server, alice, bob, as, asAdmin } = await startScene({ dialect }))
  })
  afterAll(() => server.remove())

  const segment = encodeURIComponent

  test('reaches other members, also where the user was banned, and the room goes on', async () => {
    const { body } = await as(alice, 'POST', '/createRoom', { preset: 'public_chat' })
    const room = `/rooms/${segment(body.room_id)}`
    await as(bob, 'POST', `/join/${segment(body.room_id)}`, {})
    const said = await as(bob, 'PUT', `${room}/send/m.room.message/1`, { msgtype: 'm.text', body: 'spam' })
    await as(alice, 'POST', `${room}/ban`, { user_id: bob.userId })
    await as(alice, 'PUT', `${room}/send/m.room.message/2`, { msgtype: 'm.text', body: 'after' })
    const { next_batch: since } = (await as(alice, 'GET', '/sync')).body

    const started = await asAdmin('POST', `/v1/user/${segment(bob.userId)}/redact`, { rooms: [], reason: 'spam' })
    expect(started.body.redact_id).toMatch(/^[A-Za-z]{16}$/)
    await expect
      .poll(async () => (await asAdmin('GET', `/v1/user/redact_status/${started.body.redact_id}`)).body, { timeout: 20_000 })
      .toEqual({ status: 'complete', failed_redactions: {} })

    const told = (await as(alice, 'GET', `/sync?since=${since}`)).body.rooms.join[body.room_id].timeline
    expect(told.events).toEqual([
      expect.objectContaining({
        type: 'm.room.redaction',
        sender: bob.userId,
        content: expect.objectContaining({ reason: 'spam', redacts: said.body.event_id }),
      }),
      expect.objectContaining({ type: 'm.room.redaction', sender: bob.userId }),
    ])
    const event = (await as(alice, 'GET', `${room}/event/${segment(said.body.event_id)}`)).body
    expect(event).toMatchObject({ content: {}, unsigned: { redacted_because: { content: { reason: 'spam' } } } })
    // history in both directions has each event once, in the order in which they were told
    const back = (await as(alice, 'GET', `${room}/messages?dir=b&limit=4`)).body
    expect(back.chunk.map(({ type }: { type: string }) => type)).toEqual([
      'm.room.redaction',
      'm.room.redaction',
      'm.room.message',
      'm.room.member',
    ])
    const older = (await as(alice, 'GET', `${room}/messages?dir=b&limit=2&from=${told.prev_batch}`)).body
    expect(older.chunk[0].content.body).toBe('after')
    await as(alice, 'PUT', `${room}/send/m.room.message/3`, { msgtype: 'm.text', body: 'next' })
    const newest = (await as(alice, 'GET', `${room}/messages?dir=b&limit=1`)).body
    expect(newest.chunk[0].content.body).toBe('next')
    expect((await as(bob, 'PUT', `${room}/send/m.room.message/4`, { msgtype: 'm.text', body: 'no' })).status).toBe(403)
  })

  test('is refused while another one is under way, with wrong input, and to others than admins', async () => {
    const path = `/v1/user/${segment(bob.userId)}/redact`
    const answers = await Promise.all([1, 2, 3].map(() => asAdmin('POST', path, { rooms: [] })))
    const refused = answers.filter(({ status }) => status !== 200)
    expect(answers.some(({ status }) => status === 200)).toBe(true)
    for (const { status, body } of refused) {
      expect([status, body]).toEqual([400, { errcode: 'M_UNKNOWN', error: `Redact already in progress for user ${bob.userId}` }])
    }
    expect((await asAdmin('POST', path, { rooms: [], limit: -1 })).body.errcode).toBe('M_UNKNOWN')
    expect((await asAdmin('POST', path, {})).body.errcode).toBe('M_MISSING_PARAM')
    expect((await asAdmin('POST', path, { rooms: 'x' })).body.errcode).toBe('M_BAD_JSON')
    expect((await asAdmin('POST', '/v1/user/bad/redact', { rooms: [] })).body.errcode).toBe('M_INVALID_PARAM')
    expect((await asAdmin('GET', '/v1/user/redact_status/none')).body).toEqual({
      errcode: 'M_NOT_FOUND',
      error: "redact id 'none' not found",
    })
  })
})
