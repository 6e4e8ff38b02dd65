import { MatrixError } from '@glia/contract'
import type { TObject, TSchema } from 'typebox'
import { refuseNul } from './validate-params.ts'

type Reader = (raw: string, name: string) => unknown

/**
 * Reads the query parameters that the contract names; others are ignored, the first value of each counts.
 * Errors have the codes and texts of Synapse (admin-api "Query parameters").
 */
export function compileQueryReader(schema: TObject): (query: URLSearchParams) => Record<string, unknown> {
  const required = new Set(schema.required ?? [])
  const fields = Object.entries(schema.properties).map(([name, field]) => ({
    name,
    read: readerOf(field),
    isList: (field as { type?: string }).type === 'array',
    itemReader: (field as { items?: TSchema }).items ? readerOf((field as { items: TSchema }).items) : undefined,
    isRequired: required.has(name),
    isInteger: (field as { type?: string }).type === 'integer',
    fallback: (field as { default?: unknown }).default,
  }))
  return (query) => {
    const values: Record<string, unknown> = {}
    for (const field of fields) {
      if (field.isList) {
        const raw = query.getAll(field.name)
        for (const value of raw) refuseNul(field.name, value)
        if (raw.length > 0) values[field.name] = raw.map((value) => field.itemReader!(value, field.name))
        else if (field.fallback !== undefined) values[field.name] = field.fallback
        continue
      }
      const raw = query.get(field.name)
      if (raw !== null) refuseNul(field.name, raw)
      if (raw !== null) values[field.name] = field.read(raw, field.name)
      else if (field.fallback !== undefined) values[field.name] = field.fallback
      else if (field.isRequired) {
        const what = field.isInteger ? `required integer query parameter ${field.name}` : `string query parameter '${field.name}'`
        throw new MatrixError('M_MISSING_PARAM', `Missing ${what}`)
      }
    }
    return values
  }
}

function readerOf(field: TSchema): Reader {
  const { type, minimum, maximum, enum: values } = field as { type?: string; minimum?: number; maximum?: number; enum?: string[] }
  if (values) return (raw, name) => readEnum(raw, name, values)
  if (type === 'integer') return (raw, name) => readInteger(raw, name, minimum, maximum)
  if (type === 'boolean') return readBoolean
  return (raw) => raw
}

function readInteger(raw: string, name: string, minimum: number | undefined, maximum: number | undefined): number {
  if (!/^[+-]?\d+$/.test(raw) || !Number.isSafeInteger(Number(raw))) {
    throw new MatrixError('M_INVALID_PARAM', `Query parameter ${name} must be an integer`)
  }
  const value = Number(raw)
  if (value < 0 && (minimum ?? -1) >= 0) throw new MatrixError('M_INVALID_PARAM', `Query parameter ${name} must be a positive integer.`)
  if (minimum !== undefined && value < minimum)
    throw new MatrixError('M_INVALID_PARAM', `Query parameter ${name} must be at least ${minimum}`)
  if (maximum !== undefined && value > maximum)
    throw new MatrixError('M_INVALID_PARAM', `Query parameter ${name} must be at most ${maximum}`)
  return value
}

function readBoolean(raw: string, name: string): boolean {
  if (raw === 'true') return true
  if (raw === 'false') return false
  throw new MatrixError('M_INVALID_PARAM', `Boolean query parameter '${name}' must be one of ['true', 'false']`)
}

function readEnum(raw: string, name: string, values: string[]): string {
  if (values.includes(raw)) return raw
  throw new MatrixError('M_INVALID_PARAM', `Query parameter '${name}' must be one of [${values.map((value) => `'${value}'`).join(', ')}]`)
}
