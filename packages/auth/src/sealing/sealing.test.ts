import { Secret } from '@glia/platform'
import { seededRandom } from '@glia/testing'
import { expect, test } from 'vitest'
import { createSealing } from './index.ts'

const random = seededRandom('sealing')
const sealing = createSealing({ key: new Secret('ab'.repeat(32)), random })

test('what was sealed opens again, and looks different each time', () => {
  const [first, second] = [sealing.seal('schlüssel', 'client A'), sealing.seal('schlüssel', 'client A')]
  expect(first).not.toBe(second)
  expect([sealing.open(first, 'client A'), sealing.open(second, 'client A')]).toEqual(['schlüssel', 'schlüssel'])
})

test('it opens neither with another key, nor for another purpose, nor when it was changed', () => {
  const sealed = sealing.seal('secret', 'client A')
  const bytes = Buffer.from(sealed, 'base64url')
  bytes[14]! ^= 1
  const other = createSealing({ key: new Secret('cd'.repeat(32)), random })
  expect(() => other.open(sealed, 'client A')).toThrow()
  expect(() => sealing.open(sealed, 'client B')).toThrow()
  expect(() => sealing.open(bytes.toString('base64url'), 'client A')).toThrow()
  expect(() => sealing.open('', 'client A')).toThrow()
})
