import type { AnyEndpoint, MatrixErrcode } from '@glia/contract'
import { MatrixError } from '@glia/contract'
import { NonCanonicalNumberError, parseStrictJson } from '@glia/protocol'
import type { TObject } from 'typebox'
import type { Validator } from 'typebox/compile'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a JSON body by its contract. Codes and texts are Synapse's (admin-api "JSON bodies"):
 * not JSON → M_NOT_JSON, not an object → M_BAD_JSON, missing keys → M_MISSING_PARAM, wrong type → the field's own
 * `errcode` (default M_BAD_JSON). Unknown keys stay in the value and are ignored.
 */
export function compileJsonReader(endpoint: AnyEndpoint): (bytes: Buffer) => Promise<Record<string, unknown>> {
  if (endpoint.body.kind !== 'json') throw new Error(`${endpoint.id} has no JSON body`)
  const { schema, optional, canonicalNumbers } = endpoint.body
  const check = compileObjectCheck(schema)
  return async (bytes) => {
    if (bytes.length === 0 && optional) return check({})
    const value = parse(bytes, canonicalNumbers)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new MatrixError('M_BAD_JSON', 'Content must be a JSON object.')
    }
    return check(value as Record<string, unknown>)
  }
}

function parse(bytes: Buffer, canonicalNumbers: boolean): unknown {
  try {
    const text = utf8.decode(bytes)
    return canonicalNumbers ? parseStrictJson(text) : JSON.parse(text)
  } catch (error) {
    if (error instanceof NonCanonicalNumberError) throw new MatrixError('M_BAD_JSON', error.message)
    throw new MatrixError('M_NOT_JSON', 'Content not JSON.')
  }
}

function compileObjectCheck(schema: TObject): (value: Record<string, unknown>) => Promise<Record<string, unknown>> {
  // at the first request: most endpoints are not called for long, and the compiler takes long to load
  let compiled: Validator | undefined
  const defaults = Object.entries(schema.properties).filter(([, field]) => (field as { default?: unknown }).default !== undefined)
  return async (value) => {
    for (const [name, field] of defaults)
      if (value[name] === undefined) value[name] = structuredClone((field as { default: unknown }).default)
    compiled ??= (await import('typebox/compile')).Compile(schema)
    const validator = compiled
    if (!validator.Check(value)) throw refusalOf(schema, value, validator.Errors(value))
    return value
  }
}

interface FieldError {
  readonly instancePath: string
  readonly message: string
  readonly keyword: string
  readonly params: object
}

function refusalOf(schema: TObject, value: Record<string, unknown>, errors: readonly FieldError[]): MatrixError {
  const missing = (schema.required ?? []).filter((name) => !(name in value))
  if (missing.length > 0) {
    return new MatrixError('M_MISSING_PARAM', `Missing params: [${missing.map((name) => `'${name}'`).join(', ')}]`)
  }
  const first = errors[0]
  const path = first?.instancePath ?? ''
  const name = path.split('/')[1] ?? ''
  const field = (schema.properties[name] ?? {}) as { errcode?: MatrixErrcode; error?: string }
  return new MatrixError(
    field.errcode ?? 'M_BAD_JSON',
    field.error ?? `${path.slice(1).replaceAll('/', '.')} ${first ? messageOf(first) : 'is not valid'}`,
  )
}

/** Of a few words, which. */
function messageOf({ keyword, params, message }: FieldError): string {
  const { allowedValues } = params as { allowedValues?: readonly unknown[] }
  return keyword === 'enum' && allowedValues ? `must be one of ${allowedValues.join(', ')}` : message
}

/** Reads a urlencoded form: the named fields as strings, the first value of each. */
export function compileFormReader(endpoint: AnyEndpoint): (bytes: Buffer) => Record<string, string> {
  if (endpoint.body.kind !== 'form') throw new Error(`${endpoint.id} has no form body`)
  const names = Object.keys(endpoint.body.schema.properties)
  return (bytes) => {
    const sent = new URLSearchParams(bytes.toString('utf8'))
    const form: Record<string, string> = {}
    for (const name of names) {
      const value = sent.get(name)
      if (value !== null) form[name] = value
    }
    return form
  }
}
