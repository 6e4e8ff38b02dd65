import type { Transaction } from '@glia/database'
import type { RoomId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/**
 * Deletes up to `limit` rows that a slice keeps about a room. Called again, each time in a new transaction, until it is done; the last
 * call may be repeated. Every slice with such rows offers one; they are listed where the server is built.
 */
export type PurgeRoom = (tx: Transaction<HomeserverSchema>, roomId: RoomId, limit: number) => Promise<{ deleted: number; isDone: boolean }>
