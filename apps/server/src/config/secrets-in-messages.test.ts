import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { load, problemsOf } from './config-fixture.ts'

const SECRETS = `
registration_shared_secret: hunter2
macaroon_secret_key: hunter2
database: {name: psycopg2, args: {user: glia, password: hunter2}}
email: {smtp_pass: hunter2, smtp_user: glia, notif_from: glia@example.com}
`

test('a loaded configuration prints without its secrets', async () => {
  const { config } = await load(SECRETS)
  expect(config.server.secret.reveal()).toBe('hunter2')
  const printed = [inspect(config, { depth: 20, showHidden: true }), JSON.stringify(config), String(config)].join('\n')
  expect(printed).toContain('[redacted]')
  expect(printed).not.toContain('hunter2')
  expect(printed).not.toContain(config.auth.encryptionKey.reveal())
  expect(printed).not.toContain('PRIVATE KEY')
})

test.each([
  ['wrong neighbours', `${SECRETS}max_upload_size: x`],
  ['a list', 'registration_shared_secret: [hunter2]'],
  ['a map', 'macaroon_secret_key: {hunter2: hunter2}'],
  [
    'a number',
    'registration_shared_secret: 0\nmacaroon_secret_key: 20022002 # hunter2\ndatabase: {name: psycopg2, args: {password: 20022002}}',
  ],
  ['broken flow', 'registration_shared_secret: {hunter2: "hunter2'],
  ['broken quotes', 'registration_shared_secret: "hunter2" hunter2'],
  ['broken line', 'registration_shared_secret: hunter2\n  }hunter2: hunter2'],
  ['a bar before the value', 'registration_shared_secret: |hunter2\n'],
  ['a tag', 'registration_shared_secret: !hunter2'],
  ['a broken tag', 'registration_shared_secret: !hunter2!'],
  ['a broken block', '|registration_shared_secret: hunter2'],
  ['a brace too many', 'server_name: a\n}hunter2'],
  ['wrong URL', 'database: {url: "postgres://glia:hunter2@host/db?hidden=hunter2x&sslmode=odd"}'],
  ['no URL', 'database: {url: hunter2}'],
  ['bad escape', 'database: {url: "postgres://glia:hunter2%zz@host/db"}'],
])('messages do not repeat secrets: %s', async (_, text) => {
  const problems = (await problemsOf(text)).join('\n')
  expect(problems).not.toBe('')
  expect(problems).not.toMatch(/hunter2(?!x)|20022002/)
})
