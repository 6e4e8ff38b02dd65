import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const GLIA = '/_glia/admin/v1'

onBothDatabases('many users at once', (dialect) => {
  let server: TestServer
  let admin: TestUser
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
  })
  afterAll(() => server.remove())

  const call = (method: string, path: string, body?: unknown, token = admin.accessToken) =>
    server.api(method, path, { token, ...(body === undefined ? {} : { body }) })
  const find = async (query: Record<string, string>) => {
    const { body } = await call('GET', `${GLIA}/users?${new URLSearchParams(query)}`)
    return body.users.map(({ user_id }: { user_id: string }) => user_id)
  }
  const start = async (body: unknown) => (await call('POST', `${GLIA}/bulk/users`, body)).body.job
  const ended = async (jobId: string) => {
    const state = async () => (await call('GET', `${GLIA}/bulk/${jobId}`)).body
    await expect.poll(async () => (await state()).state, { timeout: 20_000 }).not.toBe('running')
    return state()
  }
  const results = async (jobId: string, query = '') => (await call('GET', `${GLIA}/bulk/${jobId}/results?${query}`)).body.results
  const register = (prefix: string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, index) => server.register(`${prefix}${index}`)))

  test('users are found by what is known of them', async () => {
    const [ann, ben, cat] = (await register('find-', 3)) as [TestUser, TestUser, TestUser]
    await call('PUT', `/_synapse/admin/v1/suspend/${ann.userId}`, { suspend: true })
    await call('POST', `/_synapse/admin/v1/users/${ben.userId}/shadow_ban`)
    await call('PUT', `/_synapse/admin/v2/users/${cat.userId}`, { user_type: 'bot', displayname: 'Catbot' })
    await call('PUT', `/_synapse/admin/v2/users/@find-nodevice:glia.test`, { password: 'a good password' })
    const search = 'find-'
    expect(await find({ search, suspended: 'true' })).toEqual([ann.userId])
    expect(await find({ search, shadow_banned: 'true' })).toEqual([ben.userId])
    expect(await find({ user_type: 'bot' })).toEqual([cat.userId])
    expect(await find({ search, user_type: 'none', suspended: 'false', has_device: 'true' })).toEqual([ben.userId])
    expect(await find({ search, has_device: 'false' })).toEqual(['@find-nodevice:glia.test'])
    expect(await find({ search: 'catbot' })).toEqual([cat.userId])
    expect(await find({ search, appservice: 'true' })).toEqual([])
    expect(await find({ admin: 'true' })).toEqual([admin.userId])
    expect(await find({ search, created_before: '1000' })).toEqual([])
    expect((await find({ search, created_after: '1000' })).length).toBe(4)
    // never seen, but made after that
    expect(await find({ search, last_seen_before: '1000' })).toEqual([])
    expect((await find({ search, last_seen_before: String(Date.now() + 1000) })).length).toBe(4)
    const { body } = await call('GET', `${GLIA}/users?search=find-0`)
    expect(body).toEqual({
      users: [
        {
          user_id: ann.userId,
          displayname: 'find-0',
          avatar_url: null,
          admin: false,
          role: null,
          guest: false,
          locked: false,
          suspended: true,
          shadow_banned: false,
          deactivated: false,
          erased: false,
          user_type: null,
          appservice_id: null,
          created_at: expect.any(Number),
          last_seen: null,
        },
      ],
    })
  })

  test('users are found by the address they came from, once that is written down', async () => {
    const [user] = (await register('came-', 1)) as [TestUser]
    await call('GET', '/_matrix/client/v3/account/whoami', undefined, user.accessToken)
    await server.restart()
    expect(await find({ search: 'came-', ip: '127.0.0.1' })).toEqual([user.userId])
    expect(await find({ search: 'came-', ip: '10.0.0.1' })).toEqual([])
  })

  test.each(['user_id', 'last_seen', 'created'])('pages in the order of %s have everybody once, in both directions', async (order_by) => {
    if ((await find({ search: 'paged-' })).length === 0) await register('paged-', 5)
    const pages = async (dir: string) => {
      const seen: string[] = []
      for (let from: string | undefined; ; ) {
        const query = { search: 'paged-', order_by, dir, limit: '2', ...(from === undefined ? {} : { from }) }
        const { body } = await call('GET', `${GLIA}/users?${new URLSearchParams(query)}`)
        seen.push(...body.users.map(({ user_id }: { user_id: string }) => user_id))
        from = body.next_token
        if (from === undefined) return seen
      }
    }
    const forwards = await pages('f')
    expect([...forwards].sort()).toEqual(Array.from({ length: 5 }, (_, index) => `@paged-${index}:glia.test`))
    expect(await pages('b')).toEqual([...forwards].reverse())
  })

  test('a dry run tells whom it would act on, and changes nothing', async () => {
    await register('dry-', 3)
    const helper = await server.register('dry-helper')
    await call('PUT', `${GLIA}/users/${helper.userId}/role`, { role: 'support' })
    const { body } = await call('POST', `${GLIA}/bulk/users`, { action: 'lock', select: { search: 'dry-' }, dry_run: true })
    const users = ['@dry-0:glia.test', '@dry-1:glia.test', '@dry-2:glia.test']
    expect(body).toEqual({ would: { act_on: 3, skip: 1, examples: users } })
    expect(await find({ search: 'dry-', locked: 'true' })).toEqual([])
    const all = { action: 'lock', select: { search: 'dry-' }, include_admins: true, dry_run: true }
    expect((await call('POST', `${GLIA}/bulk/users`, all)).body.would).toMatchObject({ act_on: 4, skip: 0 })
  })

  test('locks those it selects, spares admins and helpers, and writes down each', async () => {
    const users = await register('lock-', 3)
    const helper = await server.register('lock-helper')
    await call('PUT', `${GLIA}/users/${helper.userId}/role`, { role: 'support' })
    const job = await start({ action: 'lock', select: { search: 'lock-' }, per_second: 1000 })
    expect(await ended(job.job_id)).toMatchObject({
      state: 'complete',
      action: 'lock',
      created_by: admin.userId,
      done: 3,
      skipped: 1,
      failed: 0,
    })
    expect(await find({ search: 'lock-', locked: 'true' })).toEqual(users.map(({ userId }) => userId))
    const locked = await call('GET', '/_matrix/client/v3/account/whoami', undefined, users[0]!.accessToken)
    expect(locked.body.errcode).toBe('M_USER_LOCKED')
    expect(await results(job.job_id, 'outcome=skipped')).toEqual([
      { user_id: helper.userId, outcome: 'skipped', error: null, at: expect.any(Number) },
    ])
    const log = await call('GET', `${GLIA}/audit_log?target=${users[1]!.userId}&limit=1`)
    expect(log.body.records[0]).toMatchObject({
      operation: 'bulk.users.lock',
      actor: { user_id: admin.userId },
      request: { job_id: job.job_id },
      outcome: 'done',
    })
  })

  test.each([
    ['suspend', { suspended: true }],
    ['shadow_ban', { shadow_banned: true }],
    ['deactivate', { deactivated: true, erased: false }],
    ['erase', { deactivated: true, erased: true }],
    ['log_out', { locked: false }],
  ])('can %s users', async (action, expected) => {
    const [user] = (await register(`can-${action.replace('_', '-')}-`, 1)) as [TestUser]
    const job = await start({ action, user_ids: [user.userId], per_second: 1000 })
    expect(await ended(job.job_id)).toMatchObject({ state: 'complete', done: 1 })
    const { body } = await call('GET', `${GLIA}/users?search=${user.localpart}`)
    expect(body.users[0]).toMatchObject(expected)
    const isOut = ['deactivate', 'erase', 'log_out'].includes(action)
    const whoami = await call('GET', '/_matrix/client/v3/account/whoami', undefined, user.accessToken)
    expect(whoami.status).toBe(isOut ? 401 : 200)
  })

  test('undoes what it did', async () => {
    const [user] = (await register('undo-', 1)) as [TestUser]
    for (const action of ['lock', 'unlock', 'suspend', 'unsuspend', 'shadow_ban', 'unshadow_ban']) {
      await ended((await start({ action, user_ids: [user.userId], per_second: 1000 })).job_id)
    }
    const { body } = await call('GET', `${GLIA}/users?search=undo-`)
    expect(body.users[0]).toMatchObject({ locked: false, suspended: false, shadow_banned: false })
  })

  test('is paused, goes on after a restart where it was, and ends', async () => {
    await register('slow-', 6)
    const { job_id } = await start({ action: 'suspend', select: { search: 'slow-' }, per_second: 1 })
    await expect.poll(async () => (await results(job_id)).length, { timeout: 20_000 }).toBeGreaterThan(0)
    expect((await call('PUT', `${GLIA}/bulk/${job_id}/state`, { state: 'paused' })).body.state).toBe('paused')
    await server.restart()
    const paused = (await call('GET', `${GLIA}/bulk/${job_id}`)).body
    expect(paused).toMatchObject({ state: 'paused', done: (await results(job_id)).length })
    expect(paused.done).toBeLessThan(6)
    await call('PUT', `${GLIA}/bulk/${job_id}/state`, { state: 'running' })
    await server.restart()
    expect(await ended(job_id)).toMatchObject({ state: 'complete', done: 6 })
    expect((await find({ search: 'slow-', suspended: 'true' })).length).toBe(6)
  })

  test('is cancelled, and what is over cannot go on', async () => {
    await register('stop-', 4)
    const { job_id } = await start({ action: 'lock', select: { search: 'stop-' }, per_second: 1 })
    await expect.poll(async () => (await results(job_id)).length, { timeout: 20_000 }).toBeGreaterThan(0)
    await call('PUT', `${GLIA}/bulk/${job_id}/state`, { state: 'cancelled' })
    expect((await call('GET', `${GLIA}/bulk/${job_id}`)).body.state).toBe('cancelled')
    expect((await call('PUT', `${GLIA}/bulk/${job_id}/state`, { state: 'running' })).body.errcode).toBe('M_INVALID_PARAM')
    const { body } = await call('GET', `${GLIA}/bulk?limit=1`)
    expect(body).toMatchObject({ jobs: [{ job_id, state: 'cancelled' }], next_token: job_id })
  })

  test.each([
    [{ action: 'lock' }, 'M_MISSING_PARAM'],
    [{ action: 'lock', select: {} }, 'M_INVALID_PARAM'],
    [{ action: 'dance', user_ids: [] }, 'M_BAD_JSON'],
    [{ action: 'lock', user_ids: ['bob'] }, 'M_INVALID_PARAM'],
    [{ action: 'lock', select: { search: '\0' } }, 'M_INVALID_PARAM'],
    [{ action: 'lock', user_ids: ['@a:glia.test'], per_second: 0 }, 'M_BAD_JSON'],
  ])('refuses %o', async (body, errcode) => {
    expect((await call('POST', `${GLIA}/bulk/users`, body)).body.errcode).toBe(errcode)
  })

  test('refuses tokens of pages that are none, and jobs that are none', async () => {
    for (const from of ['x', Buffer.from('[1]').toString('base64url'), Buffer.from('["\\u0000"]').toString('base64url')]) {
      expect((await call('GET', `${GLIA}/users?from=${from}`)).body.errcode).toBe('M_INVALID_PARAM')
    }
    expect((await call('GET', `${GLIA}/bulk/none`)).body.errcode).toBe('M_NOT_FOUND')
    expect((await call('GET', `${GLIA}/bulk/none/results`)).body.errcode).toBe('M_NOT_FOUND')
  })
})
