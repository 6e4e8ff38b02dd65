import { expect, test } from 'vitest'
import { load, problemsOf } from './config-fixture.ts'

const ID = '01HZZZZZZZZZZZZZZZZZZZZZA1'
const SECRET = { client_id: ID, client_auth_method: 'client_secret_basic', client_secret: 's3cret' }
const KEY = { client_id: ID, client_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'EC' }] } }
const fileOf = (...clients: object[]) => JSON.stringify({ glia: { auth: { clients } } })
const at = 'glia.auth.clients[0]'

test('a client needs little', async () => {
  const [client] = (await load(fileOf({ ...SECRET, redirect_uris: ['https://APP.example'] }))).config.auth.clients
  expect(client).toMatchObject({ id: ID, authMethod: 'client_secret_basic', redirectUris: ['https://app.example/'], jwks: null })
  expect(client?.secret?.reveal()).toBe('s3cret')
  const [other] = (await load(fileOf(KEY))).config.auth.clients
  expect(other).toMatchObject({ jwks: { keys: [{ kty: 'EC' }] }, secret: null })
})

test.each([
  [{ ...SECRET, client_id: 'mine' }, `${at}.client_id`, 'must be a ULID'],
  [{ ...SECRET, client_auth_method: undefined }, `${at}.client_auth_method`, 'is missing'],
  [{ ...SECRET, client_auth_method: 'tls' }, `${at}.client_auth_method`, 'must be one of'],
  [{ ...SECRET, client_secret: undefined }, `${at}.client_secret`, 'is missing'],
  [{ ...SECRET, client_auth_method: 'none' }, `${at}.client_secret`, 'cannot be used'],
  [{ ...SECRET, redirect_uris: ['callback'] }, `${at}.redirect_uris[0]`, 'must be an absolute URI'],
  [{ ...SECRET, redirect_uris: ['https://a.example/#x'] }, `${at}.redirect_uris[0]`, 'without fragment'],
  [{ ...SECRET, jwks_uri: 'https://a.example/keys' }, `${at}.jwks`, 'cannot be used'],
  [{ ...KEY, jwks: undefined }, `${at}.jwks`, 'or jwks_uri is needed'],
  [{ ...KEY, jwks_uri: 'https://a.example/keys' }, `${at}.jwks`, 'one of them'],
  [{ ...KEY, jwks: { keys: [{ kty: 'EC', d: 'x' }] } }, `${at}.jwks`, 'must hold public keys only'],
  [{ ...KEY, secret: 'x' }, `${at}.secret`, 'unknown key'],
])('%j is refused at %s', async (client, key, message) => {
  const problems = JSON.stringify(await problemsOf(fileOf(client)))
  expect(problems).toContain(key)
  expect(problems).toContain(message)
})

test('two clients have two ids', async () => {
  expect(JSON.stringify(await problemsOf(fileOf(SECRET, KEY)))).toContain('is the id of another client, too')
})
