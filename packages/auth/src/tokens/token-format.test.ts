import { seededRandom } from '@glia/testing'
import { describe, expect, test } from 'vitest'
import { checkCharacters, generateLegacyToken, generateToken, isWellFormed } from './index.ts'

describe('check characters', () => {
  test.each([
    'mat_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_96elV4',
    'mar_0123456789abcdefghijABCDEFGHIJ_wBcFB1',
    'mpt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_0uwsnS',
    'mat_000000000000000000000000000003_0EGadl',
  ])('of %s are those that MAS makes', (token) => {
    expect(checkCharacters(token.slice(0, -7))).toBe(token.slice(-6))
    expect(isWellFormed(token)).toBe(true)
  })
})

describe('form of a token', () => {
  const random = seededRandom('tokens')

  test.each(['oauthAccess', 'oauthRefresh', 'personalAccess'] as const)('a new token of kind %s is well formed', (kind) => {
    const token = generateToken(kind, random)
    expect(token).toMatch(/^(mat|mar|mpt)_[0-9A-Za-z]{30}_[0-9A-Za-z]{6}$/)
    expect(isWellFormed(token)).toBe(true)
  })

  test('a legacy token shows its localpart, as Synapse tokens do', () => {
    const token = generateLegacyToken('legacyAccess', 'alice', random)
    expect(token).toMatch(/^syt_YWxpY2U_[A-Za-z]{20}_[0-9A-Za-z]{6}$/)
    expect(isWellFormed(token)).toBe(true)
  })

  test.each([
    ['a changed character', 'mat_BAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_96elV4'],
    ['a changed check', 'mat_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_96elV5'],
    ['a short middle', 'mat_AAAA_96elV4'],
    ['a part too many', 'mat_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_96elV4_x'],
    ['no parts', 'mat_'],
  ])('%s is noticed', (_, token) => {
    expect(isWellFormed(token)).toBe(false)
  })

  test('tokens that came from elsewhere are not judged by their form', () => {
    expect(isWellFormed('syt_Ym9i_abcdefghijklmnopqrst_0abcde')).toBe(true)
    expect(isWellFormed('MDAxOGxvY2F0aW9uIA')).toBe(true)
  })
})
