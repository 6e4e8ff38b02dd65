import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Requester } from '@glia/http'
import { limitExceeded } from '@glia/http'
import type { Clock, Random } from '@glia/platform'
import { CanonicalJsonError, canonicalJson, type EventId, type JsonObject, type RoomId, type UserId, utf8ByteLength } from '@glia/protocol'
import { roomExists } from '../room-exists.ts'
import type { HomeserverSchema } from '../schema.ts'
import { checkStorableText } from '../storable-text.ts'
import { checkTexts, findTransactionEvent, recordTransactions, refuseSuspendedSender } from '../timeline/index.ts'
import { countDelayedEvents, insertDelayedEvent } from './delayed-event-store.ts'

/** What is to be sent, and when. */
export interface EventToDelay {
  readonly roomId: RoomId
  readonly type: string
  /** Present exactly on state events. */
  readonly stateKey?: string
  readonly content: JsonObject
  readonly delayMs: number
  /** The same request sent again has the same answer. */
  readonly transactionId?: string
}

export interface ScheduleDeps {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  readonly random: Random
  /** undefined: nothing may be delayed. */
  readonly maxDelayMs: number | undefined
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  readonly limitMessages: (requester: Requester) => Promise<void>
}

const MAX_OF_A_USER = 100
/** An event has 64 KiB at most, and hashes and signatures are in it, too. */
const MAX_CONTENT_BYTES = 64 * 1024

/**
 * Keeps an event for later. Whether the user may send it is decided when its time has come, as by Synapse.
 * @returns its id and when it will be sent
 * @throws MatrixError M_FORBIDDEN (not allowed, too long), M_NOT_FOUND for an unknown room, M_LIMIT_EXCEEDED, M_TOO_LARGE and those of content
 */
export async function scheduleEvent(
  deps: ScheduleDeps,
  requester: Requester,
  event: EventToDelay,
): Promise<{ delayId: string; sendAtMs: number | undefined }> {
  const { database, clock, random } = deps
  const { userId, sessionId } = requester
  const { transactionId } = event
  refuseForbidden(deps.maxDelayMs, event.delayMs)
  refuseSuspendedSender(requester)
  checkEvent(event)
  if (transactionId !== undefined) checkStorableText(transactionId, 'txnId')
  await deps.limitMessages(requester)
  const madeAt = await database.currentPosition()
  const key = transactionId === undefined ? undefined : { userId, sessionId, scope: `delay ${event.roomId} ${event.type}`, transactionId }
  const delayId = `delayed_${random.text(24)}`
  return database.transaction(async (tx) => {
    await tx.lock(`delayed_events:${userId}`)
    const before = key && (await findTransactionEvent(tx.db, key))
    if (before !== undefined) return { delayId: before, sendAtMs: undefined }
    if (!(await roomExists(tx.db, event.roomId))) throw new MatrixError('M_NOT_FOUND', 'Unknown room')
    const nowMs = clock.nowMs()
    await refuseTooMany(tx, userId, nowMs)
    const sendAtMs = nowMs + event.delayMs
    const times = { delay_ms: event.delayMs, running_since_ms: nowMs, send_at_ms: sendAtMs }
    const who = { user_id: userId, session_id: sessionId, device_id: requester.deviceId ?? null }
    const what = { room_id: event.roomId, type: event.type, state_key: event.stateKey ?? null, content: JSON.stringify(event.content) }
    await insertDelayedEvent(tx, { delay_id: delayId, ...who, ...what, ...times, made_at_position: madeAt })
    // the scope keeps it apart from ids of events
    if (key) await recordTransactions(tx, [{ key, eventId: delayId as EventId }], nowMs)
    return { delayId, sendAtMs }
  })
}

function refuseForbidden(maxDelayMs: number | undefined, delayMs: number): void {
  if (maxDelayMs === undefined) throw new MatrixError('M_FORBIDDEN', 'Sending delayed events has been disallowed')
  if (delayMs > maxDelayMs) {
    throw new MatrixError('M_FORBIDDEN', `The requested delay (${delayMs}ms) exceeds the allowed maximum (${maxDelayMs}ms)`)
  }
}

function checkEvent({ type, stateKey, content }: EventToDelay): void {
  checkStorableText(type, 'eventType')
  if (stateKey !== undefined && stateKey !== '') checkStorableText(stateKey, 'stateKey')
  checkTexts(type, content)
  try {
    if (utf8ByteLength(canonicalJson(content)) > MAX_CONTENT_BYTES) throw new MatrixError('M_TOO_LARGE', 'event too large')
  } catch (error) {
    throw error instanceof CanonicalJsonError ? new MatrixError('M_BAD_JSON', error.message) : error
  }
}

async function refuseTooMany(tx: Transaction<HomeserverSchema>, userId: UserId, nowMs: number): Promise<void> {
  const { count, firstAtMs } = await countDelayedEvents(tx.db, userId)
  if (count < MAX_OF_A_USER) return
  throw limitExceeded(Math.max(1, firstAtMs - nowMs), 'The maximum number of delayed events has been reached.')
}
