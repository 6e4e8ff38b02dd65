import type { TProperties } from 'typebox'
import { integer, list, oneOf, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

const selfLink = Type.Object({ self: text() })

/** Query parameters of every list. Cursors are ids; `page[first]` walks forwards, `page[last]` backwards. */
export const pageQuery = {
  'page[first]': optional(integer({ minimum: 1, description: 'default 10' })),
  'page[last]': optional(integer({ minimum: 1 })),
  'page[after]': optional(text()),
  'page[before]': optional(text()),
  count: optional(oneOf(['true', 'false', 'only'], { description: 'default true' })),
}

/** Query parameters of every list of sessions. Times are RFC 3339. */
export const sessionFilters = {
  'filter[status]': optional(oneOf(['active', 'finished'])),
  'filter[created-before]': optional(text()),
  'filter[created-after]': optional(text()),
  'filter[last-active-before]': optional(text()),
  'filter[last-active-after]': optional(text()),
}

const resource = <P extends TProperties>(attributes: P) => ({
  type: text(),
  id: text(),
  attributes: Type.Object(attributes),
  links: selfLink,
})

/** The answer that carries one resource. */
export const single = <P extends TProperties>(attributes: P) => Type.Object({ data: Type.Object(resource(attributes)), links: selfLink })

/** The answer that carries a page of them. */
export const paged = <P extends TProperties>(attributes: P) =>
  Type.Object({
    meta: optional(Type.Object({ count: integer() })),
    data: optional(list(Type.Object({ ...resource(attributes), meta: Type.Object({ page: Type.Object({ cursor: text() }) }) }))),
    links: Type.Object({
      self: text(),
      first: optional(text()),
      last: optional(text()),
      next: optional(text()),
      prev: optional(text()),
    }),
  })
