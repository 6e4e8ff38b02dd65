import type { TSchema, TSchemaOptions, TTuple } from 'typebox'
import type { MatrixErrcode } from './errors.ts'
import { Type } from './schema.ts'

/**
 * Options of a field beyond JSON Schema.
 * - `errcode`, `error`: what a value of the wrong type is answered with (body fields; default `M_BAD_JSON`).
 * - `writeOnly` (JSON Schema): a secret, which is kept nowhere but where it belongs; not in the audit log.
 */
export interface FieldOptions extends TSchemaOptions {
  errcode?: MatrixErrcode
  error?: string
}

/** A field that may be left out. `null` counts as a value: use `nullable` where it is allowed. */
export const optional = Type.Optional
export const nullable = <T extends TSchema>(schema: T, options: FieldOptions = {}) => Type.Union([schema, Type.Null()], options)

export const text = (options: FieldOptions = {}) => Type.String(options)
export const integer = (options: FieldOptions & { minimum?: number; maximum?: number } = {}) => Type.Integer(options)
export const number = (options: FieldOptions = {}) => Type.Number(options)
export const flag = (options: FieldOptions = {}) => Type.Boolean(options)
export const list = <T extends TSchema>(items: T, options: FieldOptions & { maxItems?: number } = {}) => Type.Array(items, options)
/** A list of two, both of the same kind. */
export const pair = <T extends TSchema>(items: T, options: FieldOptions = {}) =>
  Type.Array(items, { ...options, minItems: 2, maxItems: 2 }) as unknown as TTuple<[T, T]>
export const record = <T extends TSchema>(values: T, options: FieldOptions = {}) => Type.Record(Type.String(), values, options)
export const anything = (options: FieldOptions = {}) => Type.Unknown(options)
/** A JSON object of any content. */
export const anyObject = (options: FieldOptions = {}) => Type.Record(Type.String(), Type.Unknown(), options)
/** Milliseconds since 1970. */
export const timestampMs = (options: FieldOptions & { maximum?: number } = {}) =>
  Type.Integer({ description: 'ms since 1970-01-01 UTC', ...options })
/** One of a few words. */
export const oneOf = <const T extends readonly string[]>(values: T, options: FieldOptions = {}) =>
  Type.Enum<[...T]>(values as unknown as readonly [...[...T]], options)

/** A path parameter that names a user. Its form, and (with `local`) that it is ours, is checked before the handler runs. */
export const userIdParam = (options: { local?: string } = {}) =>
  Type.String({ format: 'matrix-user-id', ...(options.local === undefined ? {} : { 'x-local': options.local }) })
export const pathText = () => Type.String()

/** A list answered page by page is an object with `fields` beside it. */
export const emptyObject = Type.Object({})
