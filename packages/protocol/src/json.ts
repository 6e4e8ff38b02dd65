/** Matrix JSON: canonical form, and a parser that refuses what has none. Source: Matrix specification, Appendices, "Canonical JSON". */

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject
export type JsonObject = { [key: string]: JsonValue }

/** The value has no canonical JSON form. */
export class CanonicalJsonError extends Error {
  override name = 'CanonicalJsonError'
}

/** The JSON text holds a number that Matrix does not allow: a fraction, an exponent, `-0`, or an integer beyond ±(2^53 − 1). */
export class NonCanonicalNumberError extends Error {
  override name = 'NonCanonicalNumberError'
  /** The number as it was written. */
  readonly source: string
  constructor(source: string) {
    super(`Number ${source.slice(0, 40)} is not an integer between -(2^53-1) and 2^53-1`)
    this.source = source
  }
}

/** Objects and lists may be nested this deep; more is refused, so that recursive readers cannot overflow the stack. */
export const maxJsonDepth = 512

/** Whether the value is an object (not null, not a list). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The value of an object's own key; undefined for keys that only the prototype has (`constructor`, `__proto__` …).
 * For look-ups by a key that comes from outside.
 */
export function ownValue<T>(object: { [key: string]: T } | undefined, key: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined
}

/** A value that a client sent, for the text of an error. Unlike `String` it takes an object with a `toString` of its own. */
export function showJson(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')
}

/**
 * Canonical JSON: keys by code point, no spaces, shortest escapes, integers only.
 * @throws CanonicalJsonError for fractions, unsafe integers, `-0`, undefined, lone surrogates, values that are not JSON, and nesting beyond {@link maxJsonDepth}.
 */
export function canonicalJson(value: unknown): string {
  return encode(value, 0)
}

/** Orders two strings by Unicode code points (JavaScript's own order is by UTF-16 units and differs above U+FFFF). */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    let left = a.charCodeAt(index)
    let right = b.charCodeAt(index)
    if (left === right) continue
    // Surrogates stand for code points above all other units.
    if (left >= 0xd800 && left <= 0xdfff) left += 0x10000
    if (right >= 0xd800 && right <= 0xdfff) right += 0x10000
    return left - right
  }
  return a.length - b.length
}

const surrogate = /[\ud800-\udfff]/

function encode(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return encodeString(value)
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0))
        throw new CanonicalJsonError(`${value} is not an integer that JSON can hold safely`)
      return String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      break
    default:
      throw new CanonicalJsonError(`${typeof value} has no JSON form`)
  }
  if (value === null) return 'null'
  if (depth >= maxJsonDepth) throw new CanonicalJsonError('JSON is nested too deeply')
  return Array.isArray(value) ? encodeList(value, depth) : encodeObject(value as Record<string, unknown>, depth)
}

function encodeString(text: string): string {
  if (!text.isWellFormed()) throw new CanonicalJsonError('Text with a lone surrogate has no UTF-8 form')
  return JSON.stringify(text)
}

function encodeList(list: unknown[], depth: number): string {
  let out = '['
  for (let index = 0; index < list.length; index++) out += (index === 0 ? '' : ',') + encode(list[index], depth + 1)
  return `${out}]`
}

function encodeObject(object: Record<string, unknown>, depth: number): string {
  const keys = Object.keys(object)
  keys.sort()
  if (keys.some((key) => surrogate.test(key))) keys.sort(compareCodePoints)
  let out = '{'
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    out += `${(index === 0 ? '' : ',') + encodeString(key)}:${encode(object[key], depth + 1)}`
  }
  return `${out}}`
}

const perhapsNonCanonical = /[0-9][.eE]|-0|[0-9]{16}/

/**
 * Like `JSON.parse`, but refuses numbers that are not written as canonical integers (`1.0`, `1e3`, `-0`, beyond ±(2^53 − 1)).
 * A key `__proto__` becomes an ordinary own key and never a prototype.
 * @throws SyntaxError for text that is not JSON or is nested beyond {@link maxJsonDepth}; NonCanonicalNumberError for such numbers.
 */
export function parseStrictJson(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue
  if (text.length >= maxJsonDepth || perhapsNonCanonical.test(text)) checkNumbersAndDepth(text)
  return value
}

/** Walks valid JSON text once, outside its strings. A walk over the text costs far less than a reviver call for every value. */
function checkNumbersAndDepth(text: string): void {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit === 0x22) index = endOfString(text, index)
    else if (unit === 0x7b || unit === 0x5b) {
      if (++depth > maxJsonDepth) throw new SyntaxError('JSON is nested too deeply')
    } else if (unit === 0x7d || unit === 0x5d) depth--
    else if (unit === 0x2d || isDigit(unit)) {
      const start = index
      while (isNumberUnit(text.charCodeAt(index + 1))) index++
      checkNumber(text.slice(start, index + 1))
    }
  }
}

/** Index of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1)
  for (;;) {
    let backslashes = 0
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return quote
    quote = text.indexOf('"', quote + 1)
  }
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

/** Digits and `.` `e` `E` `+` `-`. */
function isNumberUnit(unit: number): boolean {
  return isDigit(unit) || unit === 0x2e || unit === 0x65 || unit === 0x45 || unit === 0x2b || unit === 0x2d
}

const canonicalInteger = /^-?[0-9]+$/

function checkNumber(source: string): void {
  if (source === '-0' || !canonicalInteger.test(source) || !Number.isSafeInteger(Number(source))) throw new NonCanonicalNumberError(source)
}
