import { isJsonObject, type JsonValue, ownValue } from './json.ts'

/**
 * Splits a dotted path into keys; `\.` is a dot within a key and `\\` a backslash, other backslashes stand for themselves.
 * Source: Matrix specification, Appendices, "Dot-separated property paths".
 */
export function splitPropertyPath(path: string): string[] {
  if (!path.includes('\\')) return path.split('.')
  const keys: string[] = []
  let key = ''
  for (let index = 0; index < path.length; index++) {
    const character = path[index]!
    const next = path[index + 1]
    if (character === '\\' && (next === '.' || next === '\\')) {
      key += next
      index++
    } else if (character === '.') {
      keys.push(key)
      key = ''
    } else key += character
  }
  keys.push(key)
  return keys
}

/** The value at a path; undefined when something on the way is missing or no object. */
export function valueAtPath(object: object, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = object as JsonValue
  for (const key of splitPropertyPath(path)) {
    if (!isJsonObject(value)) return undefined
    value = ownValue(value, key)
  }
  return value
}
