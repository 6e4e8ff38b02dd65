import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { load, loadFiles, makeFolder, problemsOf } from './config-fixture.ts'

test('an empty file gives the defaults', async () => {
  const { config, warnings } = await load('')
  expect(config.server.name).toBe('localhost')
  expect(config.listeners).toEqual([
    { type: 'http', port: 8008, bindAddresses: ['127.0.0.1'], xForwarded: false, resources: ['client', 'federation'] },
  ])
  expect(config.database).toEqual({ kind: 'sqlite', path: join(config.dataDir, 'glia.db') })
  expect(config.media.maxUploadSizeBytes).toBe(50 * 1024 * 1024)
  expect(config.registration).toEqual({ enabled: false, requiresToken: false, sharedSecret: null, guestsAllowed: false, validity: null })
  expect(config.auth.accessTokenLifetimeMs).toBe(300_000)
  expect(config.ratelimiting.login.failedAttempts).toEqual({ perSecond: 0.17, burstCount: 3 })
  expect(config.rooms.defaultVersion).toBe('11')
  expect(warnings).toEqual([])
})

test('the environment wins over files, the command line over the environment', async () => {
  const file = 'server_name: file.example\nlisteners: [{port: 1, bind_addresses: [127.0.0.1]}]'
  const env = { GLIA_SERVER_NAME: 'env.example', GLIA_HOST: '127.0.0.2', GLIA_PORT: '2' }
  const fromFile = (await load(file)).config
  expect([fromFile.server.name, fromFile.listeners[0]?.port, fromFile.listeners[0]?.bindAddresses]).toEqual([
    'file.example',
    1,
    ['127.0.0.1'],
  ])
  const fromEnv = (await load(file, { env })).config
  expect([fromEnv.server.name, fromEnv.listeners[0]?.port, fromEnv.listeners[0]?.bindAddresses]).toEqual(['env.example', 2, ['127.0.0.2']])
  const fromCli = (await load(file, { env, cli: { serverName: 'cli.example', port: 3, host: '::1' } })).config
  expect([fromCli.server.name, fromCli.listeners[0]?.port, fromCli.listeners[0]?.bindAddresses]).toEqual(['cli.example', 3, ['::1']])
})

test('host and port change the first http listener and leave the rest alone', async () => {
  const file = `
enable_metrics: true
listeners:
  - {port: 9000, type: metrics, bind_addresses: [127.0.0.1]}
  - {port: 8008, type: http, x_forwarded: true}
  - {port: 8448, type: http, resources: [{names: [federation]}]}`
  const { config } = await load(file, { cli: { host: '10.0.0.1', port: 80 } })
  expect(config.listeners.map(({ port, bindAddresses, xForwarded }) => ({ port, bindAddresses, xForwarded }))).toEqual([
    { port: 9000, bindAddresses: ['127.0.0.1'], xForwarded: false },
    { port: 80, bindAddresses: ['10.0.0.1'], xForwarded: true },
    { port: 8448, bindAddresses: ['::', '0.0.0.0'], xForwarded: false },
  ])
})

test('a variable that is empty counts as not set', async () => {
  const { config } = await load('server_name: file.example', { env: { GLIA_SERVER_NAME: '', GLIA_PORT: '' } })
  expect([config.server.name, config.listeners[0]?.port]).toEqual(['file.example', 8008])
})

test('GLIA_DATABASE_URL replaces the database of the file', async () => {
  const env = { GLIA_DATABASE_URL: 'postgres://glia:p%40ss@db.example:5433/glia?sslmode=require' }
  const { database } = (await load('database: {name: sqlite3, args: {database: x.db}}', { env })).config
  expect(database).toMatchObject({ kind: 'postgres', host: 'db.example', port: 5433, user: 'glia', database: 'glia', sslMode: 'require' })
  expect(database.kind === 'postgres' && database.password?.reveal()).toBe('p@ss')
})

test('a mistyped variable is named in a warning', async () => {
  const { warnings } = await load('', { env: { GLIA_SERVERNAME: 'a.example', GLIA_SOMETHING_ELSE: '1' } })
  expect(warnings).toEqual([{ at: 'GLIA_SERVERNAME', key: '', message: 'unknown variable, did you mean GLIA_SERVER_NAME?' }])
})

test('a later file replaces whole top-level keys and keeps the others', async () => {
  const { config } = await load([
    'server_name: a.example\nrc_login: {address: {per_second: 9}, account: {per_second: 9}}\nmax_upload_size: 1M',
    'rc_login: {account: {per_second: 7}}',
  ])
  expect(config.server.name).toBe('a.example')
  expect(config.media.maxUploadSizeBytes).toBe(1024 * 1024)
  expect(config.ratelimiting.login.address.perSecond).toBe(0.003)
  expect(config.ratelimiting.login.account).toEqual({ perSecond: 7, burstCount: 5 })
})

test('JSON is read like YAML', async () => {
  const json = JSON.stringify({ server_name: 'json.example', listeners: [{ port: 1234, type: 'http' }] }, null, 2)
  const { config } = await load(json, { extension: 'json' })
  expect([config.server.name, config.listeners[0]?.port]).toEqual(['json.example', 1234])
  expect(await problemsOf('{\n  "server_name": "a.example",\n  "max_upload_size": "much"\n}', { extension: 'json' })).toEqual([
    expect.stringContaining('0.json:3: max_upload_size: must be a size'),
  ])
})

test('JSON may be indented with tabs', async () => {
  const { config } = await load('{\n\t"server_name": "json.example",\n\t"rc_message": {\n\t\t"per_second": 2\n\t}\n}\n', {
    extension: 'json',
  })
  expect([config.server.name, config.ratelimiting.message.perSecond]).toEqual(['json.example', 2])
})

test('of a folder, all YAML and JSON files are read in alphabetical order', async () => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'b.yaml'), 'server_name: b.example')
  writeFileSync(join(folder, 'a.yaml'), 'server_name: a.example\nmax_upload_size: 1K')
  writeFileSync(join(folder, 'notes.txt'), '][')
  const { config } = await loadFiles([folder])
  expect([config.server.name, config.media.maxUploadSizeBytes]).toEqual(['b.example', 1024])
})

test('a key without value means its default', async () => {
  const { config } = await load('max_upload_size:\nrc_login:\npassword_config: ~\nregistration_shared_secret:\nglia:\n  log:\n    level:\n')
  expect(config.media.maxUploadSizeBytes).toBe(50 * 1024 * 1024)
  expect(config.log.level).toBe('info')
})

test('anchors, merge keys and the booleans of YAML 1.1 work', async () => {
  const { config } = await load(`
rc_message: &big {per_second: 5, burst_count: 50}
rc_registration: *big
rc_joins_per_room:
  <<: *big
  burst_count: 60
enable_room_list_search: off
dynamic_thumbnails: yes`)
  expect(config.ratelimiting.registration).toEqual({ perSecond: 5, burstCount: 50 })
  expect(config.ratelimiting.joinsPerRoom).toEqual({ perSecond: 5, burstCount: 60 })
  expect([config.rooms.listSearchEnabled, config.media.dynamicThumbnails]).toEqual([false, true])
})

test('address ranges: private networks by default, own ones as written, others refused', async () => {
  const byDefault = (await load('')).config.outbound.addresses
  expect(byDefault.refused).toEqual(expect.arrayContaining(['127.0.0.0/8', 'fc00::/7']))
  const { config } = await load('ip_range_blacklist: []\nip_range_whitelist: [10.1.2.3, "fd00::/8"]')
  expect(config.outbound.addresses).toEqual({ refused: [], allowed: ['10.1.2.3', 'fd00::/8'] })
  expect(await problemsOf('ip_range_whitelist: [10.0.0.0/99]')).toEqual([
    '0.yaml:1: ip_range_whitelist[0]: must be an IP address or a range such as 10.0.0.0/8, not "10.0.0.0/99"',
  ])
})

test('all problems are reported together, by place', async () => {
  expect(
    await problemsOf(
      [
        'server_name: "not a name"\nlisteners:\n  - port: 8008\n    type: http\n    tls: true\n  - prot: 9\n    type: http\n',
        'max_upload_size: big\nfrobnicate: 1',
      ],
      { env: { GLIA_PORT: 'many' } },
    ),
  ).toEqual([
    expect.stringMatching(/^0\.yaml:1: server_name: must be a host name/),
    expect.stringMatching(/^0\.yaml:5: listeners\[0\]\.tls: must be false: let a reverse proxy do TLS/),
    '0.yaml:6: listeners[1].prot: unknown key, did you mean listeners[1].port?',
    expect.stringMatching(/^0\.yaml:6: listeners\[1\]\.port: is missing: it must be an integer, from 0 to 65535/),
    expect.stringMatching(/^1\.yaml:1: max_upload_size: must be a size such as .* not "big"/),
    '1.yaml:2: frobnicate: unknown key',
    'GLIA_PORT: must be a port number from 0 to 65535',
  ])
})

test.each([
  ['server_name: 5', 'server_name: must be text, not 5'],
  ['server_name: ""', 'server_name: must be text, not ""'],
  ['server_name: exa_mple.com', 'server_name: must be a host name or IP address'],
  ['public_baseurl: example.com', 'public_baseurl: must be an http:// or https:// URL'],
  ['public_baseurl: "https://example.com/?a=b"', 'public_baseurl: must be an http:// or https:// URL'],
  ['enable_registration: "yes please"', 'enable_registration: must be true or false, not "yes please"'],
  ['enable_registration: 1', 'enable_registration: must be true or false, not 1'],
  ['max_upload_size: 50MB', 'max_upload_size: must be a size'],
  [
    'max_upload_size: [50M]',
    'max_upload_size: must be a size such as 512K, 50M or 2G (a bare number counts single bytes or pixels), not a list',
  ],
  ['session_lifetime: soon', 'session_lifetime: must be a duration'],
  ['session_lifetime: -5', 'session_lifetime: must be a duration'],
  ['media_store_path: 5', 'media_store_path: must be a path, not 5'],
  ['listeners: 8008', 'listeners: must be a list of maps, not 8008'],
  ['listeners: [8008]', 'listeners[0]: must be a map, not 8008'],
  ['listeners: [{port: 70000}]', 'listeners[0].port: must be an integer, from 0 to 65535, not 70000'],
  ['listeners: [{port: "8008"}]', 'listeners[0].port: must be an integer, from 0 to 65535, not "8008"'],
  ['listeners: [{port: 1, type: https}]', 'listeners[0].type: must be one of http, metrics, manhole, not "https"'],
  ['listeners: [{port: 1, resources: [{names: [clients]}]}]', 'listeners[0].resources[0].names[0]: must be one of client,'],
  ['rc_message: 5', 'rc_message: must be a map, not 5'],
  ['rc_message: {per_second: 0}', 'rc_message.per_second: must be a number above 0, not 0'],
  ['rc_message: {burst_count: 1.5}', 'rc_message.burst_count: must be an integer, 1 or more, not 1.5'],
  ['rc_login: {adress: {per_second: 1}}', 'rc_login.adress: unknown key, did you mean rc_login.address?'],
  ['default_room_version: 99', 'default_room_version: must be one of the room versions 6, 7, 8, 9, 10, 11, 12'],
  ['thumbnail_sizes: [{width: 0, height: 5}]', 'thumbnail_sizes[0].width: must be an integer, from 1 to 4096, not 0'],
  ['glia: {log: {level: loud}}', 'glia.log.level: must be one of debug, info, warn, error, silent, not "loud"'],
  ['glia: {auth: {access_token_ttl: 5}}', 'glia.auth.access_token_ttl: must be a number of seconds from 60 to 86400'],
  ['glia: {auth: {policy: {admin_users: alice}}}', 'glia.auth.policy.admin_users: must be a list of user names, not "alice"'],
  ['server_nam: a.example', 'server_nam: unknown key, did you mean server_name?'],
  ['log_confg: a', 'log_confg: unknown key, did you mean log_config?'],
  ['constructor: a', 'constructor: unknown key'],
  ['database: {name: mysql}', 'database.name: must be one of sqlite3, psycopg2, sqlite, postgres, not "mysql"'],
  ['database: {name: psycopg2, args: {dbname: a, database: b}}', 'database.args: database and dbname are the same setting'],
  ['database: {name: psycopg2, args: {cp_min: 5, cp_max: 2}}', 'database.args: cp_min must not be greater than cp_max'],
  ['database: {name: psycopg2, args: {hots: a}}', 'database.args.hots: unknown key, did you mean database.args.host?'],
  ['database: {url: "mysql://a:secret@b/c"}', 'database: must be a URL such as postgres://'],
])('%s is refused', async (text, message) => {
  expect(await problemsOf(`# first line\n${text}\n`)).toEqual([expect.stringContaining(`0.yaml:2: ${message}`)])
})

test.each([
  ['a: [1, 2\nb: 3', /^0\.yaml:2: /],
  ['server_name: a\nserver_name: b', /^0\.yaml:2: Map keys must be unique/],
  ['server_name: *nowhere', /^0\.yaml:1: server_name: refers to an anchor/],
  ['\tserver_name: a', /^0\.yaml:1: /],
  ['server_name: a\n---\nserver_name: b', /^0\.yaml:\d: a configuration file holds one YAML document/],
  ['registration_shared_secret: !abc', /^0\.yaml:1: a value that begins with ! must be in quotes/],
  ['- a\n- b', /^0\.yaml:1: must be a map of settings/],
  ['just text', /^0\.yaml:1: must be a map of settings/],
  ['a: &a [*a]', /nested too deeply/],
])('%j is refused with its line', async (text, message) => {
  const problems = await problemsOf(text)
  expect(problems[0]).toMatch(message)
})

test('a file that does not exist is named', async () => {
  await expect(loadFiles(['/nowhere/glia.yaml'])).rejects.toThrow('/nowhere/glia.yaml: no such file')
})

test.each([
  ['enable_registration: true', 'enable_registration: open registration attracts spam'],
  [
    'session_lifetime: 1h\nnonrefreshable_access_token_lifetime: 2h',
    'nonrefreshable_access_token_lifetime: must not be longer than session_lifetime',
  ],
  ['session_lifetime: 1h\nrefresh_token_lifetime: 2h', 'refresh_token_lifetime: must not be longer than session_lifetime'],
  [
    'registration_shared_secret: a\nregistration_shared_secret_path: /dev/null',
    'registration_shared_secret_path: cannot be set together with registration_shared_secret',
  ],
  ['macaroon_secret_key: a\nmacaroon_secret_key_path: signing.key', 'macaroon_secret_key_path: cannot be set together'],
])('settings that do not go together are refused: %s', async (text, message) => {
  expect((await problemsOf(text)).join('\n')).toContain(message)
})

test.each(['registration_requires_token', 'enable_registration_without_verification'])('registration opens with %s', async (key) => {
  const { config } = await load(`enable_registration: true\n${key}: true`)
  expect(config.registration.enabled).toBe(true)
})

test('the default lifetime of access tokens does not clash with a shorter session', async () => {
  expect(await problemsOf('session_lifetime: 1m')).toEqual([])
})

test.each([
  ['signing_key_path', 'is no signing key'],
  ['glia: {auth: {signing_key_path', 'is no RSA private key in PEM'],
  ['glia: {auth: {encryption_key_path', 'is no key of 64 hex digits'],
])('a file with something else than the key that %s names is refused', async (key, message) => {
  const file = join(makeFolder(), 'key')
  writeFileSync(file, 'hunter2')
  const [problem] = await problemsOf(`${key}: ${file}${key.includes('{') ? '}}' : ''}`)
  expect(problem).toContain(message)
  expect(problem).not.toContain('hunter2')
})

test('a problem below a key is named with its own line', async () => {
  expect(
    await problemsOf(
      'glia:\n  log:\n    level: info\n  auth:\n    encryption_key_path: /nowhere/key\ndatabase:\n  name: psycopg2\n  args: {cp_min: 9, cp_max: 1}',
    ),
  ).toEqual([
    '0.yaml:5: glia.auth.encryption_key_path: /nowhere/key: no such file',
    '0.yaml:8: database.args: cp_min must not be greater than cp_max',
  ])
})

test('a secret file that is missing or empty is refused', async () => {
  const empty = join(makeFolder(), 'empty')
  writeFileSync(empty, '\n')
  expect(await problemsOf(`registration_shared_secret_path: ${empty}\nmacaroon_secret_key_path: /nowhere/secret\n`)).toEqual([
    `0.yaml:1: registration_shared_secret_path: ${empty}: is empty`,
    '0.yaml:2: macaroon_secret_key_path: /nowhere/secret: no such file',
  ])
})

test('a secret file is read without the line break at its end', async () => {
  const file = join(makeFolder(), 'secret')
  writeFileSync(file, 'from a file\n')
  const { config } = await load(`registration_shared_secret_path: ${file}`)
  expect(config.registration.sharedSecret?.reveal()).toBe('from a file')
})

test('relative paths start at the data folder', async () => {
  const { config } = await load('media_store_path: files\ndatabase: {name: sqlite3, args: {database: sub/my.db}}')
  expect(config.media.storePath).toBe(join(config.dataDir, 'files'))
  expect(config.database).toEqual({ kind: 'sqlite', path: join(config.dataDir, 'sub/my.db') })
})

test('metrics listeners are left out while metrics are off', async () => {
  const listeners = 'listeners: [{port: 1}, {port: 9000, type: metrics}, {port: 9999, type: manhole}]'
  const off = await load(listeners)
  expect(off.config.listeners.map(({ port }) => port)).toEqual([1])
  expect(off.warnings.map(({ key }) => key)).toEqual(['listeners[1]', 'listeners[2]'])
  const on = await load(`enable_metrics: true\n${listeners}`)
  expect(on.config.listeners.map(({ port, resources }) => [port, resources])).toEqual([
    [1, ['client', 'federation']],
    [9000, ['metrics']],
  ])
})

test('email: the mail server as Synapse names it, and what cannot go together', async () => {
  const { config } = await load(
    'email: {notif_from: "%(app)s <noreply@example.com>", app_name: Example, force_tls: true, smtp_user: glia, smtp_pass: x}',
  )
  expect(config.email.smtp).toMatchObject({
    host: 'localhost',
    port: 465,
    user: 'glia',
    from: 'Example <noreply@example.com>',
    enableTls: true,
  })
  expect((await load('email: {smtp_host: mail.example.com}')).config.email.smtp).toBeNull()
  expect((await load('')).config.email).toMatchObject({
    smtp: null,
    changesEnabled: true,
    isRequiredToRegister: false,
    inhibitErrors: false,
  })
  expect(await problemsOf('registrations_require_3pid: [email]')).toEqual([expect.stringContaining('needs email with notif_from')])
  expect(await problemsOf('email: {notif_from: a@example.com}\nregistrations_require_3pid: [email, msisdn]')).toEqual([
    expect.stringContaining('can only hold email'),
  ])
  expect(await problemsOf('allowed_local_3pids: [{medium: email, pattern: "("}]')).toEqual([
    expect.stringContaining('must be a regular expression'),
  ])
})
