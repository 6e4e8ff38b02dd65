import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemRandom } from '@glia/platform'
import { expect, test } from 'vitest'
import { makeFolder } from './config-fixture.ts'
import { openConfig } from './open-config.ts'
import type { ServeOptions } from './overlay.ts'

const open = (cli: ServeOptions, env = {}) => openConfig({ cli, env, random: systemRandom })

/** All files below a folder, with their texts. */
function contents(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    entries.map((entry) => join(entry.parentPath, entry.name)).map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]),
  )
}

const FILES = [
  'glia.yaml',
  'secrets/auth_encryption_key',
  'secrets/auth_signing_key.pem',
  'secrets/macaroon_secret_key',
  'secrets/registration_shared_secret',
  'signing.key',
]

test('the first start fills a folder that does not exist, without warnings, for the owner alone', async () => {
  const dataDir = join(makeFolder(), 'deep', 'data')
  const { config, warnings, firstStart } = await open({ dataDir, serverName: 'my.example' })
  expect(firstStart).toBe(true)
  expect(warnings).toEqual([])
  expect(Object.keys(contents(dataDir)).sort()).toEqual(FILES)
  for (const file of FILES) expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600)
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700)
  expect(readFileSync(join(dataDir, 'signing.key'), 'utf8')).toMatch(/^ed25519 a_[A-Za-z]{4} [A-Za-z0-9+/]{43}\n$/)
  expect(config.server.name).toBe('my.example')
  expect(config.registration.sharedSecret?.reveal()).toMatch(/^[A-Za-z0-9]{50}$/)
})

test('the file of the first start says what the defaults are', async () => {
  const folder = makeFolder()
  const { config } = await open({ dataDir: join(folder, 'written') })
  const empty = join(folder, 'empty.yaml')
  writeFileSync(empty, '')
  const { config: defaults } = await open({ dataDir: join(folder, 'empty'), config: [empty] })
  const comparable = (value: typeof config) =>
    JSON.parse(JSON.stringify({ ...value, dataDir: '', server: { ...value.server, signingKey: '' } }).replaceAll(value.dataDir, ''))
  expect(comparable(config)).toEqual({ ...comparable(defaults), registration: { ...config.registration, sharedSecret: '[redacted]' } })
})

test('a second start keeps every file and the name', async () => {
  const dataDir = makeFolder()
  await open({ dataDir, serverName: 'my.example' })
  const before = contents(dataDir)
  const { config, firstStart } = await open({ dataDir })
  expect(firstStart).toBe(false)
  expect(config.server.name).toBe('my.example')
  expect(contents(dataDir)).toEqual(before)
})

test('host and port of the first start are not kept', async () => {
  const dataDir = makeFolder()
  expect((await open({ dataDir, port: 1234 })).config.listeners[0]?.port).toBe(1234)
  expect((await open({ dataDir })).config.listeners[0]?.port).toBe(8008)
})

test('two first starts at the same time agree on the keys', async () => {
  const dataDir = makeFolder()
  const [one, two] = await Promise.all([open({ dataDir }), open({ dataDir })])
  const { config } = await open({ dataDir })
  expect([one.config.server.signingKey.publicKeyBase64, two.config.server.signingKey.publicKeyBase64]).toEqual(
    Array(2).fill(config.server.signingKey.publicKeyBase64),
  )
  expect(one.config.server.secret.reveal()).toBe(two.config.server.secret.reveal())
  expect(Object.keys(contents(dataDir)).sort()).toEqual(FILES)
})

test('an interrupted first start goes on with the keys it had made', async () => {
  const dataDir = makeFolder()
  await open({ dataDir })
  const before = contents(dataDir)
  rmSync(join(dataDir, 'glia.yaml'))
  rmSync(join(dataDir, 'secrets/auth_encryption_key'))
  writeFileSync(join(dataDir, 'secrets/.auth_encryption_key.xyz.tmp'), 'half')
  expect((await open({ dataDir })).firstStart).toBe(true)
  expect(contents(dataDir)).toMatchObject({ 'signing.key': before['signing.key'], 'glia.yaml': before['glia.yaml'] })
})

test('another --server-name than that of the folder is refused, the same one is not', async () => {
  const dataDir = makeFolder()
  await open({ dataDir, serverName: 'my.example' })
  await open({ dataDir, serverName: 'my.example' })
  await expect(open({ dataDir, serverName: 'other.example' })).rejects.toThrow(
    /glia\.yaml:\d+: server_name: is "my\.example", but --server-name says "other\.example": the name of a server cannot be changed/,
  )
  await expect(open({ dataDir }, { GLIA_SERVER_NAME: 'other.example' })).rejects.toThrow('GLIA_SERVER_NAME says "other.example"')
})

test('a configuration without server_name is taken for localhost, with a warning', async () => {
  const folder = makeFolder()
  const file = join(folder, 'my.yaml')
  writeFileSync(file, 'max_upload_size: 1K')
  const { config, warnings } = await open({ dataDir: join(folder, 'data'), config: [file] })
  expect(config.server.name).toBe('localhost')
  expect(warnings).toEqual([{ at: '', key: 'server_name', message: 'is not set: user ids will end in :localhost' }])
})

test('a wrong name leaves the folder empty', async () => {
  const dataDir = makeFolder()
  await expect(open({ dataDir, serverName: 'not a name' })).rejects.toThrow('--server-name: server_name: "not a name" is no host name')
  expect(readdirSync(dataDir)).toEqual([])
})

test('a fresh volume with lost+found and hidden files counts as empty', async () => {
  const dataDir = makeFolder()
  mkdirSync(join(dataDir, 'lost+found'))
  writeFileSync(join(dataDir, '.gitkeep'), '')
  expect((await open({ dataDir })).firstStart).toBe(true)
})

test.each([
  [
    'homeserver.yaml',
    /has no glia\.yaml but other files \(homeserver\.yaml\): to take over its configuration, start with --config .*homeserver\.yaml/,
  ],
  ['glia.db', /has no glia\.yaml but other files \(glia\.db\): put glia\.yaml back from your backup/],
  ['thesis.doc', /has no glia\.yaml but other files \(thesis\.doc\): choose an empty folder/],
])('a folder that holds %s is left alone', async (name, message) => {
  const dataDir = makeFolder()
  writeFileSync(join(dataDir, name), 'mine')
  await expect(open({ dataDir })).rejects.toThrow(message)
  expect(readdirSync(dataDir)).toEqual([name])
})

test('with --config, only the keys are made, and the folder may hold anything', async () => {
  const dataDir = makeFolder()
  const file = join(dataDir, 'homeserver.yaml')
  writeFileSync(file, 'server_name: my.example\nmacaroon_secret_key: mine')
  const { config, firstStart } = await open({ dataDir, config: [file] })
  expect(firstStart).toBe(false)
  expect(config.registration.sharedSecret).toBeNull()
  expect(Object.keys(contents(dataDir)).sort()).toEqual([
    'homeserver.yaml',
    'secrets/auth_encryption_key',
    'secrets/auth_signing_key.pem',
    'signing.key',
  ])
})

test.each([':', ','])('GLIA_CONFIG names files separated by %s, GLIA_DATA_DIR the folder', async (separator) => {
  const folder = makeFolder()
  const files = ['a', 'b'].map((name) => join(folder, `${name}.yaml`))
  writeFileSync(files[0]!, 'server_name: a.example\nmax_upload_size: 1K')
  writeFileSync(files[1]!, 'server_name: b.example')
  const { config } = await open({}, { GLIA_CONFIG: files.join(separator), GLIA_DATA_DIR: join(folder, 'data') })
  expect([config.server.name, config.media.maxUploadSizeBytes, config.dataDir]).toEqual(['b.example', 1024, join(folder, 'data')])
})

test('a key that the configuration names must exist and is never made anew', async () => {
  const dataDir = makeFolder()
  await open({ dataDir })
  rmSync(join(dataDir, 'signing.key'))
  await expect(open({ dataDir })).rejects.toThrow(/glia\.yaml:\d+: signing_key_path: .*signing\.key: no such file/)
  expect(existsSync(join(dataDir, 'signing.key'))).toBe(false)
})

test.each(['data', 'data/below'])('a data folder that is a file is refused: %s', async (name) => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'data'), '')
  const dataDir = join(folder, name)
  await expect(open({ dataDir })).rejects.toThrow(/^--data-dir: .*data.*: is a file, not a folder/)
})
