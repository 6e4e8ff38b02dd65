import type { Database, Transaction } from '@glia/database'
import { type Clock, LruCache, type Random } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import { chunksOf } from '../chunks.ts'
import type { HomeserverSchema } from '../schema.ts'
import {
  addAnswer,
  addConnection,
  type ConnectionName,
  deleteAnswers,
  deleteConnections,
  findConnection,
  isKnown,
  lockConnection,
  makeRoom,
  noteUse,
  obsoleteAnswers,
} from './connection-store.ts'
import { EMPTY_MEMORY, type Memory, type MemoryChange, memoryOf } from './memory.ts'
import { NOTHING_SENT } from './pos.ts'

/** A connection as of one of its answers. */
export interface Connection {
  /** undefined: nothing is kept yet. */
  readonly connectionId: string | undefined
  readonly answerId: string
  readonly memory: Memory
}

/** Unused for longer than this, a connection is forgotten. */
export const MAX_UNUSED_MS = 30 * 24 * 60 * 60 * 1000
const USE_NOTED_EVERY_MS = 24 * 60 * 60 * 1000
/** Answers to one request that was sent again and again. */
const MAX_SIBLINGS = 3
const CACHED_MEMORIES = 1000
const ID_LENGTH = 16

/**
 * Keeps what clients were sent, by answer. A client may come back with the newest answer that it got, or once more with the one before. The
 * older of the two is kept whole, as the base; an answer, as its differences from the answer that it was asked with. So an answer that
 * changes little costs little, and most change nothing.
 */
export class Connections {
  readonly #database: Database<HomeserverSchema>
  readonly #clock: Clock
  readonly #random: Random
  /** What an answer left behind never changes. */
  readonly #memories = new LruCache<string, Memory>(CACHED_MEMORIES)

  constructor(deps: { database: Database<HomeserverSchema>; clock: Clock; random: Random }) {
    this.#database = deps.database
    this.#clock = deps.clock
    this.#random = deps.random
  }

  /**
   * The connection as of the answer that the client has. Whatever else was answered to the request before is forgotten.
   * @returns undefined when that answer is not known (any more)
   */
  async open(name: ConnectionName, answerId: string): Promise<Connection | undefined> {
    if (answerId === NOTHING_SENT) return { connectionId: undefined, answerId, memory: EMPTY_MEMORY }
    const found = await findConnection(this.#database.read, name)
    const nowMs = this.#clock.nowMs()
    if (!found || found.usedAtMs < nowMs - MAX_UNUSED_MS || !isKnown(found, answerId)) return undefined
    const isStale = found.usedAtMs < nowMs - USE_NOTED_EVERY_MS || obsoleteAnswers(found, answerId).length > 0
    if (isStale && !(await this.#database.transaction((tx) => noteUse(tx, name, answerId, nowMs)))) return undefined
    const memory = await this.#memoryOf(found.connectionId, answerId)
    return { connectionId: found.connectionId, answerId, memory }
  }

  /**
   * Keeps what an answer changed, before it is sent.
   * @returns the new answer's id
   */
  async keep(name: ConnectionName, connection: Connection, memory: Memory, changes: readonly MemoryChange[]): Promise<string> {
    const answerId = this.#random.text(ID_LENGTH)
    const newConnectionId = this.#random.text(ID_LENGTH)
    const nowMs = this.#clock.nowMs()
    const connectionId = await this.#database.transaction(async (tx) => {
      await lockConnection(tx, name)
      const found = await findConnection(tx.db, name)
      if (connection.connectionId === undefined) {
        if (found) await deleteConnections(tx, [found.connectionId])
        await makeRoom(tx, name)
        await addConnection(tx, name, newConnectionId, nowMs)
        await addAnswer(tx, newConnectionId, { answerId, parentId: NOTHING_SENT, number: 1 }, changes)
        return newConnectionId
      }
      // another request has moved the connection on: the client cannot come back with this answer
      if (found?.connectionId !== connection.connectionId || !isKnown(found, connection.answerId)) return undefined
      const siblings = found.answers.filter(({ parentId }) => parentId === connection.answerId)
      const tooMany = siblings.slice(0, Math.max(0, siblings.length - MAX_SIBLINGS + 1))
      await deleteAnswers(
        tx,
        found.connectionId,
        tooMany.map((sibling) => sibling.answerId),
      )
      const number = 1 + Math.max(0, ...found.answers.map((answer) => answer.number))
      await addAnswer(tx, found.connectionId, { answerId, parentId: connection.answerId, number }, changes)
      return found.connectionId
    })
    if (connectionId !== undefined) this.#memories.set(`${connectionId} ${answerId}`, memory)
    return answerId
  }

  /** Forgets what the devices were sent: they are gone. */
  async deleteForDevices(tx: Transaction<HomeserverSchema>, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    for (const chunk of chunksOf(deviceIds)) {
      const rows = await tx.db
        .selectFrom('sliding_sync_connections')
        .select('connection_id')
        .where('user_id', '=', userId)
        .where('device_id', 'in', chunk)
        .execute()
      await deleteConnections(
        tx,
        rows.map(({ connection_id }) => connection_id),
      )
    }
  }

  /** Forgets up to `limit` connections that were not used for long. @returns how many */
  async deleteUnused(limit: number): Promise<number> {
    return this.#database.transaction(async (tx) => {
      const rows = await tx.db
        .selectFrom('sliding_sync_connections')
        .select('connection_id')
        .where('used_at_ms', '<', this.#clock.nowMs() - MAX_UNUSED_MS)
        .orderBy('used_at_ms')
        .limit(limit)
        .execute()
      await deleteConnections(
        tx,
        rows.map(({ connection_id }) => connection_id),
      )
      return rows.length
    })
  }

  async #memoryOf(connectionId: string, answerId: string): Promise<Memory> {
    const key = `${connectionId} ${answerId}`
    const known = this.#memories.get(key)
    if (known) return known
    const rows = await this.#database.read
      .selectFrom('sliding_sync_entries')
      .select(['kind', 'name', 'value'])
      .where('connection_id', '=', connectionId)
      .where('answer_id', 'in', ['', answerId])
      // '' comes first
      .orderBy('answer_id')
      .execute()
    const memory = memoryOf(rows)
    this.#memories.set(key, memory)
    return memory
  }
}
