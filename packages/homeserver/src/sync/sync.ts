import { MatrixError } from '@glia/contract'
import { type Filter, InvalidFilterError, parseFilter, type RoomId, type UserId } from '@glia/protocol'
import { PerUser } from '../changes/index.ts'
import { findFilter } from '../filters/index.ts'
import type { HistoryReader } from '../history/index.ts'
import { buildSync, completeAnswer, type SyncAnswer, type SyncMemory } from './build-sync.ts'
import { LazyMembers } from './lazy-members.ts'
import { Notifier } from './notifier.ts'
import { roomSnapshot } from './room-snapshot.ts'
import type { SyncDeps } from './sync-deps.ts'
import type { SyncRequest } from './sync-request.ts'
import { ToldMessages } from './told-messages.ts'
import { UnreadCounter } from './unread-counts.ts'

/** Telling clients what is new. */
export interface Sync {
  /**
   * Answers at once when there is news (or no token, or the full state is asked for), else as soon as there is, or when the time is over.
   * @param wait.timeoutMs how long to wait. @param wait.gone aborted when the client goes away
   */
  answer(request: SyncRequest, wait: { timeoutMs: number; gone: AbortSignal }): Promise<SyncAnswer>
  /**
   * Reads the `filter` parameter: the id of a stored filter, or a filter as JSON.
   * @throws MatrixError 404 M_NOT_FOUND, 400 M_INVALID_PARAM, M_NOT_JSON
   */
  findFilter(userId: UserId, filter: string | undefined): Promise<Filter>
  /** A room as it is now, on the wire. @param limit of its newest events. @throws MatrixError 403 M_FORBIDDEN */
  snapshot(reader: HistoryReader, roomId: RoomId, limit: number | undefined): ReturnType<typeof roomSnapshot>
  /** Polls that wait, having nothing to tell. */
  readonly waiting: number
  /** Answers all waiting polls with what they have: nothing. */
  stop(): void
}

/** Nobody waits longer, whatever is asked for. */
const MAX_TIMEOUT_MS = 5 * 60_000
/** Users of whom something is kept in memory. */
const MAX_USERS = 5000

export function createSync(deps: SyncDeps): Sync {
  const notifier = new Notifier(deps.signals, deps.clock, { presence: deps.presence !== undefined })
  const memory: SyncMemory = {
    lazyMembers: new LazyMembers(),
    unread: new UnreadCounter(deps.database, deps.changes),
    users: new PerUser(deps.changes, MAX_USERS),
    toldMessages: new ToldMessages(deps),
    typingBase: deps.clock.nowMs(),
  }
  return {
    async answer(request, { timeoutMs, gone }) {
      await startOver(memory, request)
      const deadline = deps.clock.nowMs() + Math.min(Math.max(timeoutMs, 0), MAX_TIMEOUT_MS)
      const watch = notifier.watch(request.userId)
      try {
        let { since } = request
        for (;;) {
          watch.startReading()
          const built = await buildSync(deps, memory, { ...request, since })
          const leftMs = deadline - deps.clock.nowMs()
          const isDue = since === undefined || request.fullState || Object.keys(built.news).length > 0 || leftMs <= 0
          if (isDue || gone.aborted || notifier.isStopped) return await completeAnswer(deps, request, built)
          // nothing up to here concerns the client: the next look need not go over it again
          since = built.next
          if (!(await watch.wait(built.joinedRooms, leftMs, gone))) return await completeAnswer(deps, request, built)
        }
      } finally {
        watch.end()
      }
    },
    findFilter: (userId, filter) => readFilter(deps, userId, filter),
    snapshot: (reader, roomId, limit) => roomSnapshot(deps, reader, roomId, limit),
    get waiting() {
      return notifier.waiting
    },
    stop: () => notifier.stop(),
  }
}

/** What a new token, or none, says about what the device has. */
async function startOver(memory: SyncMemory, request: SyncRequest): Promise<void> {
  const { userId, deviceId, sessionId, since } = request
  if (since === undefined) memory.lazyMembers.forget(`${userId} ${deviceId ?? sessionId}`)
  if (since === undefined || deviceId === undefined) return
  await memory.toldMessages.delete(userId, deviceId, since.toDevice)
}

async function readFilter(deps: SyncDeps, userId: UserId, filter: string | undefined): Promise<Filter> {
  if (filter === undefined) return parseFilter({})
  if (!filter.startsWith('{')) {
    const stored = await findFilter(deps.database.read, userId, filter)
    if (!stored) throw new MatrixError('M_INVALID_PARAM', 'No such filter')
    return parseFilter(stored)
  }
  try {
    return parseFilter(JSON.parse(filter))
  } catch (error) {
    if (error instanceof InvalidFilterError) throw new MatrixError('M_INVALID_PARAM', error.message)
    if (error instanceof SyntaxError) throw new MatrixError('M_NOT_JSON', 'Invalid filter JSON')
    throw error
  }
}
