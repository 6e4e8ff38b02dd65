import { afterEach, expect, test } from 'vitest'
import { type AnsweringServer, type CannedAnswer, startAnsweringServer } from '../answering-server-fixture.ts'
import { parseAuthMetadata, readAuthMetadata } from './auth-metadata.ts'

const STABLE = '/_matrix/client/v1/auth_metadata'
const UNSTABLE = '/_matrix/client/unstable/org.matrix.msc2965/auth_metadata'
const unrecognized: CannedAnswer = { status: 404, json: { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' } }
const metadata = {
  issuer: 'https://auth.glia.test/',
  token_endpoint: 'https://auth.glia.test/oauth2/token',
  registration_endpoint: 'https://auth.glia.test/oauth2/registration',
}

let server: AnsweringServer | undefined
afterEach(() => server?.close())

async function read(answers: Record<string, CannedAnswer>) {
  server = await startAnsweringServer(({ path }) => answers[path] ?? unrecognized)
  return readAuthMetadata(server.url)
}

test('asks the stable path first', async () => {
  const found = await read({ [STABLE]: { status: 200, json: metadata }, [UNSTABLE]: { status: 500, json: {} } })
  expect(found).toMatchObject({ issuer: metadata.issuer, tokenEndpoint: metadata.token_endpoint, foundAt: STABLE })
  expect(found?.deviceAuthorizationEndpoint).toBeUndefined()
})

test('takes the older path where there is no other', async () => {
  expect((await read({ [UNSTABLE]: { status: 200, json: metadata } }))?.foundAt).toBe(UNSTABLE)
})

test('a homeserver without OAuth has none', async () => {
  expect(await read({})).toBeUndefined()
})

test.each<[string, CannedAnswer, string]>([
  ['a failure', { status: 503, json: {} }, 'HTTP status 503'],
  ['metadata without token endpoint', { status: 200, json: { issuer: 'https://auth.glia.test/' } }, '"token_endpoint"'],
  ['an endpoint that is no URL', { status: 200, json: { ...metadata, token_endpoint: 'token' } }, 'token_endpoint is no URL'],
])('refuses %s', async (_, answer, message) => {
  await expect(read({ [STABLE]: answer })).rejects.toThrow(message)
})

test('tokens of a homeserver that is reached by https are not sent in the clear', () => {
  const inTheClear = { ...metadata, token_endpoint: 'http://auth.glia.test/oauth2/token' }
  expect(() => parseAuthMetadata(inTheClear, 'https://glia.test', STABLE)).toThrow(
    'token_endpoint is not encrypted (http://auth.glia.test)',
  )
  expect(parseAuthMetadata(inTheClear, 'http://127.0.0.1:8008', STABLE).tokenEndpoint).toBe(inTheClear.token_endpoint)
})
