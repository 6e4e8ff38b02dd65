import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from './secret.ts'

const secret = new Secret('hunter2')

test('a secret gives its text to whoever asks for it', () => {
  expect(secret.reveal()).toBe('hunter2')
})

test.each([
  ['String()', String(secret)],
  ['a template', `${secret}`],
  ['JSON', JSON.stringify({ nested: { secret } })],
  ['inspect', inspect({ nested: { secret } }, { depth: 9, showHidden: true })],
  ['format', format('%s %o %j', secret, secret, secret)],
  ['spread', JSON.stringify({ ...secret })],
  ['keys', Object.getOwnPropertyNames(secret).join()],
])('a secret is not printed by %s', (_, printed) => {
  expect(printed).not.toContain('hunter2')
})

test('a printed secret says that something was left out', () => {
  expect(`${secret} ${JSON.stringify(secret)} ${inspect(secret)}`).toBe('[redacted] "[redacted]" [redacted]')
})
