import { isJsonObject, type JsonObject, type JsonValue, ownValue } from './json.ts'

/**
 * Splits a dotted path into keys; `\.` is a dot within a key and `\\` a backslash, other backslashes stand for themselves.
 * Source: Matrix specification, Appendices, "Dot-separated property paths".
 */
export function splitPropertyPath(path: string): readonly string[] {
  if (!path.includes('\\')) return path.split('.')
  const known = splitPaths.get(path)
  if (known !== undefined) return known
  if (splitPaths.size >= maxSplitPaths) splitPaths.clear()
  const keys = splitEscapedPath(path)
  splitPaths.set(path, keys)
  return keys
}

/** Push rules look at the same few escaped paths for every event and every user. */
const splitPaths = new Map<string, readonly string[]>()
const maxSplitPaths = 500

function splitEscapedPath(path: string): string[] {
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
  if (!path.includes('.')) return ownValue(object as JsonObject, path)
  let value: JsonValue | undefined = object as JsonValue
  for (const key of splitPropertyPath(path)) {
    if (!isJsonObject(value)) return undefined
    value = ownValue(value, key)
  }
  return value
}
