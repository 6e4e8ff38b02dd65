import type { Reads, Transaction } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { MemoryChange } from './memory.ts'
import { NOTHING_SENT } from './pos.ts'

export interface ConnectionName {
  readonly userId: UserId
  /** The session, for tokens without a device. */
  readonly device: string
  readonly connId: string
}

/** Of a device; the one that was used longest ago makes room. */
const MAX_CONNECTIONS = 16

export interface StoredAnswer {
  readonly answerId: string
  readonly parentId: string
  readonly number: number
}

export interface StoredConnection {
  readonly connectionId: string
  readonly baseId: string
  readonly usedAtMs: number
  /** Oldest first. */
  readonly answers: readonly StoredAnswer[]
}

export async function findConnection(db: Reads<HomeserverSchema>, name: ConnectionName): Promise<StoredConnection | undefined> {
  const rows = await db
    .selectFrom('sliding_sync_connections as connection')
    .leftJoin('sliding_sync_answers as answer', 'answer.connection_id', 'connection.connection_id')
    .select([
      'connection.connection_id',
      'connection.base_id',
      'connection.used_at_ms',
      'answer.answer_id',
      'answer.parent_id',
      'answer.number',
    ])
    .where('connection.user_id', '=', name.userId)
    .where('connection.device_id', '=', name.device)
    .where('connection.conn_id', '=', name.connId)
    .orderBy('answer.number')
    .execute()
  const [first] = rows
  if (!first) return undefined
  const answers = rows.flatMap(({ answer_id, parent_id, number }) =>
    answer_id === null || parent_id === null || number === null ? [] : [{ answerId: answer_id, parentId: parent_id, number }],
  )
  return { connectionId: first.connection_id, baseId: first.base_id, usedAtMs: first.used_at_ms, answers }
}

/** Whether the answer is kept, and with it all that it builds on. */
export function isKnown({ baseId, answers }: StoredConnection, answerId: string): boolean {
  if (answerId === baseId) return true
  const parentId = answers.find((answer) => answer.answerId === answerId)?.parentId
  return parentId === baseId || answers.some((answer) => answer.answerId === parentId)
}

/**
 * What is forgotten when the client comes with an answer: all but that answer, the one that it was asked with, and what was answered to it.
 * When it comes with the base it may not have got what was answered since, or may have: nothing is forgotten.
 */
export function obsoleteAnswers({ baseId, answers }: StoredConnection, answerId: string): string[] {
  if (answerId === baseId) return []
  const parentId = answers.find((answer) => answer.answerId === answerId)!.parentId
  return answers
    .filter((answer) => answer.answerId !== answerId && answer.parentId !== answerId && answer.answerId !== parentId)
    .map((answer) => answer.answerId)
    .concat(parentId === baseId ? [] : [parentId])
}

/** The client has this answer: the one before becomes the base. @returns false when it is not known any more */
export async function noteUse(tx: Transaction<HomeserverSchema>, name: ConnectionName, answerId: string, nowMs: number): Promise<boolean> {
  await lockConnection(tx, name)
  const found = await findConnection(tx.db, name)
  if (!found || !isKnown(found, answerId)) return false
  const { connectionId, baseId } = found
  const parentId = found.answers.find((answer) => answer.answerId === answerId)?.parentId ?? baseId
  const obsolete = obsoleteAnswers(found, answerId)
  if (parentId !== baseId && answerId !== baseId) await foldIntoBase(tx, connectionId, parentId)
  await deleteAnswers(tx, connectionId, obsolete)
  await tx.db
    .updateTable('sliding_sync_connections')
    .set({ base_id: answerId === baseId ? baseId : parentId, used_at_ms: nowMs })
    .where('connection_id', '=', connectionId)
    .execute()
  return true
}

/** What the answer changed takes the place of what the base says of it. */
async function foldIntoBase(tx: Transaction<HomeserverSchema>, connectionId: string, answerId: string): Promise<void> {
  await tx.db
    .deleteFrom('sliding_sync_entries')
    .where('connection_id', '=', connectionId)
    .where('answer_id', '=', '')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('sliding_sync_entries as newer')
          .select('newer.name')
          .where('newer.connection_id', '=', connectionId)
          .where('newer.answer_id', '=', answerId)
          .whereRef('newer.kind', '=', 'sliding_sync_entries.kind')
          .whereRef('newer.name', '=', 'sliding_sync_entries.name'),
      ),
    )
    .execute()
  await tx.db
    .updateTable('sliding_sync_entries')
    .set({ answer_id: '' })
    .where('connection_id', '=', connectionId)
    .where('answer_id', '=', answerId)
    .where('value', 'is not', null)
    .execute()
}

export async function addAnswer(
  tx: Transaction<HomeserverSchema>,
  connectionId: string,
  { answerId, parentId, number }: StoredAnswer,
  changes: readonly MemoryChange[],
): Promise<void> {
  await tx.db
    .insertInto('sliding_sync_answers')
    .values({ connection_id: connectionId, answer_id: answerId, parent_id: parentId, number })
    .execute()
  for (const chunk of chunksOf(changes, 100)) {
    const rows = chunk.map(({ kind, name, value }) => ({
      connection_id: connectionId,
      answer_id: answerId,
      kind,
      name,
      value: value ?? null,
    }))
    await tx.db.insertInto('sliding_sync_entries').values(rows).execute()
  }
}

export async function deleteAnswers(tx: Transaction<HomeserverSchema>, connectionId: string, answerIds: readonly string[]): Promise<void> {
  if (answerIds.length === 0) return
  for (const table of ['sliding_sync_entries', 'sliding_sync_answers'] as const) {
    await tx.db.deleteFrom(table).where('connection_id', '=', connectionId).where('answer_id', 'in', answerIds).execute()
  }
}

export async function deleteConnections(tx: Transaction<HomeserverSchema>, connectionIds: readonly string[]): Promise<void> {
  if (connectionIds.length === 0) return
  for (const table of ['sliding_sync_entries', 'sliding_sync_answers', 'sliding_sync_connections'] as const) {
    await tx.db.deleteFrom(table).where('connection_id', 'in', connectionIds).execute()
  }
}

/** For one more connection of the device. */
export async function makeRoom(tx: Transaction<HomeserverSchema>, { userId, device }: ConnectionName): Promise<void> {
  const rows = await tx.db
    .selectFrom('sliding_sync_connections')
    .select('connection_id')
    .where('user_id', '=', userId)
    .where('device_id', '=', device)
    .orderBy('used_at_ms', 'desc')
    .orderBy('connection_id')
    .execute()
  await deleteConnections(
    tx,
    rows.slice(MAX_CONNECTIONS - 1).map(({ connection_id }) => connection_id),
  )
}

/** All of a device at once: they are counted. */
export function lockConnection(tx: Transaction<HomeserverSchema>, { userId, device }: ConnectionName): Promise<void> {
  return tx.lock(`sliding-sync ${userId} ${device}`)
}

/** A connection on which nothing was answered yet. */
export async function addConnection(
  tx: Transaction<HomeserverSchema>,
  name: ConnectionName,
  connectionId: string,
  nowMs: number,
): Promise<void> {
  await tx.db
    .insertInto('sliding_sync_connections')
    .values({
      connection_id: connectionId,
      user_id: name.userId,
      device_id: name.device,
      conn_id: name.connId,
      base_id: NOTHING_SENT,
      used_at_ms: nowMs,
    })
    .execute()
}
