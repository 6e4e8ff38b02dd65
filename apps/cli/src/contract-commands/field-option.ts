import { InvalidArgumentError, Option } from 'commander'
import { isTime } from '../output/cell.ts'
import { kebab } from './command-names.ts'

/** The part of JSON Schema that the contract's fields use. */
export interface FieldSchema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly anyOf?: readonly FieldSchema[]
  readonly items?: FieldSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
  readonly description?: string
}

export interface Field {
  /** On the wire. */
  readonly name: string
  readonly place: 'query' | 'body'
  readonly schema: FieldSchema
  /** Must be given: there is neither a default nor a meaning of leaving it out. */
  readonly isRequired: boolean
}

export type FieldKind = 'flag' | 'integer' | 'number' | 'choice' | 'text' | 'list' | 'json'

/** Names that every command has for itself. */
const TAKEN = new Set(['profile', 'url', 'token', 'output', 'json', 'help', 'version', 'yes', 'all', 'wait', 'create'])

/** How `null` is written where a field may be null; texts cannot be. */
const NULL = 'null'

/** Values that must not be seen on the screen or by whoever lists processes. */
export function isSecret({ name }: Field): boolean {
  return /password/.test(name)
}

export function kindOf(schema: FieldSchema): { kind: FieldKind; type: FieldSchema; nullable: boolean } {
  const nullable = schema.anyOf?.some(({ type }) => type === 'null') ?? false
  const type = nullable ? (schema.anyOf!.find((option) => option.type !== 'null') ?? schema) : schema
  return { kind: kindOfType(type), type, nullable }
}

function kindOfType(type: FieldSchema): FieldKind {
  if (type.enum) return 'choice'
  if (type.type === 'boolean') return 'flag'
  if (type.type === 'integer' || type.type === 'number') return type.type
  if (type.type === 'string') return 'text'
  if (type.type === 'array' && type.items?.type === 'string') return 'list'
  // fields that the operation itself checks say in their description what they should be
  if (type.type === undefined && type.description?.startsWith('boolean')) return 'flag'
  if (type.type === undefined && /^(text|hex)/.test(type.description ?? '')) return 'text'
  return 'json'
}

/** The options for a field: one, or `--name` and `--no-name`. @param group of the command, to tell `--token` of a thing from the caller's */
export function optionsFor(field: Field, group: string): Option[] {
  const flag = flagName(field.name, group)
  const { kind, type, nullable } = kindOf(field.schema)
  const description = describe(field)
  if (kind === 'flag') return flagOptions(flag, field, description)
  const option = new Option(`--${flag} <${placeholder(field, kind)}>`, description)
  if (field.isRequired && !isSecret(field)) option.makeOptionMandatory()
  // commander takes a parsed null for a missing value: `sentValue` translates it
  const orNull =
    <T>(parse: (text: string) => T) =>
    (text: string) =>
      nullable && text === NULL ? NULL : parse(text)
  switch (kind) {
    case 'integer':
      return [option.argParser(orNull((text) => integerIn(text, type, field.name)))]
    case 'number':
      return [option.argParser(orNull(numberIn))]
    case 'choice':
      return [option.choices([...type.enum!, ...(nullable ? [NULL] : [])])]
    case 'list':
      return [option.argParser((text: string, all: string[] = []) => [...all, text])]
    case 'json':
      return [option.argParser(orNull((text) => jsonIn(text, type)))]
    case 'text':
      return [option]
  }
}

/** The value to send, from what commander has parsed. */
export function sentValue(field: Field, parsed: unknown): unknown {
  const { kind, nullable } = kindOf(field.schema)
  return nullable && kind !== 'text' && parsed === NULL ? null : parsed
}

function flagName(name: string, group: string): string {
  // of MAS's Admin API: filter[status], page[first]
  const flag = kebab(/^(?:filter|page)\[(.+)\]$/.exec(name)?.[1] ?? name)
  if (!TAKEN.has(flag)) return flag
  const singular = group.replace(/s$/, '')
  return singular.endsWith(`-${flag}`) ? singular : `${singular}-${flag}`
}

/** The form that changes something is shown; the other one works, too. */
function flagOptions(flag: string, field: Field, description: string): Option[] {
  const yes = new Option(`--${flag}`, description)
  const no = new Option(`--no-${flag}`, field.schema.default === true ? description || `${field.name}: false` : '')
  if (field.schema.default === true) yes.hideHelp()
  if (field.schema.default === false) no.hideHelp()
  return [yes, no]
}

function placeholder(field: Field, kind: FieldKind): string {
  if (kind === 'integer' && isTime(field.name)) return 'time'
  return { choice: 'word', list: 'text', flag: '', integer: 'integer', number: 'number', text: 'text', json: 'json' }[kind]
}

function describe(field: Field): string {
  const { kind, type } = kindOf(field.schema)
  const written = field.schema.description ?? type.description ?? ''
  // the placeholder says what kind of value it is
  const description = type.type === undefined ? written.replace(/^(text|boolean)( of)?(\W+|$)/, '') : written
  const isDefaultWorthIt = kind !== 'flag' && field.schema.default !== undefined
  return [
    description,
    kind === 'list' ? '(may be repeated)' : '',
    isSecret(field) ? '(- reads it from standard input)' : '',
    isDefaultWorthIt ? `(default: ${JSON.stringify(field.schema.default)})` : '',
  ]
    .filter(Boolean)
    .join(' ')
}

function integerIn(text: string, { minimum, maximum }: FieldSchema, name: string): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : isTime(name) ? dateIn(text) : Number.NaN
  if (!Number.isSafeInteger(value)) {
    throw new InvalidArgumentError(
      isTime(name) ? 'It must be a date like 2026-01-31, or milliseconds since 1970.' : 'It must be a whole number.',
    )
  }
  if (minimum !== undefined && value < minimum) throw new InvalidArgumentError(`It must be at least ${minimum}.`)
  if (maximum !== undefined && value > maximum) throw new InvalidArgumentError(`It must be at most ${maximum}.`)
  return value
}

function dateIn(text: string): number {
  return /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
}

function numberIn(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

function jsonIn(text: string, { type }: FieldSchema): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('It must be JSON.')
  }
  if (type === 'array' && !Array.isArray(value)) throw new InvalidArgumentError('It must be a JSON list.')
  if (type === 'object' && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    throw new InvalidArgumentError('It must be a JSON object.')
  }
  return value
}
