import type { Transaction } from '@glia/database'
import type { RoomId } from '@glia/protocol'
import { sql } from 'kysely'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { EventObserver, ObservedEvent } from '../timeline/index.ts'
import { countWords } from './words.ts'

/** Keeps the index of words in step with the events, in the same transactions. */
export const wordIndex: EventObserver = {
  async eventsAdded(tx, roomId, events) {
    const rows = events.flatMap((event) =>
      [...countWords(event)].map(([word, uses]) => ({ room_id: roomId, word, position: event.position, uses })),
    )
    for (const chunk of chunksOf(rows, 400)) await tx.db.insertInto('search_words').values(chunk).execute()
  },
  contentRemoved: (tx, roomId, event) => forgetWords(tx, roomId, [event]),
}

/** Takes events out of the index. @param events with the content that they were added with */
export async function forgetWords(tx: Transaction<HomeserverSchema>, roomId: RoomId, events: readonly ObservedEvent[]): Promise<void> {
  for (const event of events) {
    for (const words of chunksOf([...countWords(event).keys()])) {
      await tx.db
        .deleteFrom('search_words')
        .where('room_id', '=', roomId)
        .where('word', 'in', words)
        .where('position', '=', event.position)
        .execute()
    }
  }
}

/** Deletes up to `limit` entries of a room. Call it again, in a new transaction, until it is done. */
export async function purgeWordIndex(
  tx: Transaction<HomeserverSchema>,
  roomId: RoomId,
  limit: number,
): Promise<{ deleted: number; isDone: boolean }> {
  const { numAffectedRows } = await sql`
    DELETE FROM search_words WHERE (room_id, word, position) IN
      (SELECT room_id, word, position FROM search_words WHERE room_id = ${roomId} LIMIT ${limit})`.execute(tx.db)
  const deleted = Number(numAffectedRows ?? 0)
  return { deleted, isDone: deleted < limit }
}
