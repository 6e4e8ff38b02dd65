import type { StreamType } from '@glia/contract'
import type { Reads, Transaction } from '@glia/database'
import { ulidTime } from '@glia/platform'
import type { HomeserverSchema } from '../schema.ts'

export interface News {
  readonly kind: StreamType
  readonly subject: string
  readonly position: number
}

const NUMBERED_AT_ONCE = 500

/** Waits for nobody, and nobody waits for it. @param news.id a ULID */
export async function addNews(tx: Transaction<HomeserverSchema>, news: { id: string; kind: StreamType; subject: string }): Promise<void> {
  await tx.db
    .insertInto('admin_news')
    .values({ ...news, position: null })
    .execute()
}

export async function isAnyWaiting(reads: Reads<HomeserverSchema>): Promise<boolean> {
  return (await reads.selectFrom('admin_news').select('id').where('position', 'is', null).limit(1).executeTakeFirst()) !== undefined
}

/** Gives news that are committed their places. @returns whether there may be more */
export async function numberNews(tx: Transaction<HomeserverSchema>): Promise<boolean> {
  await tx.lock('admin news')
  const waiting = await tx.db
    .selectFrom('admin_news')
    .select(['id', 'kind', 'subject'])
    .where('position', 'is', null)
    .orderBy('id')
    .limit(NUMBERED_AT_ONCE)
    .execute()
  if (waiting.length === 0) return false
  // of the same thing, the last says it all
  const newest = new Map(waiting.map((news) => [`${news.kind} ${news.subject}`, news]))
  const kept = new Set([...newest.values()].map(({ id }) => id))
  const outdated = waiting.filter(({ id }) => !kept.has(id)).map(({ id }) => id)
  if (outdated.length > 0) await tx.db.deleteFrom('admin_news').where('id', 'in', outdated).execute()
  for (const [kind, changed] of Map.groupBy(newest.values(), (news) => news.kind)) {
    const subjects = changed.map(({ subject }) => subject)
    await tx.db
      .deleteFrom('admin_news')
      .where('kind', '=', kind)
      .where('subject', 'in', subjects)
      .where('position', 'is not', null)
      .execute()
  }
  const { position: last } = await tx.db
    .updateTable('admin_news_head')
    .set((head) => ({ position: head('position', '+', kept.size) }))
    .returning('position')
    .executeTakeFirstOrThrow()
  let position = last - kept.size
  for (const id of kept) await tx.db.updateTable('admin_news').set({ position: ++position }).where('id', '=', id).execute()
  return waiting.length === NUMBERED_AT_ONCE
}

export async function newsHead(reads: Reads<HomeserverSchema>): Promise<{ position: number; forgotten: number }> {
  return reads.selectFrom('admin_news_head').select(['position', 'forgotten']).executeTakeFirstOrThrow()
}

/** In their order. @returns also up to which position all news of these kinds are now known */
export async function readNews(
  reads: Reads<HomeserverSchema>,
  page: { after: number; kinds: readonly StreamType[]; limit: number },
): Promise<{ news: News[]; upTo: number }> {
  const { after, kinds, limit } = page
  const head = await newsHead(reads)
  if (head.position === after) return { news: [], upTo: after }
  const rows = await reads
    .selectFrom('admin_news')
    .select(['kind', 'subject', 'position'])
    .where('position', '>', after)
    .where('position', '<=', head.position)
    .where('kind', 'in', kinds)
    .orderBy('position')
    .limit(limit)
    .execute()
  return { news: rows as News[], upTo: rows.length < limit ? head.position : rows.at(-1)!.position! }
}

/** Drops news of before that time (ms). */
export async function forgetNews(tx: Transaction<HomeserverSchema>, beforeMs: number): Promise<void> {
  await tx.lock('admin news')
  const before = ulidTime(beforeMs)
  const { last } = await tx.db
    .selectFrom('admin_news')
    .select((news) => news.fn.max('position').as('last'))
    .where('id', '<', before)
    .executeTakeFirstOrThrow()
  await tx.db.deleteFrom('admin_news').where('id', '<', before).execute()
  if (last === null) return
  await tx.db.updateTable('admin_news_head').set({ forgotten: last }).where('forgotten', '<', last).execute()
}
