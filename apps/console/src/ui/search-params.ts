/** Readers for what stands in the address. Anybody can type anything there: what does not fit counts as not there. */

export function textParam(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  return typeof text === 'string' && text !== '' ? text : undefined
}

export function wordParam<const T extends string>(value: unknown, words: readonly T[]): T | undefined {
  return words.find((word) => word === value)
}

export function flagParam(value: unknown): true | undefined {
  return value === true || value === 'true' ? true : undefined
}

/** A whole number from 2 on: the first page needs no mention. */
export function pageParam(value: unknown): number | undefined {
  const page = Number(value)
  return Number.isSafeInteger(page) && page > 1 && page < 1e9 ? page : undefined
}

/** The object without members that are undefined, so that they do not appear in the address. */
export function withoutUndefined<T extends object>(search: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as never
}
