import { expect, test } from 'vitest'
import { canonicalEmail } from './email-address.ts'

test.each([
  ['anna@example.org', 'anna@example.org'],
  ['  Anna.B+tag@Example.ORG ', 'anna.b+tag@example.org'],
  ['ännchen@münchen.example', 'ännchen@münchen.example'],
  ['root@localhost', 'root@localhost'],
])('%j is the address %s', (text, address) => expect(canonicalEmail(text)).toBe(address))

test.each([
  '',
  'anna',
  '@example.org',
  'anna@',
  'anna@@example.org',
  'anna@b@example.org',
  'anna@example.org, evil@example.com',
  '<anna@example.org>',
  'anna @example.org',
  'anna@example.org\r\nBcc: evil@example.com',
  'anna@example.org\0',
  'anna@-example.org',
  'anna@exa_mple.org',
  `${'a'.repeat(65)}@example.org`,
  `a@${'b.'.repeat(130)}org`,
])('%j is no address', (text) => expect(canonicalEmail(text)).toBeUndefined())
