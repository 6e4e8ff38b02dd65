import { describe, expect, it } from 'vitest'
import { containsGlob, matchesGlob } from './glob.ts'
import { splitPropertyPath, valueAtPath } from './property-path.ts'

describe('matchesGlob', () => {
  it.each([
    ['', '', true],
    ['*', '', true],
    ['*', 'anything', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abcb', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*.b.*', 'a.b.c', true],
    ['m.room.*', 'm.room.message', true],
    ['m.room.*', 'mxroom.message', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['abc', 'abcd', false],
    ['(a)+', '(a)+', true],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected)
  })

  it('takes ? literally where only * is a wildcard', () => {
    expect(matchesGlob('a?', 'ab', true)).toBe(false)
    expect(matchesGlob('a?', 'a?', true)).toBe(true)
  })

  it('stays fast on hostile patterns', () => {
    expect(matchesGlob('*a'.repeat(200), 'a'.repeat(190).concat('b'.repeat(5000)))).toBe(false)
  })
})

describe('containsGlob', () => {
  it.each([
    ['hello alice!', 'alice', true],
    ['malice', 'alice', false],
    ['alice_', 'alice', false],
    ['xalice alice', 'alice', true],
    ['hi @room', '@room', true],
    ['hi @rooms', '@room', false],
    ['An example event.', 'ex*ple', true],
    ['An exciting triple-whammy', 'ex*ple', true],
    ['exple', 'ex*ple', true],
    ['exxxples', 'ex*ple', false],
    ['lunch plans', 'lunc?*', true],
    ['LUNCH', 'lunc?*', false],
    ['a lun b', 'lunc?*', false],
    ['', '*', true],
    ['abc', '', false],
    ['ünder', 'nder', true],
  ])('%j contains %j: %s', (text, pattern, expected) => {
    expect(containsGlob(text, pattern)).toBe(expected)
  })
})

describe('property paths', () => {
  it.each([
    ['a', ['a']],
    ['content.m\\.relates_to.rel_type', ['content', 'm.relates_to', 'rel_type']],
    ['a\\\\.b', ['a\\', 'b']],
    ['a\\x.b', ['a\\x', 'b']],
    ['', ['']],
    ['a.', ['a', '']],
  ])('splits %j', (path, keys) => {
    expect(splitPropertyPath(path)).toEqual(keys)
  })

  it('finds values, and nothing on prototypes', () => {
    expect(valueAtPath({ a: { 'b.c': 1 } }, 'a.b\\.c')).toBe(1)
    expect(valueAtPath({ a: 'text' }, 'a.length')).toBeUndefined()
    expect(valueAtPath({ a: {} }, 'a.constructor.name')).toBeUndefined()
  })
})
