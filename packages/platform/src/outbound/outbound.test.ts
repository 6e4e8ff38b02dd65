import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { addressRules, privateRanges } from './address-rules.ts'
import { createOutbound, type OutboundOptions } from './outbound.ts'

const limits = { timeoutMs: 60_000, maxBytes: 1_000_000 }
const open = addressRules({ refused: [], allowed: [] })
const closed = addressRules({ refused: privateRanges, allowed: [] })

function makeOutbound(options: Partial<OutboundOptions> = {}) {
  const outbound = createOutbound({ clock: systemClock, userAgent: 'Glia/test', addresses: open, ...options })
  onTestFinished(() => outbound.close())
  return outbound
}

async function serve(handler: RequestListener, address = '127.0.0.1') {
  const server = createServer(handler).listen(0, address)
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}`, server }
}

/** Resolves every name to the addresses given; each question takes the next list. */
function lookupTo(...answers: string[][]): LookupFunction {
  const rest = [...answers]
  return (_hostname, options, callback) => {
    const addresses = rest.length > 1 ? rest.shift()! : rest[0]!
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    if (options.all) callback(null, found)
    else callback(null, found[0]!.address, found[0]!.family)
  }
}

test('asks with method, headers, body and its own name, and gives back the answer', async () => {
  let seen: IncomingMessage | undefined
  const { url } = await serve(async (request, response) => {
    seen = request
    const chunks = await Array.fromAsync(request)
    response.writeHead(201, { 'content-type': 'application/json', 'x-two': ['a', 'b'] })
    response.end(JSON.stringify({ got: Buffer.concat(chunks).toString() }))
  })
  const answer = await makeOutbound().request({
    ...limits,
    url: `${url}/path?q=1#part`,
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'text ✓',
  })
  expect(seen).toMatchObject({
    method: 'POST',
    url: '/path?q=1',
    headers: { 'user-agent': 'Glia/test', 'content-type': 'text/plain', host: url.slice('http://'.length) },
  })
  expect(answer).toMatchObject({ status: 201, headers: { 'x-two': 'a, b' } })
  expect(answer.json()).toEqual({ got: 'text ✓' })
})

test('an answer that says no is an answer', async () => {
  const { url } = await serve((_request, response) => response.writeHead(503).end('later'))
  const answer = await makeOutbound().request({ ...limits, url })
  expect([answer.status, answer.body.toString()]).toEqual([503, 'later'])
  expect(() => answer.json()).toThrow(expect.objectContaining({ failure: 'bad_answer' }))
})

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('unpacks %s', async (encoding, pack) => {
  const { url } = await serve((_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(pack('packed text')))
  expect((await makeOutbound().request({ ...limits, url })).body.toString()).toBe('packed text')
})

test.each([
  ['broken', { 'content-encoding': 'gzip' }],
  ['unknown', { 'content-encoding': 'rot13' }],
])('a body that cannot be unpacked: %s', async (_name, headers) => {
  const { url } = await serve((_request, response) => response.writeHead(200, headers).end('not packed'))
  await expect(makeOutbound().request({ ...limits, url })).rejects.toMatchObject({ failure: 'bad_answer' })
})

test.each([
  ['plain', (response: ServerResponse) => response.end(Buffer.alloc(2000))],
  ['endless', (response: ServerResponse) => Readable.from(endless()).pipe(response)],
  ['packed', (response: ServerResponse) => response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(5_000_000)))],
])('an answer longer than the limit is broken off: %s', async (_name, send) => {
  const { url } = await serve((_request, response) => send(response))
  await expect(makeOutbound().request({ ...limits, url, maxBytes: 1999 })).rejects.toMatchObject({
    failure: 'too_large',
    message: `${new URL(url).host}: answered more than 1999 bytes`,
  })
})

function* endless() {
  for (;;) yield 'x'.repeat(10_000)
}

test('an answer as long as the limit is whole', async () => {
  const { url } = await serve((_request, response) => response.end(Buffer.alloc(2000)))
  expect((await makeOutbound().request({ ...limits, url, maxBytes: 2000 })).body).toHaveLength(2000)
})

test.each([
  ['no answer', () => {}],
  ['half an answer', (_request: IncomingMessage, response: ServerResponse) => void response.write('half')],
])('the time limit counts to the last byte: %s', async (_name, handler) => {
  const { url, server } = await serve(handler)
  const asked = makeOutbound().request({ ...limits, url: `${url}/secret?token=1`, timeoutMs: 50 })
  await expect(asked).rejects.toMatchObject({ failure: 'timeout', message: `${new URL(url).host}: no whole answer within 50 ms` })
  await vi.waitFor(async () => expect(await connectionsOf(server)).toBe(0))
})

function connectionsOf(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))
}

test('can be called off, before and while it waits', async () => {
  const { url, server } = await serve(() => {})
  const outbound = makeOutbound()
  await expect(outbound.request({ ...limits, url, signal: AbortSignal.abort() })).rejects.toMatchObject({ failure: 'aborted' })
  const controller = new AbortController()
  const asked = outbound.request({ ...limits, url, signal: controller.signal })
  await Promise.all([
    once(server, 'request'),
    expect(asked).rejects.toMatchObject({ failure: 'aborted' }),
    once(server, 'request').then(() => controller.abort()),
  ])
})

test('closing breaks off what waits', async () => {
  const { url, server } = await serve(() => {})
  const outbound = makeOutbound()
  const asked = outbound.request({ ...limits, url })
  await Promise.all([expect(asked).rejects.toMatchObject({ failure: 'unreachable' }), once(server, 'request').then(() => outbound.close())])
})

test('nobody there, not HTTP, no such name', async () => {
  const { port, server } = await serve(() => {})
  server.close()
  const outbound = makeOutbound()
  await expect(outbound.request({ ...limits, url: `http://127.0.0.1:${port}/secret` })).rejects.toMatchObject({
    failure: 'unreachable',
    message: `127.0.0.1:${port}: cannot be reached (ECONNREFUSED)`,
  })
  const other = createSocketServer((socket) => socket.end('220 mail ready\r\n')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const mail = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`
  await expect(outbound.request({ ...limits, url: mail })).rejects.toMatchObject({ failure: 'bad_answer' })
  const nameless = makeOutbound({
    lookup: (_hostname, _options, callback) => callback(Object.assign(new Error('nothing'), { code: 'ENOTFOUND' }), ''),
  })
  await expect(nameless.request({ ...limits, url: 'http://no.example/' })).rejects.toMatchObject({
    message: 'no.example: cannot be reached (ENOTFOUND)',
  })
})

test.each(['ftp://example.org/', 'file:///etc/passwd', 'no url', 'http://user:pass@example.org/', 'data:text/plain,x'])(
  'is not asked: %s',
  async (url) => {
    await expect(makeOutbound().request({ ...limits, url })).rejects.toMatchObject({ failure: 'bad_url' })
  },
)

/** A server that must not be reached, on all loopback addresses. */
async function forbiddenServer() {
  const connected = vi.fn()
  const { port, server } = await serve((_request, response) => response.end('private'), '::')
  server.on('connection', connected)
  return { port, connected }
}

test.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0177.0.0.1', '0.0.0.0', '[::]', '127.1'])(
  'a private address is refused before it is connected to: %s',
  async (host) => {
    const { port, connected } = await forbiddenServer()
    const asked = makeOutbound({ addresses: closed }).request({ ...limits, url: `http://${host}:${port}/` })
    await expect(asked).rejects.toMatchObject({ failure: 'refused', message: expect.stringMatching(/: has no address that may be asked$/) })
    expect(connected).not.toHaveBeenCalled()
  },
)

test('https to a private address is refused, too', async () => {
  const { port, connected } = await forbiddenServer()
  for (const host of ['127.0.0.1', 'localhost'])
    await expect(makeOutbound({ addresses: closed }).request({ ...limits, url: `https://${host}:${port}/` })).rejects.toMatchObject({
      failure: 'refused',
    })
  expect(connected).not.toHaveBeenCalled()
})

test('a name is judged by the address it resolves to, at each connection', async () => {
  const { port, connected } = await forbiddenServer()
  const rules = addressRules({ refused: privateRanges, allowed: ['127.0.0.2'] })
  const outbound = makeOutbound({ addresses: rules, lookup: lookupTo(['127.0.0.2'], ['127.0.0.1']) })
  const url = `http://rebinding.example:${port}/`
  const headers = { connection: 'close' }
  expect((await outbound.request({ ...limits, url, headers })).body.toString()).toBe('private')
  await expect(outbound.request({ ...limits, url, headers })).rejects.toMatchObject({ failure: 'refused' })
  expect(connected).toHaveBeenCalledOnce()
})

test('of several addresses only those are tried that may be asked', async () => {
  const { port } = await serve((request, response) => response.end(request.socket.localAddress), '0.0.0.0')
  const rules = addressRules({ refused: privateRanges, allowed: ['127.0.0.3'] })
  const outbound = makeOutbound({ addresses: rules, lookup: lookupTo(['127.0.0.1', '::1', '127.0.0.3']) })
  expect((await outbound.request({ ...limits, url: `http://several.example:${port}/` })).body.toString()).toBe('127.0.0.3')
})

test('without rules any address is asked', async () => {
  const { url } = await serve((_request, response) => response.end('own network'))
  const outbound = createOutbound({ clock: systemClock, userAgent: 'Glia/test' })
  onTestFinished(() => outbound.close())
  expect((await outbound.request({ ...limits, url })).body.toString()).toBe('own network')
})

test('a redirect is an answer, unless redirects are to be followed', async () => {
  const { url } = await serve((request, response) => {
    if (request.url === '/end') response.end('there')
    else response.writeHead(302, { location: request.url === '/a' ? '/b' : `${url}/end` }).end('moved')
  })
  const outbound = makeOutbound()
  expect(await outbound.request({ ...limits, url: `${url}/a` })).toMatchObject({ status: 302, headers: { location: '/b' } })
  const followed = await outbound.request({ ...limits, url: `${url}/a`, maxRedirects: 2 })
  expect([followed.status, followed.url.href, followed.body.toString()]).toEqual([200, `${url}/end`, 'there'])
  await expect(outbound.request({ ...limits, url: `${url}/a`, maxRedirects: 1 })).rejects.toMatchObject({ failure: 'redirects' })
  expect(await outbound.request({ ...limits, url: `${url}/a`, maxRedirects: 5, method: 'POST' })).toMatchObject({ status: 302 })
})

test('each hop is checked: address, kind of URL, and the caller’s own rule', async () => {
  const { port, connected } = await forbiddenServer()
  const rules = addressRules({ refused: privateRanges, allowed: ['127.0.0.2'] })
  let location = ''
  const { port: outside } = await serve((_request, response) => response.writeHead(301, { location }).end(), '127.0.0.2')
  const outbound = makeOutbound({ addresses: rules })
  const ask = (allowUrl?: (url: URL) => boolean) =>
    outbound.request({ ...limits, url: `http://127.0.0.2:${outside}/`, maxRedirects: 5, ...(allowUrl && { allowUrl }) })
  for (location of [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`])
    await expect(ask()).rejects.toMatchObject({ failure: 'refused' })
  for (location of ['file:///etc/passwd', 'http://a:b@example.org/']) await expect(ask()).rejects.toMatchObject({ failure: 'bad_url' })
  location = 'http://blocked.example/'
  await expect(ask(({ hostname }) => hostname !== 'blocked.example')).rejects.toMatchObject({
    failure: 'bad_url',
    message: 'blocked.example: is not to be asked',
  })
  await expect(ask(() => false)).rejects.toMatchObject({ failure: 'bad_url' })
  expect(connected).not.toHaveBeenCalled()
})

test('credentials do not follow a redirect to another place', async () => {
  const seen: (string | undefined)[] = []
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization, request.headers.accept)
    response.end()
  })
  const { url } = await serve((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(307, { location: request.url === '/' ? '/next' : other.url }).end()
  })
  await makeOutbound().request({ ...limits, url, maxRedirects: 2, headers: { authorization: 'Bearer 1', accept: 'text/html' } })
  expect(seen).toEqual(['Bearer 1', 'Bearer 1', undefined, 'text/html'])
})
