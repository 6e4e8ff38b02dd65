import { type AnyEndpoint, allEndpoints } from '@glia/contract'
import type { TSchema } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

/**
 * Walks every endpoint of the contract with credentials and input that it must refuse: never 2xx where a token is needed, never 5xx
 * anywhere. An endpoint that is added is walked without a word here.
 */
let server: TestServer
let admin: TestUser
let user: TestUser

beforeAll(async () => {
  server = await startTestServer()
  admin = await server.register('admin', { admin: true })
  user = await server.register('user')
})
afterAll(() => server.remove())

const endpoints = allEndpoints()
const needsToken = endpoints.filter(({ access }) => access.kind === 'user' || access.kind === 'serverAdmin')
const needsAdmin = endpoints.filter(({ access }) => access.kind === 'serverAdmin')
const needsAuthAdmin = endpoints.filter(({ access }) => access.kind === 'authAdmin')
const name = (endpoint: AnyEndpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const

describe.each(needsToken.map(name))('%s', (_, endpoint) => {
  test('refuses a request without a token', async () => {
    expect(await outcome(endpoint, {})).toEqual([401, 'M_MISSING_TOKEN'])
  })

  test('refuses a token that nobody was given, in the header and in the query', async () => {
    expect(await outcome(endpoint, { token: 'syt_bm9ib2R5_AAAAAAAAAAAAAAAAAAAA_000000' })).toEqual([401, 'M_UNKNOWN_TOKEN'])
    expect(await outcome(endpoint, { query: '?access_token=wrong' })).toEqual([401, 'M_UNKNOWN_TOKEN'])
  })

  test('refuses a token that is sent in a form that is none, or twice', async () => {
    expect(await outcome(endpoint, { headers: { authorization: `bearer ${admin.accessToken}` } })).toEqual([401, 'M_MISSING_TOKEN'])
    expect(await outcome(endpoint, { token: admin.accessToken, query: `?access_token=${admin.accessToken}` })).toEqual([
      401,
      'M_MISSING_TOKEN',
    ])
  })
})

describe.each(needsAdmin.map(name))('%s', (_, endpoint) => {
  test('refuses the token of somebody who is no admin', async () => {
    expect(await outcome(endpoint, { token: user.accessToken })).toEqual([403, 'M_FORBIDDEN'])
  })
})

if (needsAuthAdmin.length > 0) {
  describe.each(needsAuthAdmin.map(name))('%s', (_, endpoint) => {
    test('refuses a missing token with 400 and any token without the scope with 401', async () => {
      expect((await request(endpoint, {})).status).toBe(400)
      expect((await request(endpoint, { token: admin.accessToken })).status).toBe(401)
    })
  })
}

describe.each(endpoints.map(name))('%s', (_, endpoint) => {
  test('answers input of the wrong types with a refusal, not with a fault', async () => {
    for (const input of wrongInputs(endpoint)) {
      const answer = await request(endpoint, { token: user.accessToken, ...input })
      expect(`${answer.status} for ${JSON.stringify(input)}`).toMatch(/^[1-4]\d\d /)
    }
  })
})

interface Input {
  token?: string
  query?: string
  headers?: Record<string, string>
  raw?: string
  params?: (parameter: string) => string
}

function request(endpoint: AnyEndpoint, { token, query = '', headers, raw, params = plausible }: Input) {
  const path = endpoint.path.replace(/\{([^}]+)\}/g, (_, parameter: string) => encodeURIComponent(params(parameter)))
  const hasBody = endpoint.method !== 'GET'
  return server.api(endpoint.method, path + query, {
    ...(token === undefined ? {} : { token }),
    ...(headers === undefined ? {} : { headers }),
    ...(hasBody ? { raw: raw ?? '{}' } : {}),
  })
}

async function outcome(endpoint: AnyEndpoint, input: Input): Promise<[number, string]> {
  const { status, body } = await request(endpoint, input)
  return [status, body?.errcode]
}

function plausible(parameter: string): string {
  if (/user/i.test(parameter)) return `@nobody:${server.serverName}`
  if (/alias/i.test(parameter)) return `#nothing:${server.serverName}`
  if (/room/i.test(parameter)) return `!nothing:${server.serverName}`
  return 'nothing'
}

/** Each query parameter and each body field with a value of another type, bodies that are no JSON objects, and odd path parameters. */
function wrongInputs(endpoint: AnyEndpoint): Input[] {
  const inputs: Input[] = [{ params: () => '%00' }, { params: () => 'ü/../:@!#$' }, { params: () => 'x'.repeat(3000) }]
  for (const field of Object.keys(endpoint.query.properties)) {
    for (const value of ['', '-1', 'x', '9'.repeat(30), '%00', '%FF']) inputs.push({ query: `?${field}=${value}` })
  }
  if (endpoint.body.kind === 'json') {
    for (const raw of ['', '{', '[]', '"x"', 'null', '{"a":1e999}', '\xff']) inputs.push({ raw })
    const good = Object.fromEntries(Object.entries(endpoint.body.schema.properties).map(([field, schema]) => [field, example(schema)]))
    for (const field of Object.keys(good)) {
      for (const value of [null, 0, -1, 1.5, '', 'x', true, [], {}, [[]], { a: { b: [] } }])
        inputs.push({ raw: JSON.stringify({ ...good, [field]: value }) })
    }
  }
  if (endpoint.body.kind === 'form')
    for (const raw of ['', '%', 'a=%FF&=&&', `${Object.keys(endpoint.body.schema.properties).join('=x&')}=x`]) inputs.push({ raw })
  return inputs
}

function example(schema: TSchema): unknown {
  const { type, enum: values, anyOf } = schema as { type?: string; enum?: unknown[]; anyOf?: TSchema[] }
  if (values) return values[0]
  if (anyOf) return example(anyOf[0]!)
  return { string: 'x', integer: 1, number: 1, boolean: true, array: [], object: {} }[type ?? 'object'] ?? null
}
