import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import { type EventId, isEventId, type RoomId, type UserId } from '@glia/protocol'
import { get as getAccountData, set as setAccountData } from '../account-data/index.ts'
import { isJoined } from '../joined-member.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import type { ReceiptType } from './read.ts'
import { threadOf } from './thread.ts'

export interface Receipts {
  /**
   * Takes a receipt of one of the three types. One for an event that is older than the stored one, or unknown, changes nothing.
   * @param receipt.threadId as the client sent it
   * @throws MatrixError M_FORBIDDEN if the user is not joined, M_INVALID_PARAM for a wrong thread, M_UNKNOWN for another type or what is
   *   no event id; with `m.fully_read` M_UNKNOWN (404) for an unknown event
   */
  send(userId: UserId, receipt: { roomId: string; type: string; eventId: string; threadId?: unknown }): Promise<void>
  /** Takes up to three at once, all or none. @throws as `send` */
  setMarkers(
    userId: UserId,
    roomId: string,
    markers: { 'm.fully_read'?: string | undefined; 'm.read'?: string | undefined; 'm.read.private'?: string | undefined },
  ): Promise<void>
}

const TYPES = ['m.read.private', 'm.read', 'm.fully_read'] as const

interface CheckedReceipt {
  roomId: RoomId
  type: (typeof TYPES)[number]
  eventId: EventId
  threadId: string | undefined
}

export function createReceipts(deps: { database: Database<HomeserverSchema>; signals: SignalBus; clock: Clock }): Receipts {
  const { database, signals, clock } = deps
  return {
    async send(userId, { roomId, type, eventId, threadId }) {
      await storeAll(userId, roomId, [check(roomId, type, eventId, threadId)])
    },
    async setMarkers(userId, roomId, markers) {
      const wanted = TYPES.filter((type) => markers[type] !== undefined)
      await storeAll(
        userId,
        roomId,
        wanted.map((type) => check(roomId, type, markers[type]!, undefined)),
      )
    },
  }

  async function storeAll(userId: UserId, roomId: string, receipts: CheckedReceipt[]): Promise<void> {
    await database.transaction(async (tx) => {
      if (!(await isJoined(tx.db, roomId, userId))) {
        throw new MatrixError('M_FORBIDDEN', "You don't have permission to access that event.")
      }
      for (const receipt of receipts) await store(tx, userId, receipt)
    })
  }

  async function store(tx: Transaction<HomeserverSchema>, userId: UserId, receipt: CheckedReceipt): Promise<void> {
    const { roomId, type, eventId, threadId } = receipt
    const eventPosition = await positionInRoom(tx, roomId, eventId)
    if (type === 'm.fully_read') return storeMarker(tx, userId, receipt, eventPosition)
    if (eventPosition === undefined) return
    if (threadId !== undefined && threadId !== eventId && (await threadOf(tx.db, eventId)) !== threadId) {
      throw new MatrixError('M_INVALID_PARAM', `event_id ${eventId} is not related to thread ${threadId}`)
    }
    await storeReceipt(tx, userId, { ...receipt, type, eventPosition })
  }

  async function storeMarker(
    tx: Transaction<HomeserverSchema>,
    userId: UserId,
    { roomId, eventId }: CheckedReceipt,
    eventPosition: number | undefined,
  ): Promise<void> {
    if (eventPosition === undefined) {
      throw new MatrixError('M_UNKNOWN', `Could not find event ${eventId} in room ${roomId}`, { status: 404 })
    }
    const before = (await getAccountData(tx.db, userId, roomId, 'm.fully_read'))?.event_id
    const positionBefore = isEventId(before) ? await positionInRoom(tx, roomId, before) : undefined
    if (positionBefore !== undefined && positionBefore >= eventPosition) return
    await setAccountData(tx, signals, userId, roomId, 'm.fully_read', { event_id: eventId })
  }

  async function storeReceipt(
    tx: Transaction<HomeserverSchema>,
    userId: UserId,
    receipt: { roomId: RoomId; type: ReceiptType; eventId: EventId; eventPosition: number; threadId: string | undefined },
  ): Promise<void> {
    const key = { room_id: receipt.roomId, user_id: userId, receipt_type: receipt.type, thread_id: receipt.threadId ?? '' }
    const before = await tx.db
      .selectFrom('receipts')
      .select('event_position')
      .where('room_id', '=', key.room_id)
      .where('user_id', '=', userId)
      .where('receipt_type', '=', key.receipt_type)
      .where('thread_id', '=', key.thread_id)
      .executeTakeFirst()
    if (before && before.event_position >= receipt.eventPosition) return
    const position = await tx.takePosition()
    const values = { event_id: receipt.eventId, event_position: receipt.eventPosition, ts: clock.nowMs(), position }
    await tx.db
      .insertInto('receipts')
      .values({ ...key, ...values })
      .onConflict((conflict) =>
        conflict
          .columns(['room_id', 'user_id', 'receipt_type', 'thread_id'])
          .doUpdateSet(values)
          // a newer one may have come in since we looked
          .where('receipts.event_position', '<', receipt.eventPosition),
      )
      .execute()
    tx.afterCommit(() => {
      signals.tell('user.read', { userId })
      if (receipt.type === 'm.read') signals.tell('room.changed', { roomId: receipt.roomId, position, what: ['receipt'] })
      else signals.tell('user.changed', { userId, position })
    })
  }
}

async function positionInRoom(tx: Transaction<HomeserverSchema>, roomId: RoomId, eventId: EventId): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('events')
    .select('position')
    .where('event_id', '=', eventId)
    .where('room_id', '=', roomId)
    .executeTakeFirst()
  return row?.position
}

function check(roomId: string, type: string, eventId: string, threadId: unknown): CheckedReceipt {
  if (!(TYPES as readonly string[]).includes(type)) {
    throw new MatrixError('M_UNKNOWN', `Receipt type must be ${TYPES.join(', ')}`)
  }
  if (!isEventId(eventId)) throw new MatrixError('M_UNKNOWN', 'A valid room ID and event ID must be specified')
  if (threadId !== undefined) {
    if (type === 'm.fully_read') throw new MatrixError('M_INVALID_PARAM', 'thread_id is not compatible with m.fully_read receipts.')
    if (typeof threadId !== 'string' || threadId === '') {
      throw new MatrixError('M_INVALID_PARAM', 'thread_id field must be a non-empty string')
    }
  }
  return { roomId: roomId as RoomId, type: type as CheckedReceipt['type'], eventId, threadId: threadId as string | undefined }
}
