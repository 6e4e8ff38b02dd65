import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import type { Clock } from '@glia/platform'
import { isUserId, type JsonObject, type UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { checkStorableText } from '../storable-text.ts'

/** User → device id or `*` → content. */
export type ToDeviceMessages = { [userId: string]: { [deviceId: string]: JsonObject } }

export interface ToDevice {
  /**
   * Queues messages for devices of local users, online or not. Unknown devices and users of other servers are passed over.
   * The same transaction of a session is carried out once, also when its requests overlap.
   * @throws MatrixError M_INVALID_PARAM for what is no user id
   */
  send(from: { userId: UserId; sessionId: string }, type: string, transactionId: string, messages: ToDeviceMessages): Promise<void>
}

/** Clients repeat a request within minutes. */
const TRANSACTIONS_KEPT_MS = 60 * 60 * 1000

interface Recipient {
  userId: UserId
  deviceId: string
  content: string
}

export function createToDevice(deps: { database: Database<HomeserverSchema>; signals: SignalBus; clock: Clock }): ToDevice {
  const { database, signals, clock } = deps
  return {
    async send({ userId: sender, sessionId }, type, transactionId, messages) {
      checkStorableText(type, 'event type')
      checkStorableText(transactionId, 'transaction ID')
      const userIds = Object.keys(messages)
      const malformed = userIds.find((userId) => !isUserId(userId))
      if (malformed !== undefined) throw new MatrixError('M_INVALID_PARAM', `${malformed} is not a valid user ID`)
      await database.transaction(async (tx) => {
        const key = { user_id: sender, session_id: sessionId, type, transaction_id: transactionId }
        if (!(await beginTransaction(tx, key, clock.nowMs()))) return
        const recipients = await findRecipients(tx, messages)
        if (recipients.length === 0) return
        const first = await tx.takePosition(recipients.length)
        const rows = recipients.map(({ userId, deviceId, content }, index) => ({
          user_id: userId,
          device_id: deviceId,
          position: first + index,
          type,
          sender,
          content,
        }))
        for (const chunk of chunksOf(rows)) await tx.db.insertInto('to_device_messages').values(chunk).execute()
        tx.afterCommit(() => {
          for (const [userId, position] of new Map(rows.map((row) => [row.user_id, row.position]))) {
            signals.tell('user.changed', { userId, position })
          }
        })
      })
    },
  }
}

/** @returns false if it was carried out before; waits for a request of the same transaction that is being carried out */
async function beginTransaction(
  tx: Transaction<HomeserverSchema>,
  key: { user_id: string; session_id: string; type: string; transaction_id: string },
  nowMs: number,
): Promise<boolean> {
  const begun = await tx.db
    .insertInto('to_device_transactions')
    .values({ ...key, created_at_ms: nowMs })
    .onConflict((conflict) => conflict.doNothing())
    .returning('transaction_id')
    .executeTakeFirst()
  await tx.db
    .deleteFrom('to_device_transactions')
    .where('user_id', '=', key.user_id)
    .where('created_at_ms', '<', nowMs - TRANSACTIONS_KEPT_MS)
    .execute()
  return begun !== undefined
}

async function findRecipients(tx: Transaction<HomeserverSchema>, messages: ToDeviceMessages): Promise<Recipient[]> {
  const recipients: Recipient[] = []
  for (const chunk of chunksOf(Object.keys(messages) as UserId[])) {
    const devices = await tx.db
      .selectFrom('devices')
      .select(['user_id', 'device_id'])
      .where('user_id', 'in', chunk)
      .orderBy('user_id')
      .orderBy('device_id')
      .execute()
    for (const { user_id, device_id } of devices) {
      const forUser = messages[user_id]!
      const content = Object.hasOwn(forUser, device_id) ? forUser[device_id] : forUser['*']
      if (content) recipients.push({ userId: user_id as UserId, deviceId: device_id, content: JSON.stringify(content) })
    }
  }
  return recipients
}
