import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { loadFiles, makeFolder } from './config-fixture.ts'

const REGISTRATION = `id: irc
url: http://127.0.0.1:9999/irc/
as_token: the as token
hs_token: the hs token
sender_localpart: ircbot
rate_limited: false
protocols: [irc]
namespaces:
  users: [{regex: '@irc_.*', exclusive: true, group_id: '+irc:x'}]
  aliases: [{regex: '#irc_.*', exclusive: false}]
  rooms: []
de.sorunome.msc2409.push_ephemeral: true
org.matrix.msc3202: true
io.element.msc4190: true
`

/** Loads a configuration that names the registrations `0.yaml`, `1.yaml` … in the folder `bridges` beside it. */
async function load(...registrations: string[]) {
  const folder = makeFolder()
  mkdirSync(join(folder, 'bridges'))
  const names = registrations.map((text, index) => {
    writeFileSync(join(folder, 'bridges', `${index}.yaml`), text)
    return `bridges/${index}.yaml`
  })
  const config = join(folder, 'glia.yaml')
  writeFileSync(config, `server_name: x.example\napp_service_config_files: ${JSON.stringify(names)}\n`)
  try {
    return { ...(await loadFiles([config])), problems: '' }
  } catch (error) {
    return { config: undefined, warnings: [], problems: (error as Error).message.replaceAll(`${folder}/`, '') }
  }
}

const changed = (from: string, to: string) => REGISTRATION.replace(from, to)

test('a registration is read, its path taken from the folder of the configuration file', async () => {
  const { config, warnings } = await load(REGISTRATION)
  const [registration] = config!.appservices.registrations
  expect(registration!.service).toMatchObject({
    id: 'irc',
    url: 'http://127.0.0.1:9999/irc',
    sender: '@ircbot:x.example',
    isRateLimited: false,
    protocols: ['irc'],
    receivesEphemeral: true,
    receivesKeyCounts: true,
    managesDevices: true,
  })
  expect(registration!.service.namespaces.users[0]!.matches('@irc_a:x.example')).toBe(true)
  expect(registration!.service.namespaces.aliases[0]!.isExclusive).toBe(false)
  expect([registration!.asToken.reveal(), registration!.hsToken.reveal()]).toEqual(['the as token', 'the hs token'])
  expect(warnings).toEqual([])
})

test('tokens do not show when a configuration is printed', async () => {
  const { config } = await load(REGISTRATION)
  expect(inspect(config!.appservices, { depth: 10 }) + JSON.stringify(config!.appservices)).not.toContain('the as token')
})

test('limits count, and nothing ephemeral is sent, unless it says otherwise; url may be null', async () => {
  const { config } = await load('id: a\nurl: null\nas_token: a\nhs_token: b\nsender_localpart: bot\nnamespaces: {}\n')
  expect(config!.appservices.registrations[0]!.service).toMatchObject({
    url: undefined,
    isRateLimited: true,
    receivesEphemeral: false,
    receivesKeyCounts: false,
    managesDevices: false,
    protocols: [],
  })
})

test('the stable name of ephemeral events wins', async () => {
  const { config } = await load(`${REGISTRATION}receive_ephemeral: false\n`)
  expect(config!.appservices.registrations[0]!.service.receivesEphemeral).toBe(false)
})

test.each([
  [changed('id: irc', 'id: 5'), 'bridges/0.yaml:1: id: must be text, not 5'],
  [
    changed('url: http://127.0.0.1:9999/irc/\n', ''),
    'bridges/0.yaml:1: url: is missing: it must be a URL, or null for a service that is sent nothing',
  ],
  [changed('http://127.0.0.1:9999/irc/', 'ftp://x'), 'bridges/0.yaml:2: url: must be an http:// or https:// URL, not "ftp://x"'],
  [changed('as_token: the as token', 'as_token: [secret]'), 'bridges/0.yaml:3: as_token: must be text that is not empty'],
  [changed('hs_token: the hs token\n', ''), 'bridges/0.yaml:1: hs_token: must be text that is not empty'],
  [changed('ircbot', 'irc bot'), 'bridges/0.yaml:5: sender_localpart: must be of letters, digits and _ . - ~ / only'],
  [changed('rate_limited: false', 'rate_limited: 7'), 'bridges/0.yaml:6: rate_limited: must be true or false, not 7'],
  [changed('protocols: [irc]', 'protocols: irc'), 'bridges/0.yaml:7: protocols: must be a list of names, not "irc"'],
  [
    changed("'#irc_.*'", "'#irc_('"),
    'bridges/0.yaml:10: namespaces.aliases[0].regex: is no regular expression: Invalid regular expression: /#irc_(/: Unterminated group',
  ],
  [
    changed('exclusive: false', 'exclusive: maybe'),
    'bridges/0.yaml:10: namespaces.aliases[0].exclusive: must be true or false, not "maybe"',
  ],
  [changed('rooms:', 'romms:'), 'bridges/0.yaml:11: namespaces.romms: unknown key, did you mean namespaces.rooms?'],
  [changed('org.matrix.msc3202: true', 'org.matrix.msc3202: 1'), 'bridges/0.yaml:13: org.matrix.msc3202: must be true or false, not 1'],
  ['- a\n- b\n', 'bridges/0.yaml:1: must be a map of settings (name: value)'],
])('what is wrong is named with file, line and key (%#)', async (registration, problem) => {
  expect((await load(registration)).problems).toBe(problem)
})

test('two services cannot share an id, a token or a sender', async () => {
  const { problems } = await load(REGISTRATION, REGISTRATION)
  expect(problems.split('\n')).toEqual([
    'bridges/1.yaml:1: id: is the same as in bridges/0.yaml',
    'bridges/1.yaml:3: as_token: is the same as in bridges/0.yaml',
    'bridges/1.yaml:5: sender_localpart: is the same as in bridges/0.yaml',
  ])
})

test('a file that is not there is named', async () => {
  const folder = makeFolder()
  const config = join(folder, 'glia.yaml')
  writeFileSync(config, 'app_service_config_files: [nothing.yaml]\n')
  await expect(loadFiles([config])).rejects.toThrow(`${config}:1: app_service_config_files[0]: ${folder}/nothing.yaml: no such file`)
})

test('a key that nobody knows is worth a warning', async () => {
  const { warnings } = await load(`${REGISTRATION}rate_limit: true\n`)
  expect(warnings.map(({ key, message }) => `${key} ${message}`)).toEqual(['rate_limit Glia does not know this key of a registration'])
})
