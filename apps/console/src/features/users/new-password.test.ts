import { expect, test } from 'vitest'
import { newPassword } from './new-password.ts'

test('passwords are long, plain and different', () => {
  const passwords = Array.from({ length: 100 }, newPassword)
  for (const password of passwords) expect(password).toMatch(/^[a-zA-Z2-9]{20}$/)
  expect(new Set(passwords).size).toBe(100)
})
