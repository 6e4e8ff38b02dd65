import { Type as TypeBox } from 'typebox'
import { Compile } from 'typebox/compile'
import { expect, test } from 'vitest'
import { Type } from './schema.ts'

/** The same schemas, made by either. */
function samples(make: Pick<typeof TypeBox, keyof typeof Type>) {
  const options = { description: 'told', errcode: 'M_BAD_JSON' }
  return {
    string: make.String({ ...options, format: 'matrix-user-id' }),
    number: make.Number(options),
    integer: make.Integer({ ...options, minimum: 1, maximum: 5 }),
    boolean: make.Boolean({ ...options, default: false }),
    unknown: make.Unknown(options),
    oneOf: make.Enum(['a', 'b'], options),
    nullable: make.Union([make.String(), make.Null()], options),
    list: make.Array(make.Integer(), { ...options, maxItems: 2 }),
    record: make.Record(make.String(), make.Unknown(), options),
    object: make.Object({ a: make.String(options), b: make.Optional(make.Integer()), c: make.Optional(make.Object({})) }, options),
    noneRequired: make.Object({ b: make.Optional(make.Array(make.Object({ c: make.Null() }))) }),
    empty: make.Object({}),
  }
}

const values = [
  'a',
  'c',
  1,
  1.5,
  7,
  true,
  null,
  [],
  [1],
  ['x'],
  [1, 2, 3],
  {},
  { a: 'a' },
  { a: 1 },
  { a: 'a', b: 1 },
  { a: 'a', b: 'b' },
  { b: [{ c: null }] },
]

test.each(Object.keys(samples(Type)) as (keyof ReturnType<typeof samples>)[])('%s is the schema that TypeBox makes', (name) => {
  const [ours, theirs] = [samples(Type)[name], samples(TypeBox)[name]]
  expect(ours).toEqual(theirs)
  expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs))
  const verdicts = (type: typeof ours) => values.map((value) => [Compile(type).Check(value), Compile(type).Errors(value)])
  expect(verdicts(ours)).toEqual(verdicts(theirs))
})
