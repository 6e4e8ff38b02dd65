import { expect, test } from 'vitest'
import { codeChallengeOf, randomText } from './pkce.ts'

test('the challenge is that of the example in RFC 7636, appendix B', async () => {
  expect(await codeChallengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
})

test('verifiers have the length and the characters that RFC 7636 asks for', () => {
  const verifiers = Array.from({ length: 50 }, randomText)
  for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(new Set(verifiers).size).toBe(50)
})
