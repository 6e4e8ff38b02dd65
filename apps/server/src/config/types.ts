import { isAbsolute, resolve } from 'node:path'
import { isAddressRange, Secret } from '@glia/platform'
import { isUserId, type UserId } from '@glia/protocol'
import { describe, isList, isMap, type Located } from './located.ts'
import { type Invalid, invalid, type Reading, refuse, type SettingType } from './setting.ts'
import { parseDurationMs, parseSizeBytes } from './units.ts'

/** A type made of a label and a function that gives the value or undefined. */
function scalar<T>(label: string, parse: (value: unknown) => T | undefined): SettingType<T> {
  return {
    label,
    read(node, key, reading) {
      if (node.value === null) return refuse(node, key, `is missing: it must be ${label}`, reading)
      const value = parse(node.value)
      return value === undefined ? refuse(node, key, `must be ${label}, not ${describe(node.value)}`, reading) : value
    },
  }
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

export const boolean: SettingType<boolean> = scalar('true or false', (value) => (typeof value === 'boolean' ? value : undefined))
export const text: SettingType<string> = scalar('text', asText)

/** Milliseconds. */
export const duration: SettingType<number> = scalar(
  'a duration such as 30s, 5m, 24h or 7d (a bare number counts milliseconds)',
  parseDurationMs,
)

/** Bytes, or whatever else is counted with K, M and G. */
export const size: SettingType<number> = scalar(
  'a size such as 512K, 50M or 2G (a bare number counts single bytes or pixels)',
  parseSizeBytes,
)

/** Milliseconds, where a bare number counts seconds, as in the MAS configuration. */
export function seconds(range: { min: number; max: number }): SettingType<number> {
  return scalar(`a number of seconds from ${range.min} to ${range.max}, or a duration such as 5m`, (value) => {
    const ms = typeof value === 'number' ? parseDurationMs(value * 1000) : parseDurationMs(value)
    return ms !== undefined && ms >= range.min * 1000 && ms <= range.max * 1000 ? ms : undefined
  })
}

export function integer(range: { min: number; max?: number }): SettingType<number> {
  const limits = range.max === undefined ? `${range.min} or more` : `from ${range.min} to ${range.max}`
  return scalar(`an integer, ${limits}`, (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= range.min && value <= (range.max ?? Number.MAX_SAFE_INTEGER)
      ? value
      : undefined,
  )
}

/** A finite number above zero. */
export const positiveNumber: SettingType<number> = scalar('a number above 0', (value) =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined,
)

export function choice<const T extends string>(...options: readonly T[]): SettingType<T> {
  return scalar(`one of ${options.join(', ')}`, (value) => options.find((option) => option === value))
}

/** Text that may also be written as a bare integer: room versions. */
export const textOrInteger: SettingType<string> = scalar('text', (value) => (Number.isInteger(value) ? String(value) : asText(value)))

/** An http or https URL without query and fragment, given back with a slash at its end. */
export const baseUrl: SettingType<string> = scalar('an http:// or https:// URL without query and fragment', (value) => {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash || url.username) return undefined
  return url.href.endsWith('/') ? url.href : `${url.href}/`
})

export const addressRange: SettingType<string> = scalar('an IP address or a range such as 10.0.0.0/8', (value) =>
  typeof value === 'string' && isAddressRange(value) ? value : undefined,
)

/** An http or https URL, given back without a slash at its end. */
export const httpUrl: SettingType<string> = scalar('an http:// or https:// URL', (value) => {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash) return undefined
  return url.href.replace(/\/+$/, '')
})

export const userId: SettingType<UserId> = scalar('a user id such as @admin:example.org', (value) =>
  typeof value === 'string' && isUserId(value) ? value : undefined,
)

/** An absolute path; a relative one is taken from the data folder. */
export const path: SettingType<string> = {
  label: 'a path (a relative one starts at the data folder)',
  read(node, key, reading) {
    const value = asText(node.value)
    if (value === undefined) return refuse(node, key, `must be a path, not ${describe(node.value)}`, reading)
    return isAbsolute(value) ? value : resolve(reading.dataDir, value)
  },
}

/** Its value is never part of a message. */
export const secret: SettingType<Secret> = {
  label: 'secret text',
  read(node, key, reading) {
    const value = asText(node.value)
    return value === undefined ? refuse(node, key, 'must be text that is not empty', reading) : new Secret(value)
  },
}

/** Null stands for "not set". */
export function optional<T>(type: SettingType<T>): SettingType<T | null> {
  return { ...type, optional: true, read: (node, key, reading) => (node.value === null ? null : type.read(node, key, reading)) }
}

export function listOf<T>(item: SettingType<T>, label: string): SettingType<readonly T[]> {
  return {
    label,
    ...(item.fields && { fields: item.fields }),
    read(node, key, reading) {
      if (!isList(node.value)) return refuse(node, key, `must be ${label}, not ${describe(node.value)}`, reading)
      return allValid(node.value, (element, index) => item.read(element, `${key}[${index}]`, reading))
    },
  }
}

/** A list, or one item without the list around it. */
export function listOrOne<T>(item: SettingType<T>, label: string): SettingType<readonly T[]> {
  const list = listOf(item, label)
  return { ...list, read: (node, key, reading) => list.read(isList(node.value) ? node : { at: node.at, value: [node] }, key, reading) }
}

/** A map of anything, given on as it is. */
export const plainMap: SettingType<Readonly<Record<string, unknown>>> = {
  label: 'a map',
  read(node, key, reading) {
    if (!isMap(node.value)) return refuse(node, key, `must be a map, not ${describe(node.value)}`, reading)
    return plain(node) as Record<string, unknown>
  },
}

function plain({ value }: Located): unknown {
  if (isList(value)) return value.map(plain)
  return isMap(value) ? Object.fromEntries([...value].map(([key, item]) => [key, plain(item)])) : value
}

function allValid<T>(nodes: readonly Located[], read: (node: Located, index: number) => T | Invalid): readonly T[] | Invalid {
  const values = nodes.map(read)
  return values.some((value) => value === invalid) ? invalid : (values as T[])
}

/** Adds a rule to a type: `check` gives what is wrong in words ("must …"), or undefined. */
export function checked<T>(type: SettingType<T>, check: (value: T) => string | undefined): SettingType<T> {
  return {
    ...type,
    read(node: Located, key: string, reading: Reading) {
      const value = type.read(node, key, reading)
      const wrong = value === invalid ? undefined : check(value)
      return wrong === undefined ? value : refuse(node, key, wrong, reading)
    },
  }
}
