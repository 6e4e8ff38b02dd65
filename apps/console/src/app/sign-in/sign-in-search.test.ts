import { expect, test } from 'vitest'
import { signInSearch } from './sign-in-search.ts'

test('places within the console are remembered', () => {
  expect(signInSearch({ redirect: '/users/@a:b?tab=rooms' })).toEqual({ redirect: '/users/@a:b?tab=rooms' })
})

test.each(['https://evil.test/', '//evil.test/', '/\\evil.test', 'javascript:alert(1)', 7])('%j is not', (redirect) => {
  expect(signInSearch({ redirect })).toEqual({})
})
