import { connect } from 'node:net'
import { access, endpoint, MatrixError, OAuthError, PageError } from '@glia/contract'
import { silentLogger, systemClock } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Authenticator, Requester } from './requester.ts'
import { route } from './route.ts'
import { createHttpServer } from './server.ts'

const echo = endpoint({
  id: 'test.echo',
  method: 'PUT',
  path: '/_matrix/client/v3/echo/{user_id}/{anything}',
  surface: 'client',
  access: access.public,
  summary: 'Answers what it understood',
  source: 'test',
  params: { user_id: Type.String({ format: 'matrix-user-id', 'x-local': 'Only local users' }), anything: Type.String() },
  query: {
    limit: Type.Integer({ minimum: 0, default: 10 }),
    dir: Type.Optional(Type.Enum(['f', 'b'])),
    full: Type.Optional(Type.Boolean()),
    via: Type.Optional(Type.Array(Type.String())),
  },
  body: {
    name: Type.String(),
    size: Type.Optional(Type.Integer({ errcode: 'M_INVALID_PARAM', error: 'size must be whole' })),
    kind: Type.Optional(Type.Enum(['big', 'small'])),
  },
  response: Type.Unknown(),
  maxBodyBytes: 1000,
})
const canonical = endpoint({
  ...minimal('test.canonical', 'PUT'),
  access: access.public,
  body: {},
  canonicalNumbers: true,
  response: Type.Unknown(),
})
const forAdmins = endpoint({ ...minimal('test.admin', 'GET'), access: access.serverAdmin })
const forUsers = endpoint({ ...minimal('test.user', 'GET'), access: access.user })
const evenLocked = endpoint({ ...minimal('test.locked', 'GET'), access: access.userEvenLocked })
const failing = endpoint({ ...minimal('test.failing', 'GET'), access: access.public, query: { how: Type.String() } })
const wrongAnswer = endpoint({
  ...minimal('test.wrong_answer', 'GET'),
  access: access.public,
  response: Type.Object({ n: Type.Integer() }),
})
const oauth = endpoint({ ...minimal('test.oauth', 'GET'), surface: 'oauth', path: '/oauth2/test', access: access.public })
const page = endpoint({ ...minimal('test.page', 'GET'), surface: 'page', path: '/page', access: access.public })

function minimal<const M extends 'GET' | 'PUT'>(id: string, method: M) {
  return { id, method, path: `/_synapse/admin/v1/${id}`, surface: 'admin' as 'admin' | 'oauth' | 'page', summary: id, source: 'test' }
}

const people: Record<string, Partial<Requester>> = {
  admin: { isAdmin: true },
  user: {},
  guest: { isGuest: true },
  locked: { isLocked: true, isAdmin: true },
}
const authenticator: Authenticator = {
  async authenticate(token) {
    const person = people[token]
    if (!person) throw new MatrixError('M_UNKNOWN_TOKEN', 'Invalid access token passed.', { extra: { soft_logout: false } })
    return {
      userId: `@${token}:here` as UserId,
      deviceId: undefined,
      isAdmin: false,
      adminRoles: [],
      isGuest: false,
      isLocked: false,
      isSuspended: false,
      isShadowBanned: false,
      isUnlimited: false,
      messageLimit: undefined,
      isExpired: false,
      origin: 'legacy',
      scopes: new Set<string>(),
      sessionId: token,
      tokenId: token,
      puppetOwner: undefined,
      ...person,
    }
  },
  authenticateAuthAdmin: () => Promise.reject(new Error('not used here')),
  isPrivileged: async () => false,
}

let app: FastifyInstance
let url: string
beforeAll(async () => {
  app = createHttpServer({
    routes: [
      route(echo, async ({ params, query, body }) => ({ params, query, body })),
      route(canonical, async ({ body }) => body),
      route(forAdmins, async () => ({})),
      route(forUsers, async () => ({})),
      route(evenLocked, async () => ({})),
      route(failing, async ({ query }) => {
        if (query.how === 'refused')
          throw new MatrixError('M_LIMIT_EXCEEDED', 'slowly', { headers: { 'retry-after': '2' }, extra: { retry_after_ms: 1500 } })
        throw new Error('secret of the database')
      }),
      route(wrongAnswer, async () => ({ n: 'no number' }) as unknown as { n: number }),
      route(oauth, async () => {
        throw new OAuthError('invalid_grant', 'used twice')
      }),
      route(page, async () => {
        throw new PageError(409, 'Too late', 'The link was used already.')
      }),
    ],
    authenticator,
    auditTrail: { begin: () => Promise.reject(new Error('no endpoint here is audited')) },
    serverName: 'here',
    logger: silentLogger,
    clock: systemClock,
    errorPage: ({ title, message }) => `<title>${title}</title>${message}`,
    trustProxy: false,
    checkAnswers: true,
  })
  url = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => app.close())

async function send(method: string, path: string, options: { raw?: string; headers?: Record<string, string> } = {}) {
  const response = await fetch(url + path, {
    method,
    ...(options.raw === undefined ? {} : { body: options.raw }),
    ...(options.headers ? { headers: options.headers } : {}),
  })
  const text = await response.text()
  const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text
  return { status: response.status, body, headers: response.headers }
}

const echoPath = '/_matrix/client/v3/echo/@a:here/x'
const refusal = ({ status, body }: { status: number; body: { errcode?: string; error?: string } }) => [status, body.errcode, body.error]

describe('path parameters', () => {
  test('are decoded once, also where they hold slashes, percent signs and colons', async () => {
    const { body } = await send('PUT', `/_matrix/client/v3/echo/${encodeURIComponent('@a/b:here')}/${encodeURIComponent('a/%2F:#$+ü')}`, {
      raw: '{"name":"x"}',
    })
    expect(body.params).toEqual({ user_id: '@a/b:here', anything: 'a/%2F:#$+ü' })
  })

  test('that cannot be decoded are refused in the form of the API', async () => {
    for (const path of ['%zz', '%ff', '%'])
      expect(refusal(await send('PUT', `/_matrix/client/v3/echo/${path}/x`, { raw: '{}' }))).toEqual([
        400,
        'M_UNKNOWN',
        'Malformed request',
      ])
  })

  test('that name a user are checked, and must be local where the contract says so', async () => {
    const put = (id: string) => send('PUT', `/_matrix/client/v3/echo/${id}/x`, { raw: '{"name":"x"}' }).then(refusal)
    expect(await put('a:here')).toEqual([400, 'M_INVALID_PARAM', "Expected UserID string to start with '@'"])
    expect(await put('@a')).toEqual([400, 'M_INVALID_PARAM', "Expected UserID of the form '@localname:domain'"])
    expect(await put('@a:there')).toEqual([400, 'M_UNKNOWN', 'Only local users'])
  })

  test('work under the older and unstable prefixes too', async () => {
    for (const version of ['r0', 'unstable']) {
      expect((await send('PUT', `/_matrix/client/${version}/echo/@a:here/x`, { raw: '{"name":"x"}' })).status).toBe(200)
    }
  })
})

describe('query parameters', () => {
  test('are read by type, with defaults, the first of several, all of a list; unknown ones are ignored', async () => {
    const { body } = await send('PUT', `${echoPath}?full=true&dir=b&dir=f&via=a&via=b&_cacheBuster=1`, { raw: '{"name":"x"}' })
    expect(body.query).toEqual({ limit: 10, full: true, dir: 'b', via: ['a', 'b'] })
  })

  test.each([
    ['limit=x', 'M_INVALID_PARAM', 'Query parameter limit must be an integer'],
    ['limit=-1', 'M_INVALID_PARAM', 'Query parameter limit must be a positive integer.'],
    ['limit=1.5', 'M_INVALID_PARAM', 'Query parameter limit must be an integer'],
    ['full=True', 'M_INVALID_PARAM', "Boolean query parameter 'full' must be one of ['true', 'false']"],
    ['dir=up', 'M_INVALID_PARAM', "Query parameter 'dir' must be one of ['f', 'b']"],
  ])('%s is refused', async (query, errcode, error) => {
    expect(refusal(await send('PUT', `${echoPath}?${query}`, { raw: '{"name":"x"}' }))).toEqual([400, errcode, error])
  })
})

describe('bodies', () => {
  test.each([
    ['{"name":"x","kind":"odd"}', 'M_BAD_JSON', 'kind must be one of big, small'],
    ['', 'M_NOT_JSON', 'Content not JSON.'],
    ['{', 'M_NOT_JSON', 'Content not JSON.'],
    ['{"name": NaN}', 'M_NOT_JSON', 'Content not JSON.'],
    ['[]', 'M_BAD_JSON', 'Content must be a JSON object.'],
    ['null', 'M_BAD_JSON', 'Content must be a JSON object.'],
    ['{}', 'M_MISSING_PARAM', "Missing params: ['name']"],
    ['{"name": 1}', 'M_BAD_JSON', 'name must be string'],
    ['{"name": "x", "size": 1.5}', 'M_INVALID_PARAM', 'size must be whole'],
  ])('%j is refused', async (raw, errcode, error) => {
    expect(refusal(await send('PUT', echoPath, { raw }))).toEqual([400, errcode, error])
  })

  test('are read whatever Content-Type says', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense', 'application/json; charset']) {
      expect((await send('PUT', echoPath, { raw: '{"name":"x"}', headers: { 'content-type': type } })).status).toBe(200)
    }
  })

  test('over the limit are refused', async () => {
    const answer = await send('PUT', echoPath, { raw: JSON.stringify({ name: 'x'.repeat(1000) }) })
    expect([answer.status, answer.body.errcode]).toEqual([413, 'M_TOO_LARGE'])
  })

  test('over the limit are refused to a client that is still sending, and the connection stays usable', async () => {
    const { port } = new URL(url)
    const socket = connect(Number(port), '127.0.0.1')
    const size = 5_000_000
    socket.write(`PUT ${echoPath} HTTP/1.1\r\nHost: here\r\nContent-Length: ${size}\r\n\r\n`)
    socket.write(Buffer.alloc(size, 'x'))
    socket.write(`GET ${echoPath} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`)
    let answer = ''
    for await (const chunk of socket) answer += chunk
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 405'])
  })

  test('of events may only hold numbers that canonical JSON knows', async () => {
    const path = '/_synapse/admin/v1/test.canonical'
    for (const number of ['1.0', '1e3', '9007199254740992', '-0', '0.5']) {
      expect((await send('PUT', path, { raw: `{"a":{"b":[${number}]}}` })).body.errcode).toBe('M_BAD_JSON')
    }
    expect((await send('PUT', path, { raw: '{"a":9007199254740991}' })).body).toEqual({ a: 9007199254740991 })
  })

  test('that end early disturb nobody', async () => {
    const { port } = new URL(url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`PUT ${echoPath} HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n{"name"`)
    await new Promise((resolve) => setImmediate(resolve))
    socket.destroy()
    expect((await send('PUT', echoPath, { raw: '{"name":"x"}' })).status).toBe(200)
  })
})

describe('access', () => {
  const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
  test.each([
    ['test.admin', 'admin', 200, undefined],
    ['test.admin', 'user', 403, 'M_FORBIDDEN'],
    ['test.admin', 'guest', 403, 'M_GUEST_ACCESS_FORBIDDEN'],
    ['test.admin', 'locked', 401, 'M_USER_LOCKED'],
    ['test.admin', 'nobody', 401, 'M_UNKNOWN_TOKEN'],
    ['test.user', 'user', 200, undefined],
    ['test.user', 'guest', 403, 'M_GUEST_ACCESS_FORBIDDEN'],
    ['test.user', 'locked', 401, 'M_USER_LOCKED'],
    ['test.locked', 'locked', 200, undefined],
  ])('%s as %s: %i', async (operation, token, status, errcode) => {
    const answer = await send('GET', `/_synapse/admin/v1/${operation}`, as(token))
    expect([answer.status, answer.body.errcode]).toEqual([status, errcode])
  })

  test('a token may be in the query, but not in both places, and the header has one form', async () => {
    const path = '/_synapse/admin/v1/test.admin'
    expect((await send('GET', `${path}?access_token=admin`)).status).toBe(200)
    const refusals = [
      await send('GET', path),
      await send('GET', `${path}?access_token=admin`, as('admin')),
      await send('GET', path, { headers: { authorization: 'bearer admin' } }),
      await send('GET', path, { headers: { authorization: 'Bearer  admin' } }),
    ]
    expect(refusals.map(refusal)).toEqual([
      [401, 'M_MISSING_TOKEN', 'Missing access token'],
      [401, 'M_MISSING_TOKEN', 'Mixing Authorization headers and access_token query parameters.'],
      [401, 'M_MISSING_TOKEN', 'Invalid Authorization header.'],
      [401, 'M_MISSING_TOKEN', 'Invalid Authorization header.'],
    ])
  })
})

describe('errors', () => {
  test('carry their extra fields and headers', async () => {
    const answer = await send('GET', '/_synapse/admin/v1/test.failing?how=refused')
    expect([answer.status, answer.body, answer.headers.get('retry-after')]).toEqual([
      429,
      { errcode: 'M_LIMIT_EXCEEDED', error: 'slowly', retry_after_ms: 1500 },
      '2',
    ])
  })

  test('that nobody expected show nothing of themselves', async () => {
    expect(refusal(await send('GET', '/_synapse/admin/v1/test.failing?how=broken'))).toEqual([500, 'M_UNKNOWN', 'Internal server error'])
  })

  test('have the form of their surface', async () => {
    expect((await send('GET', '/oauth2/test')).body).toEqual({ error: 'invalid_grant', error_description: 'used twice' })
    const answer = await send('GET', '/page')
    expect([answer.status, answer.body, answer.headers.get('access-control-allow-origin')]).toEqual([
      409,
      '<title>Too late</title>The link was used already.',
      null,
    ])
  })

  test('an answer that does not fit its contract is a fault, in tests', async () => {
    expect((await send('GET', '/_synapse/admin/v1/test.wrong_answer')).status).toBe(500)
  })
})
