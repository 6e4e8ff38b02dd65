import type { Reads, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { addEntry, deleteEntry, findEntry } from '../lists/index.ts'
import type { HomeserverSchema } from '../schema.ts'

/**
 * Keeps local users from joining, being invited to or knocking at a room, known here or not (Synapse Admin API, "Block Room API").
 * Blocking again keeps the first blocker.
 */
export async function blockRoom(tx: Transaction<HomeserverSchema>, roomId: string, by: UserId, nowMs: number): Promise<void> {
  await addEntry(tx, 'rooms', { item: roomId, reason: null, addedBy: by, addedAtMs: nowMs, expiresAtMs: null })
}

export async function unblockRoom(tx: Transaction<HomeserverSchema>, roomId: string, nowMs: number): Promise<void> {
  await deleteEntry(tx, 'rooms', roomId, nowMs)
}

/** @returns who blocked the room; undefined when it is not blocked */
export async function findRoomBlocker(reads: Reads<HomeserverSchema>, roomId: string, nowMs: number): Promise<UserId | undefined> {
  return (await findEntry(reads, 'rooms', roomId, nowMs))?.addedBy as UserId | undefined
}
