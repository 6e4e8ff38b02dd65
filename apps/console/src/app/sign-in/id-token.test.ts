import { expect, test } from 'vitest'
import { checkIdToken } from './id-token.ts'

const expected = { issuer: 'https://auth.test/', clientId: 'client', nonce: 'once', nowMs: 1_700_000_000_000 }
const good = { iss: 'https://auth.test/', aud: 'client', nonce: 'once', exp: 1_700_000_060, name: 'Zoë' }

function idToken(claims: Record<string, unknown>): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`
}

test('an id token of this sign-in passes', () => {
  expect(() => checkIdToken(idToken(good), expected)).not.toThrow()
  expect(() => checkIdToken(idToken({ ...good, aud: ['other', 'client'] }), expected)).not.toThrow()
})

test.each([
  [{ iss: 'https://other.test/' }, 'another issuer'],
  [{ aud: 'other' }, 'another client'],
  [{ nonce: 'twice' }, 'another sign-in'],
  [{ nonce: undefined }, 'another sign-in'],
  [{ exp: 1_700_000_000 }, 'expired'],
])('one with %j is refused', (change, reason) => {
  expect(() => checkIdToken(idToken({ ...good, ...change }), expected)).toThrow(reason)
})

test('what is no token is refused', () => {
  expect(() => checkIdToken('nonsense', expected)).toThrow('cannot be read')
})
