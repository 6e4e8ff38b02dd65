import type { contract, QueryOf } from '@glia/contract'
import { type RawBuilder, sql } from 'kysely'
import { Conditions, createSelector } from '../selection/index.ts'
import { toMediaRecord } from './media-records.ts'

/** All that is given must hold. Times are milliseconds since 1970, sizes bytes. */
export interface MediaSelection {
  /** Only these. */
  readonly mediaIds?: readonly string[] | undefined
  readonly ownerId?: string | undefined
  /** Begin of the media type. */
  readonly typePrefix?: string | undefined
  readonly sizeMin?: number | undefined
  readonly sizeMax?: number | undefined
  readonly createdBeforeMs?: number | undefined
  readonly createdAfterMs?: number | undefined
  /** What was never looked at counts from its upload. */
  readonly accessedBeforeMs?: number | undefined
  readonly accessedAfterMs?: number | undefined
  readonly isQuarantined?: boolean | undefined
  readonly isProtected?: boolean | undefined
  readonly sha256?: string | undefined
  /** Not what is protected from quarantine, whatever else is said. */
  readonly exceptProtected?: true | undefined
}

const lastAccess = sql`COALESCE(last_access_ms, created_at_ms)`
const size = sql`COALESCE(size, 0)`

export const mediaSelector = createSelector({
  table: 'local_media',
  id: 'media_id',
  orders: {
    media_id: [sql`media_id`, 'string'],
    created: [sql`created_at_ms`, 'number'],
    accessed: [lastAccess, 'number'],
    size: [size, 'number'],
  },
  amount: size,
  conditionsOf,
  toItem: toMediaRecord,
})

function conditionsOf(selection: MediaSelection): RawBuilder<unknown>[] {
  const { typePrefix } = selection
  const conditions = new Conditions()
  conditions.among(sql`media_id`, selection.mediaIds)
  conditions.equals(sql`user_id`, selection.ownerId)
  conditions.equals(sql`sha256`, selection.sha256)
  if (typePrefix) conditions.add(sql`substr(media_type, 1, ${sql.lit([...typePrefix].length)}) = ${typePrefix}`)
  conditions.within(size, { atLeast: selection.sizeMin, atMost: selection.sizeMax })
  conditions.within(sql`created_at_ms`, { above: selection.createdAfterMs, below: selection.createdBeforeMs })
  conditions.within(lastAccess, { above: selection.accessedAfterMs, below: selection.accessedBeforeMs })
  conditions.whether(selection.isQuarantined, sql`quarantined_by IS NOT NULL`)
  conditions.whether(selection.isProtected, sql`safe_from_quarantine = 1`)
  if (selection.exceptProtected) conditions.add(sql`safe_from_quarantine = 0`)
  return conditions.all
}

/** What a request of the contract's `mediaSelection` fields asks for. @param ids of media, where they are named */
export function mediaSelectionOf(wire: WireMediaSelection, ids?: readonly string[]): MediaSelection {
  return {
    mediaIds: ids,
    ownerId: wire.owner,
    typePrefix: wire.type,
    sizeMin: wire.size_min,
    sizeMax: wire.size_max,
    createdBeforeMs: wire.created_before,
    createdAfterMs: wire.created_after,
    accessedBeforeMs: wire.accessed_before,
    accessedAfterMs: wire.accessed_after,
    isQuarantined: wire.quarantined,
    isProtected: wire.protected,
    sha256: wire.sha256,
  }
}

type WireMediaSelection = Omit<QueryOf<typeof contract.glia.media.findMedia>, 'order_by' | 'dir' | 'from' | 'limit'>
