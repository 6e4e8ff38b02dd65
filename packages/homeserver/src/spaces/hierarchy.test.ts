import { expect, test } from 'vitest'
import { compareChildren } from './hierarchy.ts'

const child = (stateKey: string, order: unknown, originServerTs = 0) => ({
  stateKey,
  content: order === undefined ? {} : { order: order as string },
  originServerTs,
})

test('children are sorted by valid order, then by age, then by id', () => {
  const sorted = [
    child('!g', ' '),
    child('!f', 'A', 9),
    child('!e', 'a', 1),
    child('!d', 'a', 2),
    child('!b', undefined, 1),
    child('!c', 'é', 1),
    child('!a', 5, 2),
    child('!h', 'x'.repeat(51), 3),
  ]
  for (const shuffled of [[...sorted].reverse(), [...sorted.slice(3), ...sorted.slice(0, 3)]]) {
    expect(shuffled.sort(compareChildren).map(({ stateKey }) => stateKey)).toEqual(sorted.map(({ stateKey }) => stateKey))
  }
})
