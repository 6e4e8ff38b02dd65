import type { Transaction } from '@glia/database'
import { sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'

export interface TotalsChange {
  readonly userId: string
  readonly count: number
  /** Of the content, as far as it is there. */
  readonly bytes: number
}

/** Keeps what a user's files add up to. To be called in the transaction that changes them, as its last step: it holds rows until the end. */
export async function addToTotals(tx: Transaction<HomeserverSchema>, changes: readonly TotalsChange[]): Promise<void> {
  const sums = new Map<string, { count: number; bytes: number }>()
  for (const { userId, count, bytes } of changes) {
    const sum = sums.get(userId) ?? { count: 0, bytes: 0 }
    sums.set(userId, { count: sum.count + count, bytes: sum.bytes + bytes })
  }
  let uploaders = 0
  // always in the same order, so that no two wait for each other
  for (const [userId, { count, bytes }] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { media_count } = await tx.db
      .insertInto('user_media_totals')
      .values({ user_id: userId, media_count: count, media_bytes: bytes })
      .onConflict((conflict) =>
        conflict.column('user_id').doUpdateSet((eb) => ({
          media_count: eb('user_media_totals.media_count', '+', count),
          media_bytes: eb('user_media_totals.media_bytes', '+', bytes),
        })),
      )
      .returning('media_count')
      .executeTakeFirstOrThrow()
    if (media_count === 0) await tx.db.deleteFrom('user_media_totals').where('user_id', '=', userId).execute()
    uploaders += Number(media_count > 0) - Number(media_count - count > 0)
  }
  if (uploaders !== 0)
    await tx.db
      .updateTable('media_uploaders')
      .set({ uploaders: sql`uploaders + ${uploaders}` })
      .execute()
}
