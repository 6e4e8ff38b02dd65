import { describe, expect, it } from 'vitest'
import { CanonicalJsonError, canonicalJson, maxJsonDepth, NonCanonicalNumberError, ownValue, parseStrictJson } from './json.ts'

describe('canonicalJson', () => {
  // The examples of the specification's appendix "Canonical JSON".
  it.each([
    ['{}', '{}'],
    ['{"one": 1, "two": "Two"}', '{"one":1,"two":"Two"}'],
    ['{"b": "2", "a": "1"}', '{"a":"1","b":"2"}'],
    [
      '{"auth":{"success":true,"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"medium":"email","address":"john.doe@example.org"},{"medium":"msisdn","address":"123456789"}]}}}',
      '{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}}',
    ],
    ['{"a": "日本語"}', '{"a":"日本語"}'],
    ['{"本": 2, "日": 1}', '{"日":1,"本":2}'],
    ['{"a": "\\u65E5"}', '{"a":"日"}'],
    ['[true, false]', '[true,false]'],
    ['{"a": null}', '{"a":null}'],
  ])('writes %s as %s', (input, expected) => {
    expect(canonicalJson(JSON.parse(input))).toBe(expected)
  })

  it('sorts keys by code point, not by UTF-16 unit', () => {
    expect(canonicalJson({ '\u{1F600}': 1, '\uFFFD': 2, a: 3 })).toBe('{"a":3,"\uFFFD":2,"\u{1F600}":1}')
  })

  it('sorts keys that look like numbers as text', () => {
    expect(canonicalJson({ 2: 'b', 10: 'a' })).toBe('{"10":"a","2":"b"}')
  })

  it('escapes only quotes, backslashes and control characters', () => {
    expect(canonicalJson('"\\/\b\t\n\f\r\u0001\u001f\u007f\u2028é')).toBe('"\\"\\\\/\\b\\t\\n\\f\\r\\u0001\\u001f\u007f\u2028é"')
  })

  it.each([[1.5], [2 ** 53], [-(2 ** 53)], [Number.NaN], [-0], [{ a: undefined }], [[() => 1]], ['\ud800'], [10n]])(
    'refuses %s',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(CanonicalJsonError)
    },
  )

  it('refuses endless nesting without overflowing the stack', () => {
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level++) deep = [deep]
    expect(() => canonicalJson(deep)).toThrow(CanonicalJsonError)
  })
})

describe('parseStrictJson', () => {
  it.each(['{"a":[1,-5,0,9007199254740991,-9007199254740991]}', '"1.5 -0 1e3 12345678901234567890"', '{"1.5":"a\\\\\\"1e9"}'])(
    'accepts %s',
    (text) => {
      expect(parseStrictJson(text)).toEqual(JSON.parse(text))
    },
  )

  it.each(['1.0', '[1e3]', '{"a":-0}', '{"a":{"b":[9007199254740992]}}', '-9007199254740992', '1E2', '{"a":"\\\\","b":1.5}', '-0.0'])(
    'refuses the number in %s',
    (text) => {
      expect(() => parseStrictJson(text)).toThrow(NonCanonicalNumberError)
    },
  )

  it.each(['', '{', '{"a":01}', 'nope', '"\u0001"'])('refuses %j as no JSON', (text) => {
    expect(() => parseStrictJson(text)).toThrow(SyntaxError)
  })

  it('finds numbers in long texts too', () => {
    expect(() => parseStrictJson(`{"a":"${'x\\"'.repeat(5000)}","b":1.5}`)).toThrow(NonCanonicalNumberError)
    expect(parseStrictJson(`{"a":"${'1.5\\"'.repeat(5000)}","b":1}`)).toHaveProperty('b', 1)
  })

  it('refuses nesting that would overflow recursive readers', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(() => parseStrictJson(nested(maxJsonDepth + 1))).toThrow(SyntaxError)
    expect(canonicalJson(parseStrictJson(nested(maxJsonDepth)))).toBe(nested(maxJsonDepth))
  })

  it('counts depth, not brackets', () => {
    const wide = `[${'[[]],{},'.repeat(maxJsonDepth)}1]`
    expect(parseStrictJson(wide)).toHaveLength(2 * maxJsonDepth + 1)
  })

  it('keeps __proto__ as an ordinary key', () => {
    const value = parseStrictJson('{"__proto__":{"admin":true}}') as Record<string, unknown>
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(value.admin).toBeUndefined()
    expect(canonicalJson(value)).toBe('{"__proto__":{"admin":true}}')
  })
})

describe('ownValue', () => {
  it('does not see what the prototype has', () => {
    expect(ownValue({ a: 1 }, 'a')).toBe(1)
    expect(ownValue({}, 'constructor')).toBeUndefined()
    expect(ownValue(undefined, 'a')).toBeUndefined()
  })
})
