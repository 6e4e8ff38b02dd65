import { seededRandom } from '@glia/testing'
import bcrypt from 'bcryptjs'
import { expect, test } from 'vitest'
import { createPasswordHasher } from './index.ts'

const hasher = createPasswordHasher({ random: seededRandom('passwords') })

test('a password fits its own hash and no other', async () => {
  const hash = await hasher.hash('correct horse')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await hasher.verify('correct horse', hash)).toBe(true)
  expect(await hasher.verify('Correct horse', hash)).toBe(false)
  expect(hasher.needsRehash(hash)).toBe(false)
})

test('the same password in another Unicode form fits', async () => {
  const hash = await hasher.hash('caf\u00e9')
  expect(await hasher.verify('cafe\u0301', hash)).toBe(true)
})

test('bcrypt hashes that were taken over work and are to be replaced', async () => {
  const hash = bcrypt.hashSync('imported', 4).replace('$2a$', '$2b$')
  expect(await hasher.verify('imported', hash)).toBe(true)
  expect(await hasher.verify('other', hash)).toBe(false)
  expect(hasher.needsRehash(hash)).toBe(true)
})

test('a hash made with less cost is to be replaced', async () => {
  const weak = createPasswordHasher({ random: seededRandom('weak'), cost: { memoryKib: 1024, passes: 1, parallelism: 1 } })
  const hash = await weak.hash('p')
  expect(await hasher.verify('p', hash)).toBe(true)
  expect(hasher.needsRehash(hash)).toBe(true)
})

test('without a hash nothing fits, nor with a broken one', async () => {
  expect(await hasher.verify('', undefined)).toBe(false)
  expect(await hasher.verify('p', '$argon2id$v=19$m=1,t=1$broken')).toBe(false)
})
