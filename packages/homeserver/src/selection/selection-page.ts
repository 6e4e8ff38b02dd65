import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import type { HomeserverSchema } from '../schema.ts'
import { checkStorableText } from '../storable-text.ts'
import type { SelectionKey, Selector } from './selector.ts'

/** The contract's `selectionPage` fields. */
export interface WirePage<By extends string> {
  readonly order_by: By
  readonly dir: 'f' | 'b'
  readonly from?: string
  readonly limit: number
}

/** A page of a list, with the token of the next one. @throws MatrixError M_INVALID_PARAM: `from` is no token of this order */
export async function readPage<Item, Selection, By extends string>(
  selector: Selector<Item, Selection, By>,
  reads: Reads<HomeserverSchema>,
  selection: Selection,
  wire: WirePage<By>,
): Promise<{ items: Item[]; next: { next_token?: string } }> {
  const order = { by: wire.order_by, descending: wire.dir === 'b' }
  const behind = wire.from === undefined ? undefined : parseToken(wire.from, selector.keyTypes(order.by))
  const { items, next } = await selector.page(reads, selection, { order, behind, limit: wire.limit })
  return { items, next: next ? { next_token: Buffer.from(JSON.stringify(next)).toString('base64url') } : {} }
}

/** @throws MatrixError M_INVALID_PARAM: texts that no database keeps */
export function checkTexts(wire: object): void {
  for (const [name, value] of Object.entries(wire)) if (typeof value === 'string') checkStorableText(value, name)
}

function parseToken(token: string, types: readonly ('string' | 'number')[]): SelectionKey {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (Array.isArray(key) && key.length === types.length && types.every((type, index) => isKeyPart(key[index], type))) return key
  } catch {
    // no token of ours
  }
  throw new MatrixError('M_INVALID_PARAM', 'from must be the next_token of the page before, in the same order')
}

function isKeyPart(value: unknown, type: 'string' | 'number'): boolean {
  return type === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && !value.includes('\0')
}
