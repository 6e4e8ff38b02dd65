import { expect, test } from 'vitest'
import { addressesOf } from './find-homeserver.ts'

test.each([
  ['example.org', { direct: undefined, wellKnown: 'https://example.org' }],
  [' @alice:example.org:8448 ', { direct: undefined, wellKnown: 'https://example.org:8448' }],
  ['https://matrix.example.org/', { direct: 'https://matrix.example.org', wellKnown: 'https://matrix.example.org' }],
  ['http://127.0.0.1:8008', { direct: 'http://127.0.0.1:8008', wellKnown: 'http://127.0.0.1:8008' }],
  ['https://example.org/matrix/?a=b#c', { direct: 'https://example.org/matrix', wellKnown: 'https://example.org' }],
])('%s is looked for at the right places', (typed, expected) => {
  expect(addressesOf(typed)).toEqual(expected)
})

test.each(['', '   ', 'two words', 'https://', '@alice', 'javascript:alert(1)'])('%j is no address', (typed) => {
  expect(addressesOf(typed)).toBeUndefined()
})
