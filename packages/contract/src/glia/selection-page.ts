import { integer, oneOf, optional, text } from '../fields.ts'

/** How lists by conditions are ordered and paged. The first order is the default. */
export function selectionPage<const Orders extends readonly [string, ...string[]]>(orders: Orders) {
  return {
    order_by: oneOf(orders, { default: orders[0] }),
    dir: oneOf(['f', 'b'], { default: 'f' }),
    from: optional(text({ description: '`next_token` of the page before' })),
    limit: integer({ default: 100, minimum: 1, maximum: 1000 }),
  }
}
