import type { Type as TypeBox } from 'typebox'

/** The types of TypeBox that the contract is made of. */
type Builders = Pick<
  typeof TypeBox,
  'Array' | 'Boolean' | 'Enum' | 'Integer' | 'Null' | 'Number' | 'Object' | 'Optional' | 'Record' | 'String' | 'Union' | 'Unknown'
>

type Schema = Record<string, unknown>

const KIND = '~kind'
const OPTIONAL = '~optional'

/**
 * Makes the same schemas as TypeBox's `Type`, which takes a tenth of a second and some 15 MiB to load: too much for each start of server and
 * command line. TypeBox itself is loaded when the first value is checked.
 */
export const Type = {
  Object: (properties: Record<string, Schema>, options) => {
    const required = Object.keys(properties).filter((name) => !(OPTIONAL in properties[name]!))
    return schema('Object', { type: 'object', ...(required.length > 0 ? { required } : {}), properties }, options)
  },
  Array: (items: Schema, options) => schema('Array', { type: 'array', items }, options),
  Record: (_key: Schema, value: Schema, options) => schema('Record', { type: 'object', patternProperties: { '^.*$': value } }, options),
  Union: (anyOf: Schema[], options) => schema('Union', { anyOf }, options),
  Enum: (values: readonly string[], options) => schema('Enum', { enum: values }, options),
  String: (options) => schema('String', { type: 'string' }, options),
  Number: (options) => schema('Number', { type: 'number' }, options),
  Integer: (options) => schema('Integer', { type: 'integer' }, options),
  Boolean: (options) => schema('Boolean', { type: 'boolean' }, options),
  Null: (options) => schema('Null', { type: 'null' }, options),
  Unknown: (options) => schema('Unknown', {}, options),
  Optional: (type: Schema) => hidden(hidden({ ...type }, KIND, type[KIND]), OPTIONAL, true),
} satisfies Record<keyof Builders, (...parts: any[]) => Schema> as unknown as Builders

function schema(kind: string, keywords: Schema, options: Schema = {}): Schema {
  return hidden({ ...keywords, ...options }, KIND, kind)
}

/** What TypeBox keeps with a schema does not belong to its JSON. */
function hidden(type: Schema, name: string, value: unknown): Schema {
  return Object.defineProperty(type, name, { value, enumerable: false })
}
