import { createClient, type FollowOptions, followStream } from '@glia/client'
import type { StreamEvent } from '@glia/contract'
import { systemClock, systemRandom } from '@glia/platform'
import { openConfig, runServer } from '@glia/server'
import { onBothDatabases } from '@glia/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const GLIA = '/_glia/admin/v1'
const CLIENT = '/_matrix/client/v3'

/** Someone who listens, and what was heard. */
class Listener {
  readonly #events: AsyncGenerator<StreamEvent>
  readonly #abort = new AbortController()
  readonly opened: Promise<void>
  lastId: string | undefined

  constructor(url: string, token: string, options: FollowOptions = {}) {
    const opened = Promise.withResolvers<void>()
    this.opened = opened.promise
    const client = createClient({ baseUrl: url, token })
    this.#events = followStream(client, { ...options, signal: this.#abort.signal, onOpen: opened.resolve })
  }

  /** The next event; the first call opens the stream. */
  async next(): Promise<StreamEvent | undefined> {
    const { value } = await this.#events.next()
    this.lastId = value?.id
    return value
  }

  // biome-ignore lint/suspicious/noExplicitAny: data of every type
  async nextOf(type: string, isIt: (data: any) => boolean = () => true): Promise<any> {
    for (;;) {
      const event = await this.next()
      if (event === undefined) throw new Error('the stream is over')
      if (event.type === type && isIt(event.data)) return event.data
    }
  }

  /** Begins to listen. @returns when the server hears it */
  async listening(act: () => Promise<unknown>): Promise<StreamEvent | undefined> {
    const next = this.next()
    await Promise.race([this.opened, next])
    await act()
    return next
  }

  end(): void {
    this.#abort.abort()
  }
}

onBothDatabases('the stream for admins', (dialect) => {
  let server: TestServer
  let admin: TestUser
  const listeners: Listener[] = []
  beforeAll(async () => {
    server = await startTestServer({ dialect })
    admin = await server.register('admin', { admin: true })
  })
  afterEach(() => {
    for (const listener of listeners.splice(0)) listener.end()
  })
  afterAll(() => server.remove())

  const call = (method: string, path: string, body?: unknown, token = admin.accessToken) =>
    server.api(method, path, { token, ...(body === undefined ? {} : { body }) })
  const listen = (options: FollowOptions = {}, token = admin.accessToken, url = server.url) => {
    const listener = new Listener(url, token, options)
    listeners.push(listener)
    return listener
  }
  const suspend = (user: TestUser, isSuspended = true) => call('PUT', `/_synapse/admin/v1/suspend/${user.userId}`, { suspend: isSuspended })
  const report = (reporter: TestUser, target: TestUser, reason: string) =>
    call('POST', `${CLIENT}/users/${target.userId}/report`, { reason }, reporter.accessToken)
  const helper = async (name: string, role: string) => {
    const user = await server.register(name)
    await call('PUT', `${GLIA}/users/${user.userId}/role`, { role })
    return user
  }

  test('is a stream of server-sent events that no proxy keeps or changes', async () => {
    const abort = new AbortController()
    const { status, headers, body } = await fetch(`${server.url}${GLIA}/stream`, {
      headers: { authorization: `Bearer ${admin.accessToken}` },
      signal: abort.signal,
    })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/event-stream')
    expect(headers.get('cache-control')).toBe('no-store, no-transform')
    expect(headers.get('x-accel-buffering')).toBe('no')
    const reader = body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toMatch(/^retry: \d+\nid: n\w+\n\n$/)
    abort.abort()
  })

  test('tells of an audit record as the log has it', async () => {
    const user = await server.register('audited')
    const listener = listen({ types: ['audit'] })
    const heard = await listener.listening(() => suspend(user))
    const log = await call('GET', `${GLIA}/audit_log?target=${user.userId}&operation=admin.users.suspend`)
    expect(heard).toMatchObject({ type: 'audit', data: { operation: 'admin.users.suspend', outcome: 'done', after: { suspended: true } } })
    expect(heard!.data).toEqual(log.body.records[0])
  })

  test('tells of registrations, reports, tasks and bulk jobs', async () => {
    const [ann, ben] = [await server.register('ann'), await server.register('ben')]
    const listener = listen({ types: ['registration', 'report', 'task', 'bulk_job'] })
    const heard = await listener.listening(() => server.register('newcomer'))
    expect(heard).toMatchObject({ type: 'registration', data: { user_id: '@newcomer:glia.test', admin: false, deactivated: false } })
    await report(ann, ben, 'rude')
    const fresh = await listener.nextOf('report')
    expect(fresh).toMatchObject({ kind: 'user', reporter: ann.userId, target_user_id: ben.userId, state: 'new' })
    await call('PUT', `${GLIA}/reports/${fresh.id}`, { state: 'in_progress', assignee: admin.userId })
    expect(await listener.nextOf('report')).toMatchObject({ id: fresh.id, state: 'in_progress', assignee: admin.userId })
    await call('DELETE', `/_synapse/admin/v1/user_reports/${fresh.id}`)
    expect(await listener.nextOf('report_deleted')).toEqual({ id: fresh.id })
    const { job } = (await call('POST', `${GLIA}/bulk/users`, { action: 'lock', user_ids: [ben.userId] })).body
    const done = await listener.nextOf('bulk_job', ({ job_id, state }) => job_id === job.job_id && state === 'complete')
    expect(done).toMatchObject({ action: 'lock', done: 1, failed: 0 })
    expect(await listener.nextOf('task', ({ status }) => status === 'complete')).toMatchObject({
      action: 'bulk_users',
      resource_id: job.job_id,
    })
  })

  test('goes on where the client was, without loss or doubling, also behind a restart', async () => {
    const user = await server.register('resumed')
    const listener = listen({ types: ['audit'] })
    await listener.listening(() => suspend(user, true))
    listener.end()
    const expected = []
    for (let n = 0; n < 130; n++) {
      await suspend(user, n % 2 === 0)
      expected.push(n % 2 === 0)
      if (n === 60) await server.restart()
    }
    const later = listen({ types: ['audit'], from: listener.lastId! })
    const heard: boolean[] = []
    const ids = new Set<string>()
    while (heard.length < expected.length) {
      const data = await later.nextOf('audit')
      heard.push(data.request.body.suspend)
      ids.add(data.id)
    }
    expect(heard).toEqual(expected)
    expect(ids.size).toBe(expected.length)
    const header = await fetch(`${server.url}${GLIA}/stream?types=audit`, {
      headers: { authorization: `Bearer ${admin.accessToken}`, 'last-event-id': later.lastId! },
    })
    const reader = header.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toContain(`id: ${later.lastId}\n`)
    await reader.cancel()
  })

  test('says so when it does not know what happened since', async () => {
    const listener = listen({ types: ['audit'], from: 'nzzzzzz' })
    expect(await listener.next()).toMatchObject({ type: 'gap', data: {} })
  })

  test.each(['types=audit,nonsense', 'types=', 'from=7', 'from=n%00'])('refuses %s', async (query) => {
    expect((await call('GET', `${GLIA}/stream?${query}`)).body.errcode).toBe('M_INVALID_PARAM')
  })

  test('tells helpers only what their role may read', async () => {
    const moderator = await helper('stream-moderator', 'moderator')
    const refused = await call('GET', `${GLIA}/stream?types=audit`, undefined, moderator.accessToken)
    expect([refused.status, refused.body.errcode]).toEqual([403, 'M_FORBIDDEN'])
    const listener = listen({}, moderator.accessToken)
    const user = await server.register('seen-by-helpers')
    const heard = await listener.listening(async () => {
      await suspend(user)
      await server.register('seen-too')
    })
    expect(heard).toMatchObject({ type: 'registration', data: { user_id: '@seen-too:glia.test' } })
  })

  test.each([
    ['the session ends', (user: TestUser) => call('POST', `${CLIENT}/logout`, {}, user.accessToken), 'M_UNKNOWN_TOKEN'],
    ['the role is taken away', (user: TestUser) => call('PUT', `${GLIA}/users/${user.userId}/role`, { role: null }), 'M_FORBIDDEN'],
    [
      'the account is locked',
      (user: TestUser) => call('PUT', `/_matrix/client/v1/admin/lock/${user.userId}`, { locked: true }),
      'M_USER_LOCKED',
    ],
  ])('ends when %s', async (what, act, errcode) => {
    const user = await helper(`ended-${what.replaceAll(' ', '-')}`, 'read_only')
    const listener = listen({ types: ['report'] }, user.accessToken)
    await expect(listener.listening(() => act(user))).rejects.toMatchObject({ code: errcode })
  })

  test('gives a user ten streams at most', async () => {
    const reader = await helper('many-streams', 'read_only')
    const open = () => fetch(`${server.url}${GLIA}/stream`, { headers: { authorization: `Bearer ${reader.accessToken}` } })
    const streams = await Promise.all(Array.from({ length: 10 }, open))
    expect(streams.map(({ status }) => status)).toEqual(Array(10).fill(200))
    const refused = await open()
    expect([refused.status, ((await refused.json()) as { errcode: string }).errcode]).toEqual([429, 'M_LIMIT_EXCEEDED'])
    await streams[0]!.body!.cancel()
    await expect
      .poll(async () => {
        const again = await open()
        await again.body!.cancel()
        return again.status
      })
      .toBe(200)
    for (const { body } of streams.slice(1)) await body!.cancel()
  })

  if (dialect === 'postgres') {
    test('hears what another process did, and goes on at another process', async () => {
      const cli = { dataDir: server.dataDir, config: [`${server.dataDir}/test.yaml`] }
      const { config } = await openConfig({ cli: { ...cli, port: 0 }, env: server.env, random: systemRandom })
      const second = await runServer({ config, clock: systemClock, random: systemRandom })
      try {
        const listener = listen({ types: ['registration'] }, admin.accessToken, second.url)
        const heard = await listener.listening(() => server.register('elsewhere'))
        expect(heard).toMatchObject({ data: { user_id: '@elsewhere:glia.test' } })
        await server.register('elsewhere-too')
        const other = listen({ types: ['registration'], from: listener.lastId! })
        expect(await other.next()).toMatchObject({ data: { user_id: '@elsewhere-too:glia.test' } })
      } finally {
        for (const listener of listeners.splice(0)) listener.end()
        await second.stop()
      }
    })
  }
})
