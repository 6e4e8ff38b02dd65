import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { load, loadFiles } from './config-fixture.ts'
import { publicBaseurl } from './public-baseurl.ts'
import { unusedSynapseKeys } from './synapse-keys.ts'

const homeserverYaml = readFileSync(join(import.meta.dirname, 'fixtures/homeserver.yaml'), 'utf8')

// The signing key that it names is in the data folder.
const loadHomeserverYaml = () => loadFiles([join(import.meta.dirname, 'fixtures/homeserver.yaml')])

test("Synapse's homeserver.yaml is taken over", async () => {
  const { config } = await loadHomeserverYaml()
  expect(config.server).toMatchObject({ name: 'example.com', publicBaseurl: 'https://matrix.example.com/', metricsEnabled: true })
  expect(config.server.secret.reveal()).toBe('not-a-real-macaroon-secret')
  expect(config.listeners).toEqual([
    { type: 'http', port: 8008, bindAddresses: ['::1', '127.0.0.1'], xForwarded: true, resources: ['client', 'federation'] },
    { type: 'metrics', port: 9000, bindAddresses: ['127.0.0.1'], xForwarded: false, resources: ['metrics'] },
  ])
  expect(config.database).toMatchObject({
    kind: 'postgres',
    host: 'localhost',
    port: 5433,
    user: 'synapse_user',
    database: 'synapse',
    sslMode: 'prefer',
    minConnections: 5,
    maxConnections: 10,
  })
  expect(config.media).toMatchObject({ storePath: '/var/lib/matrix-synapse/media_store', maxUploadSizeBytes: 100 * 1024 * 1024 })
  expect(config.registration).toMatchObject({ enabled: true, requiresToken: true })
  expect(config.registration.sharedSecret?.reveal()).toBe('not-a-real-shared-secret')
  expect(config.auth.sessionLifetimeMs).toBe(24 * 60 * 60 * 1000)
  expect(config.ratelimiting.message).toEqual({ perSecond: 10, burstCount: 100 })
  expect(config.ratelimiting.login.account).toEqual({ perSecond: 10, burstCount: 50 })
})

test('settings of Synapse that Glia has no use for are named with their line, those that nobody misses are not', async () => {
  const { warnings } = await loadHomeserverYaml()
  const line = (text: string) => homeserverYaml.split('\n').findIndex((candidate) => candidate.trim().startsWith(text)) + 1
  expect(warnings.map(({ at, key }) => [Number(at.split(':').pop()), key])).toEqual(
    expect.arrayContaining([
      [line('log_config'), 'log_config'],
      [line('keepalives_idle'), 'database.args.keepalives_idle'],
      [line('pepper'), 'password_config.pepper'],
      [line('trusted_key_servers'), 'trusted_key_servers'],
    ]),
  )
  for (const key of ['pid_file', 'form_secret', 'database.txn_limit', 'report_stats'])
    expect(warnings.map((warning) => warning.key)).not.toContain(key)
})

test('every name in the list of Synapse keys is accepted', async () => {
  const names = Object.keys(unusedSynapseKeys)
  expect(names.length).toBeGreaterThan(150)
  const { warnings } = await load(names.map((name) => `${name}: 1`).join('\n'))
  const silent = names.filter((name) => unusedSynapseKeys[name] === 'silent')
  expect(warnings.map(({ key }) => key)).toEqual(names.filter((name) => !silent.includes(name)))
})

test.each([
  ['server_name: example.com\npublic_baseurl: https://m.example.com/base', 'https://m.example.com/base/'],
  ['server_name: example.com', 'http://127.0.0.1:8008/'],
  ['server_name: example.com\nlisteners: [{port: 8008, bind_addresses: ["::1"]}]', 'http://[::1]:8008/'],
  ['server_name: example.com\nlisteners: [{port: 8008, bind_addresses: [127.0.0.1], x_forwarded: true}]', 'https://example.com/'],
  ['server_name: example.com\nlisteners: [{port: 8008, bind_addresses: [0.0.0.0]}]', 'https://example.com/'],
  ['server_name: localhost\nlisteners: [{port: 80, bind_addresses: [0.0.0.0]}]', 'http://localhost:80/'],
])('the public URL follows from: %s', async (text, url) => {
  expect(publicBaseurl((await load(text)).config)).toBe(url)
})

test('the public URL of a free port is that of the bound port', async () => {
  const { config } = await load('', { cli: { port: 0 } })
  expect(publicBaseurl(config, 41234)).toBe('http://127.0.0.1:41234/')
})
