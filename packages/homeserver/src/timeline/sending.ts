import { MatrixError } from '@glia/contract'
import type { Transaction } from '@glia/database'
import type { Requester } from '@glia/http'
import type { Clock, Random } from '@glia/platform'
import { type EventId, eventTypes, type JsonObject, membershipOf, type RoomId, type ServerName, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { checkStorableText } from '../storable-text.ts'
import { type Timeline, UnknownRoomError } from './append-event.ts'
import { checkContent } from './check-content.ts'
import { checkRedaction } from './check-redaction.ts'
import { checkRelation } from './check-relation.ts'
import type { EventDraft, RoomWriter } from './room-writer.ts'
import type { TransactionKey } from './transactions.ts'

export interface SendingDeps {
  readonly timeline: Timeline
  readonly serverName: ServerName
  readonly clock: Clock
  readonly random: Random
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  readonly limitMessages: (requester: Requester) => Promise<void>
  /** Redactions of other users' events; where not given they count as messages. */
  readonly limitAdminRedactions: ((requester: Requester) => Promise<void>) | undefined
  /** Carries out an `m.room.member` by the rules of membership. @returns its event */
  readonly changeMembership: (
    requester: Requester,
    change: { roomId: RoomId; target: string; content: JsonObject; originServerTs?: number },
  ) => Promise<EventId>
  /** Refuses aliases that do not lead to the room. */
  readonly checkCanonicalAlias: (tx: Transaction<HomeserverSchema>, room: RoomWriter, content: JsonObject) => Promise<void>
  /** Removes guests from a room that no longer takes them. */
  readonly removeGuests: (tx: Transaction<HomeserverSchema>, room: RoomWriter) => Promise<void>
}

/** What local users write into rooms. */
export interface Sending {
  sendMessage(
    requester: Requester,
    message: { roomId: RoomId; type: string; content: JsonObject; transactionId: string; originServerTs?: number },
  ): Promise<EventId>
  /** An `m.room.member` is a change of membership and obeys its rules. */
  sendState(
    requester: Requester,
    state: { roomId: RoomId; type: string; stateKey: string; content: JsonObject; originServerTs?: number },
  ): Promise<EventId>
  redact(
    requester: Requester,
    redaction: { roomId: RoomId; redacts: EventId; content: JsonObject; transactionId: string; scope?: string },
  ): Promise<EventId>
}

export function createSending(deps: SendingDeps): Sending {
  const { timeline, clock, random, serverName } = deps

  /** Writes one event of a joined user, unless the same request was carried out before. */
  const write = async (
    requester: Requester,
    roomId: RoomId,
    key: TransactionKey | undefined,
    work: (tx: Transaction<HomeserverSchema>, room: RoomWriter) => Promise<EventDraft>,
  ): Promise<EventId> => {
    const { userId } = requester
    try {
      return await timeline.share(roomId, async (room, tx) => {
        const before = key && (await room.transactionEvent(key))
        if (before !== undefined) return before
        await requireJoined(room, userId)
        const draft = await work(tx, room)
        const { eventId } = await room.append(draft)
        if (draft.type === eventTypes.guestAccess && draft.stateKey === '' && draft.content.guest_access !== 'can_join') {
          await deps.removeGuests(tx, room)
        }
        if (key) room.recordTransaction(key, eventId)
        return eventId
      })
    } catch (error) {
      if (error instanceof UnknownRoomError) throw notIn(userId, roomId)
      throw error
    }
  }

  const pretend = async (): Promise<EventId> => {
    await new Promise<void>((resolve) => clock.after(1000 + random.integer(9000), resolve))
    return `$${random.text(43)}` as EventId
  }

  return {
    async sendMessage(requester, { roomId, type, content, transactionId, ...time }) {
      checkStorableText(transactionId, 'txnId')
      const scope = `send ${roomId} ${type}`
      if (type === eventTypes.redaction) {
        const { redacts } = content
        if (typeof redacts !== 'string') throw new MatrixError('M_BAD_JSON', 'redacts must be an event id')
        return this.redact(requester, { roomId, redacts: redacts as EventId, content, transactionId, scope })
      }
      refuseSuspendedSender(requester)
      checkType(type)
      await deps.limitMessages(requester)
      if (requester.isShadowBanned) return pretend()
      const key = { userId: requester.userId, sessionId: requester.sessionId, scope, transactionId }
      return write(requester, roomId, key, async (tx, room) => {
        await checkContent(room, { type, content }, serverName)
        await checkRelation(tx.db, room, { sender: requester.userId, type, content })
        return { type, sender: requester.userId, content, ...time }
      })
    },

    async sendState(requester, { roomId, type, stateKey, content, ...time }) {
      if (type === eventTypes.member) return deps.changeMembership(requester, { roomId, target: stateKey, content, ...time })
      refuseSuspendedSender(requester)
      checkType(type)
      if (stateKey.includes('\0')) throw new MatrixError('M_INVALID_PARAM', 'stateKey must not have a NUL')
      await deps.limitMessages(requester)
      if (requester.isShadowBanned) return pretend()
      return write(requester, roomId, undefined, async (tx, room) => {
        await checkContent(room, { type, stateKey, content }, serverName)
        if (type === eventTypes.canonicalAlias) await deps.checkCanonicalAlias(tx, room, content)
        return { type, sender: requester.userId, stateKey, content, ...time }
      })
    },

    async redact(requester, { roomId, redacts, content, transactionId, scope = `redact ${roomId} ${redacts}` }) {
      checkStorableText(transactionId, 'txnId')
      if (!deps.limitAdminRedactions) await deps.limitMessages(requester)
      if (requester.isShadowBanned) return pretend()
      const key = { userId: requester.userId, sessionId: requester.sessionId, scope, transactionId }
      return write(requester, roomId, key, async (tx, room) => {
        const { isOwn } = await checkRedaction(tx.db, room, requester, redacts)
        if (deps.limitAdminRedactions) await (isOwn ? deps.limitMessages : deps.limitAdminRedactions)(requester)
        return { type: eventTypes.redaction, sender: requester.userId, content, redacts }
      })
    },
  }
}

/**
 * Edits a room as one of its members.
 * @throws MatrixError M_FORBIDDEN: the room is unknown or the user is not joined, which look alike
 */
export async function asMember<T>(
  tx: Transaction<HomeserverSchema>,
  timeline: Timeline,
  roomId: RoomId,
  userId: UserId,
  work: (room: RoomWriter) => Promise<T>,
): Promise<T> {
  try {
    return await timeline.edit(tx, roomId, async (room) => {
      await requireJoined(room, userId)
      return work(room)
    })
  } catch (error) {
    if (error instanceof UnknownRoomError) throw notIn(userId, roomId)
    throw error
  }
}

async function requireJoined(room: RoomWriter, userId: UserId): Promise<void> {
  await room.loadState([
    [eventTypes.create, ''],
    [eventTypes.powerLevels, ''],
    [eventTypes.member, userId],
  ])
  if (membershipOf(await room.state(eventTypes.member, userId)) !== 'join') throw notIn(userId, room.roomId)
}

function notIn(userId: UserId, roomId: RoomId): MatrixError {
  return new MatrixError('M_FORBIDDEN', `User ${userId} not in room ${roomId}`)
}

/** @throws MatrixError M_USER_SUSPENDED */
export function refuseSuspendedSender(requester: Requester): void {
  if (requester.isSuspended) throw new MatrixError('M_USER_SUSPENDED', 'Sending messages while account is suspended is not allowed.')
}

function checkType(type: string): void {
  if (type.includes('\0')) throw new MatrixError('M_INVALID_PARAM', 'eventType must not have a NUL')
}
