import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { onBothDatabases } from '@glia/testing'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const LIMIT = 200_000

/** Every file in the media folder, thumbnails left out. */
function filesOf(server: TestServer, folder = ''): string[] {
  const files = readdirSync(join(server.dataDir, 'media_store', folder), { recursive: true, withFileTypes: true })
  return files.filter((entry) => entry.isFile() && !entry.parentPath.includes('thumbnails')).map(({ name }) => name)
}

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

function image(width: number, height: number, options: { alpha?: boolean; seed?: number } = {}): Promise<Buffer> {
  const background = { r: options.seed ?? 200, g: 30, b: 30, alpha: options.alpha ? 0.5 : 1 }
  const picture = sharp({ create: { width, height, channels: options.alpha ? 4 : 3, background } })
  return (options.alpha ? picture.png() : picture.jpeg()).toBuffer()
}

onBothDatabases('media', (dialect) => {
  let server: TestServer
  let admin: TestUser
  let alice: TestUser
  let bob: TestUser

  beforeAll(async () => {
    server = await startTestServer({
      dialect,
      config: { max_upload_size: LIMIT, max_image_pixels: 1_000_000, max_pending_media_uploads: 3 },
    })
    admin = await server.register('admin', { admin: true })
    alice = await server.register('alice')
    bob = await server.register('bob')
  })
  afterAll(() => server.remove())

  async function upload(content: string | Uint8Array, options: { type?: string; name?: string; as?: TestUser } = {}): Promise<string> {
    const query = options.name === undefined ? '' : `?filename=${encodeURIComponent(options.name)}`
    const answer = await server.api('POST', `/_matrix/media/v3/upload${query}`, {
      token: (options.as ?? alice).accessToken,
      raw: content,
      headers: { 'content-type': options.type ?? 'text/plain' },
    })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.content_uri.slice(`mxc://${server.serverName}/`.length)
  }

  const download = (mediaId: string, options: { rest?: string; token?: string; headers?: Record<string, string> } = {}) =>
    fetch(`${server.url}/_matrix/client/v1/media/download/${server.serverName}/${mediaId}${options.rest ?? ''}`, {
      headers: { authorization: `Bearer ${options.token ?? bob.accessToken}`, ...options.headers },
    })
  const thumbnail = (mediaId: string, query: string) =>
    fetch(`${server.url}/_matrix/client/v1/media/thumbnail/${server.serverName}/${mediaId}?${query}`, {
      headers: { authorization: `Bearer ${bob.accessToken}` },
    })
  const asAdmin = (method: string, path: string, body?: unknown) =>
    server.api(method, `/_synapse/admin${path}`, { token: admin.accessToken, ...(body === undefined ? {} : { body }) })
  const infoOf = async (mediaId: string) => (await asAdmin('GET', `/v1/media/${server.serverName}/${mediaId}`)).body.media_info

  describe('upload and download', () => {
    it('gives back the bytes with their type and name, sandboxed', async () => {
      const mediaId = await upload('Hello', { name: 'hello.txt' })
      const answer = await download(mediaId)
      expect(answer.status).toBe(200)
      expect(await answer.text()).toBe('Hello')
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'text/plain; charset=UTF-8',
        'content-length': '5',
        'content-disposition': 'inline; filename=hello.txt',
        'content-security-policy': expect.stringMatching(/^sandbox; default-src 'none'; script-src 'none';/),
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        'access-control-allow-origin': '*',
        etag: `"${sha256('Hello')}"`,
      })
    })

    it('shows no page and no SVG in the browser', async () => {
      for (const type of ['text/html', 'image/svg+xml', 'application/xhtml+xml']) {
        const answer = await download(await upload('<script>alert(1)</script>', { type, name: 'x' }))
        expect(answer.headers.get('content-disposition')).toBe('attachment; filename=x')
      }
    })

    it('names the file as the path says, in any language', async () => {
      const mediaId = await upload('x', { name: 'a "quoted" näme.txt' })
      expect((await download(mediaId)).headers.get('content-disposition')).toBe("inline; filename*=utf-8''a%20%22quoted%22%20n%C3%A4me.txt")
      expect((await download(mediaId, { rest: '/other.txt' })).headers.get('content-disposition')).toBe('inline; filename=other.txt')
    })

    it('takes an empty file', async () => {
      const answer = await download(await upload(''))
      expect([answer.status, await answer.text(), answer.headers.get('content-length')]).toEqual([200, '', '0'])
    })

    it('answers an unchanged file with 304 and a range with 206', async () => {
      const mediaId = await upload('0123456789')
      const etag = `"${sha256('0123456789')}"`
      expect((await download(mediaId, { headers: { 'if-none-match': etag } })).status).toBe(304)
      const part = await download(mediaId, { headers: { range: 'bytes=2-4' } })
      expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10'])
      const tail = await download(mediaId, { headers: { range: 'bytes=-3' } })
      expect([tail.status, await tail.text()]).toEqual([206, '789'])
      expect((await download(mediaId, { headers: { range: 'bytes=10-' } })).status).toBe(416)
    })

    it('does not know other ids and other servers', async () => {
      for (const path of ['glia.test/unknown', 'other.test/unknown', 'glia.test/..%2F..%2Fglia.yaml']) {
        const answer = await server.api('GET', `/_matrix/client/v1/media/download/${path}`, { token: bob.accessToken })
        expect([answer.status, answer.body.errcode]).toEqual([404, 'M_NOT_FOUND'])
      }
    })

    it('keeps new media from the open addresses', async () => {
      const mediaId = await upload(await image(40, 40), { type: 'image/png' })
      for (const version of ['v3', 'r0', 'v1']) {
        const media = `${server.serverName}/${mediaId}`
        for (const path of [`download/${media}`, `download/${media}/x.txt`, `thumbnail/${media}?width=32&height=32`]) {
          const answer = await server.api('GET', `/_matrix/media/${version}/${path}`)
          expect([answer.status, answer.body.errcode]).toEqual([404, 'M_NOT_FOUND'])
        }
      }
    })

    it('wants a token for uploads and for authenticated downloads', async () => {
      const mediaId = await upload('x')
      expect((await server.api('POST', '/_matrix/media/v3/upload', { raw: 'x' })).body.errcode).toBe('M_MISSING_TOKEN')
      expect((await server.api('GET', `/_matrix/client/v1/media/download/${server.serverName}/${mediaId}`)).status).toBe(401)
    })

    it('tells the limit', async () => {
      for (const path of ['/_matrix/client/v1/media/config', '/_matrix/media/v3/config', '/_matrix/media/r0/config'])
        expect((await server.api('GET', path, { token: alice.accessToken })).body).toEqual({ 'm.upload.size': LIMIT })
    })

    it('keeps equal content once', async () => {
      const content = 'the same bytes twice'
      const [one, two] = await Promise.all([upload(content), upload(content, { as: bob })])
      expect(one).not.toBe(two)
      expect(filesOf(server).filter((name) => name.startsWith(sha256(content)))).toHaveLength(1)
      await asAdmin('DELETE', `/v1/media/${server.serverName}/${one}`)
      expect(await (await download(two)).text()).toBe(content)
      await asAdmin('DELETE', `/v1/media/${server.serverName}/${two}`)
      expect(filesOf(server).filter((name) => name.startsWith(sha256(content)))).toHaveLength(0)
    })
  })

  describe('the limit', () => {
    it('refuses a length over the limit, and one that turns out to be', async () => {
      const before = filesOf(server).length
      const announced = await server.api('POST', '/_matrix/media/v3/upload', { token: alice.accessToken, raw: Buffer.alloc(LIMIT + 1) })
      expect([announced.status, announced.body.errcode]).toEqual([413, 'M_TOO_LARGE'])
      const streamed = await streamUpload(server, alice, LIMIT * 3)
      expect([streamed.status, streamed.body.errcode]).toEqual([413, 'M_TOO_LARGE'])
      expect(filesOf(server)).toHaveLength(before)
      await upload(Buffer.alloc(LIMIT, 1))
    })

    it('keeps nothing of an upload that was cut off', async () => {
      const before = filesOf(server).length
      await cutOffUpload(server, alice)
      await expect.poll(() => filesOf(server).length).toBe(before)
    })
  })

  describe('reserved ids', () => {
    const reserve = async (as = alice) => {
      const answer = await server.api('POST', '/_matrix/media/v1/create', { token: as.accessToken })
      expect(answer.status).toBe(200)
      return answer.body.content_uri.split('/').at(-1) as string
    }
    const put = (mediaId: string, content: string, as = alice) =>
      server.api('PUT', `/_matrix/media/v3/upload/${server.serverName}/${mediaId}?filename=later.txt`, {
        token: as.accessToken,
        raw: content,
        headers: { 'content-type': 'text/plain' },
      })

    it('takes the content once, from its owner', async () => {
      const mediaId = await reserve()
      expect(await infoOf(mediaId)).toMatchObject({ media_length: null, sha256: null })
      expect((await put(mediaId, 'x', bob)).body.errcode).toBe('M_FORBIDDEN')
      expect((await put('unknown', 'x')).body.errcode).toBe('M_NOT_FOUND')
      expect((await put(mediaId, 'the content')).status).toBe(200)
      const again = await put(mediaId, 'another')
      expect([again.status, again.body.errcode]).toEqual([409, 'M_CANNOT_OVERWRITE_MEDIA'])
      expect(await (await download(mediaId)).text()).toBe('the content')
    })

    it('lets a download wait for the content', async () => {
      const mediaId = await reserve()
      const early = await download(mediaId, { rest: '?timeout_ms=0' })
      expect([early.status, (await early.json()).errcode]).toEqual([504, 'M_NOT_YET_UPLOADED'])
      const waiting = download(mediaId)
      await put(mediaId, 'at last')
      expect(await (await waiting).text()).toBe('at last')
    })

    it('may not be hoarded', async () => {
      for (let count = 0; count < 3; count++) await reserve(bob)
      const refused = await server.api('POST', '/_matrix/media/v1/create', { token: bob.accessToken })
      expect([refused.status, refused.body.errcode]).toEqual([429, 'M_LIMIT_EXCEEDED'])
    })
  })

  describe('thumbnails', () => {
    const sizeOf = async (answer: Response) => {
      const { width, height, format } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata()
      return [width, height, format]
    }

    it('are the smallest configured size that is large enough', async () => {
      const mediaId = await upload(await image(1000, 500), { type: 'image/jpeg' })
      const sizes = { 'width=20&height=20&method=crop': [32, 32, 'jpeg'], 'width=33&height=10&method=crop': [96, 96, 'jpeg'] }
      for (const [query, expected] of Object.entries(sizes)) expect(await sizeOf(await thumbnail(mediaId, query))).toEqual(expected)
      expect(await sizeOf(await thumbnail(mediaId, 'width=300&height=200'))).toEqual([320, 160, 'jpeg'])
      expect(await sizeOf(await thumbnail(mediaId, 'width=5000&height=5000&method=scale'))).toEqual([800, 400, 'jpeg'])
    })

    it('are given again from where they are kept', async () => {
      const mediaId = await upload(await image(900, 900, { seed: 7 }), { type: 'image/jpeg' })
      const first = Buffer.from(await (await thumbnail(mediaId, 'width=96&height=96&method=crop')).arrayBuffer())
      const second = Buffer.from(await (await thumbnail(mediaId, 'width=96&height=96&method=crop')).arrayBuffer())
      expect(second.equals(first)).toBe(true)
      const { sha256: hash } = await infoOf(mediaId)
      const folder = join(server.dataDir, 'media_store', 'thumbnails', hash.slice(0, 2), hash.slice(2, 4))
      expect(readdirSync(folder, { recursive: true })).toContainEqual(expect.stringMatching(/96x96-crop\.jpg$/))
      await asAdmin('DELETE', `/v1/media/${server.serverName}/${mediaId}`)
      expect(readdirSync(folder).filter((name) => name.startsWith(hash))).toEqual([])
    })

    it('never enlarge, keep transparency and follow the orientation', async () => {
      const small = await image(20, 10)
      const original = await thumbnail(await upload(small, { type: 'image/jpeg' }), 'width=640&height=480')
      expect(Buffer.from(await original.arrayBuffer()).equals(small)).toBe(true)
      const seeThrough = await thumbnail(await upload(await image(900, 900, { alpha: true }), { type: 'image/png' }), 'width=32&height=32')
      expect([seeThrough.headers.get('content-type'), await sizeOf(seeThrough)]).toEqual(['image/png', [240, 240, 'png']])
      const turned = await sharp(await image(1000, 500))
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toBuffer()
      expect(await sizeOf(await thumbnail(await upload(turned, { type: 'image/jpeg' }), 'width=320&height=240'))).toEqual([
        120,
        240,
        'jpeg',
      ])
    })

    it('refuse what is not an image, what is too large and sizes that are none', async () => {
      const text = await upload('no image', { type: 'image/png' })
      const refusals: [string, string, number, string][] = [
        [text, 'width=32&height=32', 400, 'M_UNKNOWN'],
        [await upload('<svg xmlns="http://www.w3.org/2000/svg"/>', { type: 'image/svg+xml' }), 'width=32&height=32', 400, 'M_UNKNOWN'],
        [await upload(await image(1001, 1000), { type: 'image/jpeg' }), 'width=32&height=32', 413, 'M_TOO_LARGE'],
        [text, 'width=0&height=32', 400, 'M_INVALID_PARAM'],
        [text, 'width=x&height=32', 400, 'M_INVALID_PARAM'],
        [text, 'width=32', 400, 'M_MISSING_PARAM'],
        ['unknown', 'width=32&height=32', 404, 'M_NOT_FOUND'],
      ]
      for (const [mediaId, query, status, errcode] of refusals) {
        const answer = await thumbnail(mediaId, query)
        expect([query, answer.status, (await answer.json()).errcode]).toEqual([query, status, errcode])
      }
    })

    it('refuse a damaged image', async () => {
      const whole = await image(900, 900, { seed: 9 })
      const mediaId = await upload(whole.subarray(0, whole.length / 2), { type: 'image/jpeg' })
      const answer = await thumbnail(mediaId, 'width=32&height=32')
      expect([answer.status, (await answer.json()).errcode]).toEqual([400, 'M_UNKNOWN'])
    })
  })

  describe('quarantine', () => {
    it('hides all files with the content, also those that come later, and lets go of them together', async () => {
      const content = `bad content ${dialect}`
      const one = await upload(content)
      const two = await upload(content, { as: bob })
      expect((await asAdmin('POST', `/v1/media/quarantine/${server.serverName}/${one}`, {})).body).toEqual({})
      const later = await upload(content, { as: bob })
      for (const mediaId of [one, two, later]) expect((await download(mediaId)).status).toBe(404)
      expect(await infoOf(one)).toMatchObject({ quarantined_by: admin.userId })
      expect(await infoOf(later)).toMatchObject({ quarantined_by: 'system' })
      await asAdmin('POST', `/v1/media/unquarantine/${server.serverName}/${two}`)
      for (const mediaId of [one, two, later]) expect((await download(mediaId)).status).toBe(200)
    })

    it('lets only admins look', async () => {
      const mediaId = await upload('for the eyes of admins')
      await asAdmin('POST', `/v1/media/quarantine/${server.serverName}/${mediaId}`)
      const rest = '?admin_unsafely_bypass_quarantine=true'
      expect((await download(mediaId, { rest, token: admin.accessToken })).status).toBe(200)
      const refused = await download(mediaId, { rest })
      expect([refused.status, await refused.json()]).toEqual([
        400,
        { errcode: 'M_UNKNOWN', error: 'Must be a server admin to bypass quarantine' },
      ])
    })

    it('passes over what is protected', async () => {
      const carol = await server.register('carol')
      const kept = await upload('protected', { as: carol })
      const hidden = await upload('not protected', { as: carol })
      expect((await asAdmin('POST', `/v1/media/protect/${kept}`)).body).toEqual({})
      expect((await asAdmin('POST', `/v1/user/${carol.userId}/media/quarantine`)).body).toEqual({ num_quarantined: 1 })
      expect([(await download(kept)).status, (await download(hidden)).status]).toEqual([200, 404])
      await asAdmin('POST', `/v1/media/unprotect/${kept}`)
      expect((await asAdmin('POST', `/v1/user/${carol.userId}/media/quarantine`)).body).toEqual({ num_quarantined: 1 })
      expect((await asAdmin('POST', '/v1/media/protect/unknown')).status).toBe(404)
      expect((await asAdmin('POST', '/v1/user/@nobody:other.test/media/quarantine')).body).toEqual({ num_quarantined: 0 })
    })

    it('is told in order', async () => {
      const start = (await asAdmin('GET', '/v1/media/quarantine_changes')).body.next_batch
      const mediaId = await upload('told')
      await asAdmin('POST', `/v1/media/quarantine/${server.serverName}/${mediaId}`)
      await asAdmin('POST', `/v1/media/unquarantine/${server.serverName}/${mediaId}`)
      const { body } = await asAdmin('GET', `/v1/media/quarantine_changes?from=${start}`)
      expect(body.changes).toEqual([
        { origin: server.serverName, media_id: mediaId, quarantined: true },
        { origin: server.serverName, media_id: mediaId, quarantined: false },
      ])
      const beyond = await asAdmin('GET', `/v1/media/quarantine_changes?from=${body.next_batch + 1_000_000}`)
      expect(beyond.body.errcode).toBe('M_INVALID_PARAM')
    })
  })

  describe('administration', () => {
    it('tells all that is known about a file', async () => {
      const mediaId = await upload('known', { name: 'known.txt' })
      expect(await infoOf(mediaId)).toEqual({
        media_origin: null,
        user_id: alice.userId,
        media_id: mediaId,
        media_type: 'text/plain',
        media_length: 5,
        upload_name: 'known.txt',
        created_ts: expect.any(Number),
        filesystem_id: null,
        url_cache: null,
        last_access_ts: null,
        quarantined_by: null,
        authenticated: true,
        safe_from_quarantine: false,
        sha256: sha256('known'),
      })
    })

    it('deletes one file', async () => {
      const mediaId = await upload('to be deleted')
      const path = `/v1/media/${server.serverName}/${mediaId}`
      expect((await asAdmin('DELETE', path)).body).toEqual({ deleted_media: [mediaId], total: 1 })
      expect((await asAdmin('DELETE', path)).body).toEqual({ errcode: 'M_NOT_FOUND', error: 'Unknown media' })
      expect((await asAdmin('GET', path)).body).toEqual({ errcode: 'M_NOT_FOUND', error: 'Unknown media' })
      expect((await download(mediaId)).status).toBe(404)
      expect((await asAdmin('DELETE', '/v1/media/other.test/x')).body).toEqual({
        errcode: 'M_UNKNOWN',
        error: 'Can only delete local media',
      })
    })

    it('pages through the media of a user in every order, ties by id in its direction', async () => {
      const dave = await server.register('dave')
      const ids: string[] = []
      for (let index = 0; index < 7; index++)
        ids.push(await upload(`file ${index % 2}`, { as: dave, name: `${index % 3}.txt`, type: index % 2 ? 'text/css' : 'text/plain' }))
      const path = `/v1/users/${dave.userId}/media`
      for (const order of ['media_id', 'upload_name', 'created_ts', 'last_access_ts', 'media_length', 'media_type', 'quarantined_by']) {
        for (const dir of ['f', 'b']) {
          const whole = (await asAdmin('GET', `${path}?order_by=${order}&dir=${dir}`)).body
          expect([whole.total, whole.next_token, whole.media.length]).toEqual([7, undefined, 7])
          const pages: string[] = []
          for (let from: number | undefined = 0; from !== undefined; ) {
            const { body } = await asAdmin('GET', `${path}?order_by=${order}&dir=${dir}&from=${from}&limit=3`)
            pages.push(...body.media.map((media: { media_id: string }) => media.media_id))
            from = body.next_token
          }
          expect(pages, `${order} ${dir}`).toEqual(whole.media.map((media: { media_id: string }) => media.media_id))
          if (order === 'last_access_ts') expect(pages).toEqual(dir === 'f' ? [...ids].sort() : [...ids].sort().reverse())
        }
      }
      const jumped = (await asAdmin('GET', `${path}?order_by=media_id&from=5&limit=1`)).body.media
      expect(jumped[0].media_id).toBe([...ids].sort()[5])
      expect((await asAdmin('GET', `${path}?limit=0`)).body).toEqual({ media: [], total: 7, next_token: 0 })
    })

    it('deletes the media of a user page by page, quarantined and protected files too', async () => {
      const erin = await server.register('erin')
      const ids = [await upload('1', { as: erin }), await upload('2', { as: erin }), await upload('3', { as: erin })]
      await asAdmin('POST', `/v1/media/protect/${ids[2]}`)
      const path = `/v1/users/${erin.userId}/media`
      expect((await asAdmin('DELETE', `${path}?limit=2&order_by=created_ts`)).body.total).toBe(2)
      expect((await asAdmin('DELETE', path)).body.total).toBe(1)
      expect((await asAdmin('GET', path)).body).toEqual({ media: [], total: 0 })
      expect((await asAdmin('GET', '/v1/users/@nobody:glia.test/media')).body).toEqual({ errcode: 'M_NOT_FOUND', error: 'Unknown user' })
      expect((await asAdmin('GET', '/v1/users/@x:other.test/media')).body).toEqual({
        errcode: 'M_UNKNOWN',
        error: 'Can only look up local users',
      })
    })

    it('deletes by age and size, and spares what is protected or quarantined', async () => {
      const [large, small, kept, hidden] = [
        await upload('x'.repeat(1000)),
        await upload('small'),
        await upload('y'.repeat(1001)),
        await upload('z'.repeat(1002)),
      ]
      await asAdmin('POST', `/v1/media/protect/${kept}`)
      await asAdmin('POST', `/v1/media/quarantine/${server.serverName}/${hidden}`)
      const later = Date.now() + 60_000
      expect((await asAdmin('POST', `/v1/media/delete?before_ts=${Date.now() - 3600_000}`)).body).toEqual({ deleted_media: [], total: 0 })
      const { body } = await asAdmin('POST', `/v1/media/delete?before_ts=${later}&size_gt=999`)
      expect(body.deleted_media).toContain(large)
      for (const mediaId of [small, kept, hidden]) expect(body.deleted_media).not.toContain(mediaId)
      expect((await asAdmin('POST', '/v1/media/delete?before_ts=1700000000')).body.errcode).toBe('M_INVALID_PARAM')
      expect((await asAdmin('POST', '/v1/media/delete')).body.errcode).toBe('M_MISSING_PARAM')
      expect((await asAdmin('POST', `/v1/media/other.test/delete?before_ts=${later}`)).body.errcode).toBe('M_UNKNOWN')
      expect((await asAdmin('POST', `/v1/purge_media_cache?before_ts=${later}`)).body).toEqual({ deleted: 0 })
    })

    it('sums up what users uploaded', async () => {
      const frank = await server.register('frank')
      await upload('12345', { as: frank })
      await upload('123', { as: frank })
      const { body } = await asAdmin('GET', '/v1/statistics/users/media?search_term=FRANK')
      expect(body.users).toEqual([{ user_id: frank.userId, displayname: expect.anything(), media_count: 2, media_length: 8 }])
      expect(body.total).toBe(1)
      const page = (await asAdmin('GET', '/v1/statistics/users/media?order_by=media_count&dir=b&limit=1')).body
      expect([page.users.length, page.next_token]).toEqual([1, 1])
      expect((await asAdmin('GET', '/v1/statistics/users/media?search_term=')).body.errcode).toBe('M_INVALID_PARAM')
    })

    it('is for admins', async () => {
      const answer = await server.api('DELETE', `/_synapse/admin/v1/media/${server.serverName}/x`, { token: alice.accessToken })
      expect([answer.status, answer.body.errcode]).toEqual([403, 'M_FORBIDDEN'])
    })
  })
})

describe('media at the open addresses', () => {
  it('is given while authenticated media is off', async () => {
    const server = await startTestServer({ config: { enable_authenticated_media: false } })
    try {
      const alice = await server.register('alice')
      const { body } = await server.api('POST', '/_matrix/media/r0/upload', { token: alice.accessToken, raw: 'open' })
      const mediaId = body.content_uri.split('/').at(-1)
      const answer = await server.api('GET', `/_matrix/media/v3/download/${server.serverName}/${mediaId}`)
      expect([answer.status, answer.body]).toEqual([200, 'open'])
      const named = await server.api('GET', `/_matrix/media/v3/download/${server.serverName}/${mediaId}/other.txt`)
      expect([named.body, named.headers.get('content-disposition')]).toEqual(['open', 'inline; filename=other.txt'])
      const picture = await server.api('POST', '/_matrix/media/v3/upload', { token: alice.accessToken, raw: await image(100, 100) })
      const small = await fetch(
        `${server.url}/_matrix/media/v3/thumbnail/${picture.body.content_uri.slice('mxc://'.length)}?width=32&height=32&method=crop`,
      )
      const { width, height } = await sharp(Buffer.from(await small.arrayBuffer())).metadata()
      expect([small.status, width, height]).toEqual([200, 32, 32])
    } finally {
      await server.remove()
    }
  })
})

/** Sends `bytes` bytes without saying how many there will be. */
function streamUpload(server: TestServer, user: TestUser, bytes: number): Promise<{ status: number; body: { errcode?: string } }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${server.url}/_matrix/media/v3/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${user.accessToken}`, 'transfer-encoding': 'chunked' },
    })
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text) }))
    })
    for (let sent = 0; sent < bytes; sent += 50_000) request.write(Buffer.alloc(50_000))
    request.end()
  })
}

/** Announces 1000 bytes, sends 10 and hangs up once they are on disk. */
function cutOffUpload(server: TestServer, user: TestUser): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${server.url}/_matrix/media/v3/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${user.accessToken}`, 'content-length': '1000' },
    })
    request.on('error', () => resolve())
    request.on('response', () => reject(new Error('answered half an upload')))
    request.write(Buffer.alloc(10))
    const started = filesOf(server).length
    expect
      .poll(() => filesOf(server).length)
      .toBe(started + 1)
      .then(() => request.destroy(), reject)
  })
}
