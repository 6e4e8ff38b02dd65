import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FakeClock, onBothDatabases } from '@glia/testing'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const HOUR_MS = 3600_000

onBothDatabases('previews of web pages', (dialect) => {
  const clock = new FakeClock()
  let server: TestServer
  let alice: TestUser
  /** A web server; the test says what is there. */
  const pages = new Map<string, { type: string; body: string | Buffer; status?: number; headers?: Record<string, string> }>()
  let asked: string[] = []
  const web = createServer((request, response) => {
    asked.push(request.url!)
    const page = pages.get(request.url!)
    response.writeHead(page?.status ?? (page ? 200 : 404), { ...(page && { 'content-type': page.type }), ...page?.headers })
    response.end(page?.body)
  })
  let base: string
  let picture: Buffer

  beforeAll(async () => {
    web.listen(0, '127.0.0.1')
    await once(web, 'listening')
    base = `http://127.0.0.1:${(web.address() as AddressInfo).port}`
    picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    server = await startTestServer({
      dialect,
      clock,
      config: {
        url_preview_enabled: true,
        url_preview_ip_range_whitelist: ['127.0.0.1'],
        url_preview_url_blacklist: [{ hostname: 'blocked.example' }, { scheme: 'http', path: '^/secret/.*' }],
        url_preview_accept_language: ['de', 'en;q=0.8'],
        max_spider_size: '100K',
      },
    })
    alice = await server.register('alice')
  })
  afterAll(async () => {
    await server.remove()
    web.closeAllConnections()
    web.close()
  })
  beforeEach(() => {
    asked = []
    pages.clear()
    pages.set('/picture.png', { type: 'image/png', body: picture })
    // what earlier tests looked at is forgotten
    clock.advance(2 * HOUR_MS)
  })

  const preview = (url: string, more = '', path = '/_matrix/client/v1/media/preview_url') =>
    server.api('GET', `${path}?url=${encodeURIComponent(url)}${more}`, { token: alice.accessToken })
  const html = (path: string, body: string, type = 'text/html; charset=utf-8') => pages.set(path, { type, body })
  const media = (uri: string, rest = '') =>
    server.api('GET', `/_matrix/client/v1/media/${rest === '' ? 'download' : 'thumbnail'}/${uri.slice('mxc://'.length)}${rest}`, {
      token: alice.accessToken,
    })

  test('show what a page says about itself, with its picture', async () => {
    html(
      '/page',
      '<meta property="og:title" content="A &amp; B"><meta property="og:image" content="/picture.png"><meta property="og:image:width" content="1">',
    )
    const answer = await preview(`${base}/page#part`)
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.body).toEqual({
      'og:title': 'A & B',
      'og:image': expect.stringMatching(/^mxc:\/\/glia\.test\//),
      'og:image:type': 'image/png',
      'og:image:width': 40,
      'og:image:height': 30,
      'matrix:image:size': picture.length,
    })
    expect((await media(answer.body['og:image'])).status).toBe(200)
    expect((await media(answer.body['og:image'], '?width=32&height=32&method=crop')).status).toBe(200)
  })

  test('fall back to Twitter tags, and to what stands in the page', async () => {
    html(
      '/twitter',
      '<meta name="twitter:title" content="T"><meta name="twitter:description" content="D"><meta name="twitter:card" content="x">',
    )
    expect((await preview(`${base}/twitter`)).body).toEqual({ 'og:title': 'T', 'og:description': 'D' })
    html('/plain', '<title>Title</title><body><nav>no</nav><p>One <b>two</b>.</p><img src="gone.png"><img src="picture.png"></body>')
    expect((await preview(`${base}/plain`)).body).toMatchObject({
      'og:title': 'Title',
      'og:description': 'One two.',
      'og:image:type': 'image/png',
    })
  })

  test('show a picture, and nothing of other files', async () => {
    expect((await preview(`${base}/picture.png`)).body).toMatchObject({ 'og:image:width': 40, 'matrix:image:size': picture.length })
    pages.set('/data', { type: 'application/json', body: '{}' })
    expect(await preview(`${base}/data`)).toMatchObject({ status: 200, body: {} })
    pages.set('/odd%00name.png', { type: 'image/png', body: picture })
    expect((await preview(`${base}/odd%00name.png`)).body).toMatchObject({ 'og:image:width': 40 })
    pages.set('/false.png', { type: 'image/png', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' })
    expect((await preview(`${base}/false.png`)).body).toEqual({})
  })

  test('are asked for once an hour, also by many at once, and as of then', async () => {
    html('/page', '<title>Old</title>')
    const then = clock.nowMs()
    const answers = await Promise.all(Array.from({ length: 5 }, () => preview(`${base}/page`)))
    expect(answers.map(({ body }) => body)).toEqual(Array(5).fill({ 'og:title': 'Old' }))
    html('/page', '<title>New</title>')
    await preview(`${base}/page`)
    expect(asked).toEqual(['/page'])
    clock.advance(HOUR_MS + 1)
    expect((await preview(`${base}/page`, `&ts=${then + 1000}`)).body).toEqual({ 'og:title': 'Old' })
    expect((await preview(`${base}/page`)).body).toEqual({ 'og:title': 'New' })
    expect(asked).toEqual(['/page', '/page'])
  })

  test('have the pictures for two days', async () => {
    const uri = (await preview(`${base}/picture.png`)).body['og:image']
    clock.advance(47 * HOUR_MS)
    expect((await media(uri)).status).toBe(200)
    clock.advance(2 * HOUR_MS)
    await expect
      .poll(
        async () => {
          // cleaning up goes on in the background, every hour
          clock.advance(HOUR_MS)
          return (await media(uri)).status
        },
        { timeout: 20_000 },
      )
      .toBe(404)
  })

  test('follow redirects, but not to where nothing may be asked', async () => {
    html('/page', '<title>There</title>')
    const redirect = (location: string) => pages.set('/from', { type: 'text/html', body: '', status: 302, headers: { location } })
    redirect('/page')
    expect((await preview(`${base}/from`)).body).toEqual({ 'og:title': 'There' })
    for (const location of ['http://127.0.0.2/', 'http://blocked.example/', '/secret/page', 'file:///etc/passwd']) {
      clock.advance(2 * HOUR_MS)
      redirect(location)
      expect(await preview(`${base}/from`)).toMatchObject({ status: 403, body: { errcode: 'M_UNKNOWN' } })
    }
  })

  test.each([
    'http://127.0.0.2/',
    'http://localhost.localdomain.invalid@127.0.0.2/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://2130706434/',
    'http://blocked.example/',
    'ftp://example.org/',
    'file:///etc/passwd',
    'nonsense',
    '',
    `http://127.0.0.1/${'a'.repeat(5000)}`,
  ])('are refused: %.60s', async (url) => {
    const { status, body } = await preview(url)
    expect([400, 403]).toContain(status)
    expect(body).toMatchObject({ errcode: 'M_UNKNOWN', error: expect.any(String) })
    expect(asked).toEqual([])
  })

  test('a page that is gone, too large, or not there', async () => {
    expect(await preview(`${base}/gone`)).toMatchObject({ status: 502, body: { errcode: 'M_UNKNOWN', error: 'Got error 404' } })
    html('/large', 'x'.repeat(200 * 1024))
    expect(await preview(`${base}/large`)).toMatchObject({ status: 502 })
    html('/with-large', `<title>T</title><meta property="og:image" content="/large.png">`)
    pages.set('/large.png', { type: 'image/png', body: Buffer.alloc(200 * 1024) })
    expect((await preview(`${base}/with-large`)).body).toEqual({ 'og:title': 'T' })
  })

  test('need a token and a url', async () => {
    expect(await server.api('GET', '/_matrix/client/v1/media/preview_url', { token: alice.accessToken })).toMatchObject({
      status: 400,
      body: { errcode: 'M_MISSING_PARAM' },
    })
    expect((await server.api('GET', `/_matrix/client/v1/media/preview_url?url=${base}`)).status).toBe(401)
    expect(await preview(base, '&ts=x')).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } })
    html('/', '<title>T</title>')
    for (const path of ['/_matrix/media/v3/preview_url', '/_matrix/client/unstable/org.matrix.msc3916/media/preview_url'])
      expect((await preview(`${base}/`, '', path)).body).toEqual({ 'og:title': 'T' })
  })
})

test('previews are off by default', async () => {
  const server = await startTestServer()
  const { accessToken } = await server.register('alice')
  const answer = await server.api('GET', '/_matrix/client/v1/media/preview_url?url=http://example.org/', { token: accessToken })
  expect(answer).toMatchObject({ status: 404, body: { errcode: 'M_UNRECOGNIZED' } })
  await server.remove()
})
