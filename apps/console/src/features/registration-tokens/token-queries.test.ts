import { expect, test } from 'vitest'
import { tokenState } from './token-queries.ts'

const token = { token: 'welcome', uses_allowed: 2, pending: 0, completed: 1, expiry_time: 1000 }

test('a token is usable until it expires or is used up, by those who are registering too', () => {
  expect(tokenState(token, 999)).toBe('usable')
  expect(tokenState(token, 1000)).toBe('expired')
  expect(tokenState({ ...token, pending: 1 }, 999)).toBe('used-up')
  expect(tokenState({ ...token, completed: 99, uses_allowed: null, expiry_time: null }, 1e15)).toBe('usable')
})
