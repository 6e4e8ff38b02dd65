/** What a configuration file can say, each value with the place it came from. */
export interface Located {
  /** `file:line` of the key or list item, or the name of the option or environment variable. */
  readonly at: string
  readonly value: LocatedValue
}

export type LocatedMap = ReadonlyMap<string, Located>
export type LocatedValue = null | boolean | number | string | readonly Located[] | LocatedMap

export function isMap(value: LocatedValue): value is LocatedMap {
  return value instanceof Map
}

export function isList(value: LocatedValue): value is readonly Located[] {
  return Array.isArray(value)
}

/** Gives a plain value (a default, an option) one place for all its parts. */
export function locate(value: unknown, at: string): Located {
  if (Array.isArray(value)) return { at, value: value.map((item) => locate(item, at)) }
  if (value !== null && typeof value === 'object') {
    return { at, value: new Map(Object.entries(value).map(([key, item]) => [key, locate(item, at)])) }
  }
  return { at, value: value as null | boolean | number | string }
}

/** The kind of a value in words, for "must be …, not a list". */
export function describe(value: LocatedValue): string {
  if (value === null) return 'nothing'
  if (isMap(value)) return 'a map'
  if (isList(value)) return 'a list'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
