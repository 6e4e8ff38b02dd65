import type { Reads } from '@glia/database'
import type { EventId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** Reactions to answers to edits …: as far as Synapse follows them. */
const MAX_DEPTH = 3

/**
 * The thread that an event belongs to: the root's id, or `main`. What relates to an event of a thread belongs to that thread too.
 * Source: Client-Server API, "Threading", "Validation of thread_id".
 */
export async function threadOf(db: Reads<HomeserverSchema>, eventId: EventId): Promise<string> {
  let current: string | null = eventId
  for (let depth = 0; depth <= MAX_DEPTH && current !== null; depth++) {
    const row: { relates_to: string | null; rel_type: string | null } | undefined = await db
      .selectFrom('events')
      .select(['relates_to', 'rel_type'])
      .where('event_id', '=', current)
      .executeTakeFirst()
    if (row?.rel_type === 'm.thread' && row.relates_to !== null) return row.relates_to
    current = row?.relates_to ?? null
  }
  return 'main'
}
