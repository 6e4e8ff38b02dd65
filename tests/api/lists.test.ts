import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FakeClock, onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const LISTS = '/_glia/admin/v1/lists'
const CLIENT = '/_matrix/client/v3'
const segment = encodeURIComponent

onBothDatabases('lists of what is kept out', (dialect) => {
  let server: TestServer
  let clock: FakeClock
  let admin: TestUser
  let mod: TestUser
  let ann: TestUser
  beforeAll(async () => {
    clock = new FakeClock(Date.now())
    server = await startTestServer({
      dialect,
      clock,
      config: { url_preview_enabled: true, url_preview_ip_range_blacklist: ['10.0.0.0/8'], url_preview_accept_language: ['en'] },
    })
    admin = await server.register('admin', { admin: true })
    mod = await server.register('mod')
    ann = await server.register('ann')
    await call('PUT', `/_glia/admin/v1/users/${mod.userId}/role`, { role: 'moderator' })
  })
  afterAll(() => server.remove())

  const call = (method: string, path: string, body?: unknown, user = admin) =>
    server.api(method, path, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const put = (list: string, item: string, body: object = {}, user = admin) => call('PUT', `${LISTS}/${list}/${segment(item)}`, body, user)
  const remove = (list: string, item: string, user = admin) => call('DELETE', `${LISTS}/${list}/${segment(item)}`, undefined, user)
  const code = ({ status, body }: { status: number; body: { errcode?: string } }) => [status, body.errcode]
  const newRoom = async () => (await call('POST', `${CLIENT}/createRoom`, { preset: 'public_chat' }, ann)).body.room_id as string
  const join = (roomId: string, user = mod) => call('POST', `${CLIENT}/join/${segment(roomId)}`, {}, user)
  const upload = (text: string) =>
    server.api('POST', '/_matrix/media/v3/upload', { token: ann.accessToken, raw: text, headers: { 'content-type': 'text/plain' } })
  const register = (username: string) =>
    server.api('POST', `${CLIENT}/register`, { body: { username, password: 'a long password', auth: { type: 'm.login.dummy' } } })

  test('an entry has a reason, an end, who and when, and ends with its time', async () => {
    const roomId = await newRoom()
    const expires_at = clock.nowMs() + 60_000
    const { body } = await put('rooms', roomId, { reason: 'spam', expires_at }, mod)
    expect(body).toEqual({ item: roomId, reason: 'spam', added_by: mod.userId, added_at: clock.nowMs(), expires_at })
    expect((await call('GET', `${LISTS}/rooms?search=${segment(roomId)}`)).body.entries).toEqual([body])
    expect(code(await join(roomId))).toEqual([403, 'M_UNKNOWN'])
    const block = `/_synapse/admin/v1/rooms/${segment(roomId)}/block`
    expect((await call('GET', block)).body).toEqual({ block: true, user_id: mod.userId })
    clock.advance(60_000)
    expect((await call('GET', block)).body).toEqual({ block: false })
    expect((await call('GET', `${LISTS}/rooms?search=${segment(roomId)}`)).body.entries).toEqual([])
    expect((await join(roomId)).status).toBe(200)
    expect(code(await remove('rooms', roomId))).toEqual([404, 'M_NOT_FOUND'])
  })

  test('rooms are those of the block endpoint, both ways', async () => {
    const roomId = await newRoom()
    const block = `/_synapse/admin/v1/rooms/${segment(roomId)}/block`
    await call('PUT', block, { block: true })
    const { body } = await call('GET', `${LISTS}/rooms?search=${segment(roomId)}`)
    expect(body.entries).toEqual([{ item: roomId, reason: null, added_by: admin.userId, added_at: clock.nowMs(), expires_at: null }])
    expect((await remove('rooms', roomId)).body).toEqual({})
    expect((await call('GET', block)).body).toEqual({ block: false })
    expect((await join(roomId)).status).toBe(200)
  })

  test('content is neither taken nor given out', async () => {
    const text = `bad content on ${dialect}`
    const mediaId = (await upload(text)).body.content_uri.split('/').pop()
    const sha256 = createHash('sha256').update(text).digest('hex')
    const download = () => call('GET', `/_matrix/client/v1/media/download/glia.test/${mediaId}`, undefined, ann)
    expect((await download()).status).toBe(200)
    expect((await put('media', sha256.toUpperCase(), {}, mod)).body.item).toBe(sha256)
    expect(code(await upload(text))).toEqual([403, 'M_FORBIDDEN'])
    expect(code(await download())).toEqual([404, 'M_NOT_FOUND'])
    expect((await upload(`${text}!`)).status).toBe(200)
    // it outlives the files
    await call('DELETE', `/_synapse/admin/v1/media/glia.test/${mediaId}`)
    expect(code(await upload(text))).toEqual([403, 'M_FORBIDDEN'])
    await remove('media', sha256)
    expect((await upload(text)).status).toBe(200)
  })

  test('nothing is asked of a blocked server, and its rooms are not joined', async () => {
    const asked: string[] = []
    const page = createServer((request, response) => {
      asked.push(request.url!)
      response.setHeader('content-type', 'text/html')
      response.end('<html><head><title>Hello</title></head></html>')
    })
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
    const { port } = page.address() as AddressInfo
    const preview = (path: string) =>
      call('GET', `/_matrix/client/v1/media/preview_url?url=${segment(`http://127.0.0.1:${port}/${path}`)}`, undefined, ann)
    await put('servers', '127.0.0.1')
    expect((await preview('blocked')).status).not.toBe(200)
    expect(asked).toEqual([])
    await remove('servers', '127.0.0.1')
    expect((await preview('free')).body['og:title']).toBe('Hello')
    page.close()
    await put('servers', '*.evil.test')
    expect((await join('!r:rooms.evil.test')).body).toMatchObject({ errcode: 'M_FORBIDDEN', error: expect.stringContaining('blocked') })
    expect((await join('!r:evil.test')).body.error).not.toContain('blocked')
  })

  test('reserved names are not registered, but by admins', async () => {
    await put('usernames', 'Support*')
    for (const name of ['support', 'support-team']) {
      expect(code(await register(name))).toEqual([400, 'M_EXCLUSIVE'])
      expect(code(await server.api('GET', `${CLIENT}/register/available?username=${name}`))).toEqual([400, 'M_EXCLUSIVE'])
    }
    const form = await server.api('GET', `/_synapse/admin/v1/username_available?username=support`, { token: admin.accessToken })
    expect(form.body.errcode).toBe('M_EXCLUSIVE')
    expect((await register('unsupported')).status).toBe(200)
    expect((await call('PUT', '/_synapse/admin/v2/users/@support:glia.test', { password: 'a long password' })).status).toBe(201)
    expect((await server.register('support-secret')).userId).toBe('@support-secret:glia.test')
  })

  test('lists go page by page, each entry once', async () => {
    const items = Array.from({ length: 5 }, (_, n) => `page-${n}.test`)
    for (const item of items) await put('servers', item)
    const seen: string[] = []
    for (let from = ''; ; ) {
      const { body } = await call('GET', `${LISTS}/servers?search=PAGE-&limit=2${from && `&from=${segment(from)}`}`)
      seen.push(...body.entries.map(({ item }: { item: string }) => item))
      from = body.next_token
      if (from === undefined) break
    }
    expect(seen).toEqual(items)
  })

  test('changes are in the audit log', async () => {
    await put('usernames', 'audited', { reason: 'ours' })
    const { body } = await call('GET', '/_glia/admin/v1/audit_log?operation=glia.lists.&target=audited')
    expect(body.records[0]).toMatchObject({
      operation: 'glia.lists.usernames_put',
      actor: { user_id: admin.userId },
      target: { kind: 'username', id: 'audited' },
      request: { body: { reason: 'ours' } },
    })
  })

  test.each([
    ['usernames', 'x'],
    ['servers', 'x.test'],
  ])('moderators do not change %s', async (list, item) => {
    expect(code(await put(list, item, {}, mod))).toEqual([403, 'M_FORBIDDEN'])
    expect(code(await remove(list, item, mod))).toEqual([403, 'M_FORBIDDEN'])
    expect((await call('GET', `${LISTS}/${list}`, undefined, mod)).status).toBe(200)
  })

  test.each([
    ['rooms', 'x', {}],
    ['media', 'abc', {}],
    ['servers', 'not a server', {}],
    ['servers', '*', {}],
    ['usernames', '@x:glia.test', {}],
    ['usernames', 'x', { expires_at: 1 }],
    ['usernames', 'x', { reason: 'a\0b' }],
  ])('refuses %s %s %o', async (list, item, body) => {
    expect((await put(list, item, body)).body.errcode).toBe('M_INVALID_PARAM')
  })
})
