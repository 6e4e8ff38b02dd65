import { type Located, type LocatedMap, locate } from './located.ts'
import type { ConfigWarning, Problem } from './problems.ts'

/** Stands for a value that was refused; the reason is among the problems. */
export const invalid = Symbol('invalid')
export type Invalid = typeof invalid

/** What one pass over the configuration has found, and the folder that relative paths start from. */
export interface Reading {
  readonly dataDir: string
  readonly problems: Problem[]
  readonly warnings: ConfigWarning[]
}

/** A kind of value: how it is read and how the reference names it. */
export interface SettingType<T> {
  /** In words, for the reference and the messages: "a duration". */
  readonly label: string
  read(node: Located, key: string, reading: Reading): T | Invalid
  /** Of a section: its keys, for the reference. */
  readonly fields?: Fields
  /** Whether null is a value: "not set". */
  readonly optional?: true
}

/** One key of the configuration. */
export interface Setting<T> {
  readonly type: SettingType<T>
  /** As it would be written in the file; null means "not set". */
  readonly default: unknown
  /** Markdown, one or two sentences: what it does and when to change it. */
  readonly doc: string
}

export type Fields = Readonly<Record<string, Setting<unknown>>>
export type ValuesOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Setting<infer T> ? T : never }

export function setting<T>(type: SettingType<T>, options: { default?: unknown; doc: string }): Setting<T> {
  return { type, default: options.default ?? null, doc: options.doc }
}

/** Notes a problem at the node's place. */
export function refuse(node: Located, key: string, message: string, reading: Reading): Invalid {
  reading.problems.push({ at: node.at, key, message })
  return invalid
}

/** Reads one key of a map; an absent or empty key means the default, and what is wrong then is wrong at the map's place. */
function readSetting<T>(node: Located | undefined, setting: Setting<T>, key: string, mapAt: string, reading: Reading): T | Invalid {
  const given = node !== undefined && node.value !== null ? node : locate(setting.default, node?.at ?? mapAt)
  return setting.type.read(given, key, reading)
}

/** A map and its place. */
export interface LocatedFields {
  readonly at: string
  readonly value: LocatedMap
}

/** Reads all fields, so that every problem is noted; `invalid` if any field was refused. */
export function readFields<F extends Fields>(fields: F, map: LocatedFields, prefix: string, reading: Reading): ValuesOf<F> | Invalid {
  const values: Record<string, unknown> = {}
  let refused = false
  for (const [name, field] of Object.entries(fields)) {
    const value = readSetting(map.value.get(name), field, `${prefix}${name}`, map.at, reading)
    if (value === invalid) refused = true
    values[name] = value
  }
  return refused ? invalid : (values as ValuesOf<F>)
}
