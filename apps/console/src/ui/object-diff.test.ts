import { expect, test } from 'vitest'
import { diffOf, flattened } from './object-diff.ts'

test('what is equal is left out; what came, went or changed is told by its path', () => {
  expect(diffOf({ a: 1, b: { c: 'x', d: true }, e: [1] }, { a: 1, b: { c: 'y' }, e: [1, 2], f: null })).toEqual([
    { path: 'b.c', before: 'x', after: 'y' },
    { path: 'b.d', before: 'true', after: undefined },
    { path: 'e', before: '[1]', after: '[1,2]' },
    { path: 'f', before: undefined, after: 'null' },
  ])
})

test('a thing that was made or deleted has only one side', () => {
  expect(diffOf(null, { a: 1 })).toEqual([{ path: 'a', before: undefined, after: '1' }])
  expect(diffOf({ a: 1 }, null)).toEqual([{ path: 'a', before: '1', after: undefined }])
})

test('an empty object has no values', () => {
  expect(flattened({ a: {} })).toEqual([])
})
