import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const GLIA = '/_glia/admin/v1'

onBothDatabases('many rooms and files at once', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let alice: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
    alice = await server.register('alice')
  })
  afterAll(() => server.remove())

  const call = (method: string, path: string, body?: unknown, token = admin.accessToken) =>
    server.api(method, path, { token, ...(body === undefined ? {} : { body }) })
  const bulk = async (kind: 'rooms' | 'media', body: object) => {
    const answer = await call('POST', `${GLIA}/bulk/${kind}`, { per_second: 1000, ...body })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body
  }
  /** Starts a job and waits for its end. */
  const run = async (kind: 'rooms' | 'media', body: object) => {
    const { job } = await bulk(kind, body)
    const state = async () => (await call('GET', `${GLIA}/bulk/${job.job_id}`)).body
    await expect.poll(async () => (await state()).state, { timeout: 20_000 }).not.toBe('running')
    const { results } = (await call('GET', `${GLIA}/bulk/${job.job_id}/results`)).body
    return { job: await state(), results }
  }
  const createRooms = async (names: string[]) => {
    const answers = await Promise.all(
      names.map((name) => call('POST', '/_matrix/client/v3/createRoom', { name, preset: 'public_chat' }, alice.accessToken)),
    )
    return answers.map(({ body }) => body.room_id as string)
  }
  const roomOf = (roomId: string) => call('GET', `/_synapse/admin/v1/rooms/${roomId}`)
  const say = (roomId: string, body: string) =>
    call('PUT', `/_matrix/client/v3/rooms/${roomId}/send/m.room.message/${body}`, { msgtype: 'm.text', body }, alice.accessToken)
  const upload = async (content: string) => {
    const answer = await server.api('POST', '/_matrix/media/v3/upload', {
      token: alice.accessToken,
      raw: content,
      headers: { 'content-type': 'text/plain' },
    })
    return answer.body.content_uri.split('/').at(-1) as string
  }
  const mediaOf = async (id: string) => (await call('GET', `/_synapse/admin/v1/media/${server.serverName}/${id}`)).body

  test('rooms are blocked and let in again', async () => {
    const ids = (await createRooms(['block-a', 'block-b'])).sort()
    const { job, results } = await run('rooms', { action: 'block', select: { search: 'block-' } })
    expect(job).toMatchObject({
      kind: 'rooms',
      action: 'block',
      state: 'complete',
      done: 2,
      failed: 0,
      skipped: 0,
      created_by: admin.userId,
    })
    expect(results).toEqual(ids.map((room_id) => ({ room_id, outcome: 'done', error: null, at: expect.any(Number) })))
    const bob = await server.register(`bob-${dialect}`)
    const join = () => call('POST', `/_matrix/client/v3/rooms/${ids[0]}/join`, {}, bob.accessToken)
    expect((await join()).status).toBe(403)
    await run('rooms', { action: 'unblock', room_ids: ids })
    expect((await join()).status).toBe(200)
    const { records } = (await call('GET', `${GLIA}/audit_log?operation=bulk.rooms.block`)).body
    expect(records.map(({ target }: { target: object }) => target)).toContainEqual({ kind: 'room', id: ids[0] })
  })

  test('a dry run of a deletion counts and leaves the rooms alone; the deletion removes them', async () => {
    const ids = await createRooms(['delete-a', 'delete-b'])
    const dry = await bulk('rooms', { action: 'delete', select: { search: 'delete-' }, dry_run: true })
    expect(dry).toEqual({ would: { act_on: 2, skip: 0, local_members: 2, examples: [...ids].sort() } })
    expect((await roomOf(ids[0]!)).status).toBe(200)
    const { job } = await run('rooms', { action: 'delete', select: { search: 'delete-' }, block: true })
    expect(job).toMatchObject({ state: 'complete', done: 2 })
    for (const id of ids) {
      expect((await roomOf(id)).status).toBe(404)
      expect((await call('GET', `/_synapse/admin/v1/rooms/${id}/block`)).body).toEqual({ block: true, user_id: admin.userId })
    }
  })

  test('more jobs than there are places for tasks delete rooms at the same time, and all end', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `crowd-${index}`)
    const ids = await createRooms(names)
    const ended = await Promise.all(ids.map((id) => run('rooms', { action: 'delete', room_ids: [id] })))
    expect(ended.map(({ job }) => [job.state, job.done])).toEqual(ids.map(() => ['complete', 1]))
  })

  test('members are told in a new room why theirs was shut', async () => {
    const [id] = await createRooms(['shut-down'])
    await run('rooms', { action: 'delete', room_ids: [id], new_room_user_id: admin.userId, room_name: 'News', message: 'It was shut' })
    const { rooms } = (await call('GET', `${GLIA}/rooms?search=News`)).body
    expect(rooms).toMatchObject([{ name: 'News', creator: admin.userId }])
  })

  test('history before a time goes; rooms without such old messages are done, too', async () => {
    const [id, quiet] = await createRooms(['history', 'quiet'])
    const old = (await say(id!, 'old')).body.event_id
    await say(id!, 'newer')
    const parameters = { action: 'purge_history', room_ids: [id, quiet] }
    expect((await run('rooms', { ...parameters, before: 1000 })).job).toMatchObject({ done: 2, failed: 0 })
    const read = () => call('GET', `/_matrix/client/v3/rooms/${id}/event/${old}`, undefined, alice.accessToken)
    expect((await read()).status).toBe(200)
    const { job } = await run('rooms', { ...parameters, before: Date.now() + 1000, delete_local_events: true })
    expect(job).toMatchObject({ done: 2, failed: 0 })
    expect((await read()).status).toBe(404)
  })

  test('who is made admin of rooms has the power; where nobody could give it, the result says so', async () => {
    const [id, empty] = await createRooms(['power', 'powerless'])
    await call('POST', `/_matrix/client/v3/rooms/${empty}/leave`, {}, alice.accessToken)
    const { job, results } = await run('rooms', { action: 'make_admin', room_ids: [id, empty], user_id: admin.userId })
    expect(job).toMatchObject({ done: 1, failed: 1 })
    const failed = results.find(({ outcome }: { outcome: string }) => outcome === 'failed')
    expect(failed).toMatchObject({ room_id: empty, error: expect.stringMatching(/^M_UNKNOWN: /) })
  })

  test('media is quarantined but for what is protected, let free, and deleted', async () => {
    const [kept, bad] = [await upload('kept'), await upload('bad')]
    const select = { owner: alice.userId }
    await run('media', { action: 'protect', media_ids: [kept] })
    const dry = await bulk('media', { action: 'quarantine', select, dry_run: true })
    expect(dry).toEqual({ would: { act_on: 1, skip: 1, bytes: 3, examples: [bad] } })
    expect((await mediaOf(bad)).media_info.quarantined_by).toBeNull()
    const { job, results } = await run('media', { action: 'quarantine', select })
    expect(job).toMatchObject({ kind: 'media', done: 1, skipped: 1 })
    expect(Object.fromEntries(results.map(({ media_id, outcome }: Record<string, string>) => [media_id, outcome]))).toEqual({
      [kept]: 'skipped',
      [bad]: 'done',
    })
    expect((await mediaOf(bad)).media_info.quarantined_by).toBe(admin.userId)
    await run('media', { action: 'unquarantine', select: { quarantined: true } })
    expect((await mediaOf(bad)).media_info.quarantined_by).toBeNull()
    await run('media', { action: 'unprotect', select: { protected: true } })
    expect((await mediaOf(kept)).media_info.safe_from_quarantine).toBe(false)
    const deleted = await run('media', { action: 'delete', select: { owner: alice.userId, size_max: 3 } })
    expect(deleted.job).toMatchObject({ done: 1 })
    expect([(await mediaOf(bad)).errcode, (await mediaOf(kept)).errcode]).toEqual(['M_NOT_FOUND', undefined])
  })

  test('requests that say too little or nonsense are refused, and begin nothing', async () => {
    const before = (await call('GET', `${GLIA}/bulk`)).body.jobs.length
    for (const [kind, body, errcode] of [
      ['rooms', { action: 'block' }, 'M_MISSING_PARAM'],
      ['rooms', { action: 'block', select: {} }, 'M_INVALID_PARAM'],
      ['rooms', { action: 'explode', room_ids: ['!x'] }, 'M_BAD_JSON'],
      ['rooms', { action: 'purge_history', room_ids: ['!x'] }, 'M_MISSING_PARAM'],
      ['rooms', { action: 'make_admin', room_ids: ['!x'], user_id: 'bob' }, 'M_INVALID_PARAM'],
      ['rooms', { action: 'block', room_ids: ['!x\0'] }, 'M_INVALID_PARAM'],
      ['media', { action: 'delete' }, 'M_MISSING_PARAM'],
      ['media', { action: 'delete', select: {} }, 'M_INVALID_PARAM'],
      ['media', { action: 'delete', select: { sha256: '\0' } }, 'M_INVALID_PARAM'],
    ] as const) {
      const answer = await call('POST', `${GLIA}/bulk/${kind}`, body)
      expect([kind, body, answer.status, answer.body.errcode]).toEqual([kind, body, 400, errcode])
    }
    expect((await call('POST', `${GLIA}/bulk/rooms`, { action: 'block', room_ids: [] }, alice.accessToken)).status).toBe(403)
    expect((await call('GET', `${GLIA}/bulk`)).body.jobs.length).toBe(before)
  })
})
