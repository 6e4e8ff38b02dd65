import type { Database, Transaction } from '@glia/database'
import { type Clock, createCleanUp, type Logger, LruCache, type Random } from '@glia/platform'
import type { DeviceId, UserId } from '@glia/protocol'
import { ANYTHING, type RecentChanges } from '../changes/index.ts'
import { ignoredUsersOf, type StateViews } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { Notifier, ToldMessages, UnreadCounter } from '../sync/index.ts'
import type { TypingUsers } from '../typing/index.ts'
import { type BuiltAnswer, buildAnswer, type SlidingSyncAnswer } from './build-answer.ts'
import { BumpStamps } from './bump-stamps.ts'
import { Connections } from './connections.ts'
import { MemoryDraft } from './memory.ts'
import { formatPos, NOTHING_SENT, parsePos, unknownPos } from './pos.ts'
import type { LookDeps } from './sliding-look.ts'
import type { SlidingSyncRequest } from './sliding-request.ts'

export interface SlidingSyncDeps {
  readonly database: Database<HomeserverSchema>
  /** Shared with history: what is known of state groups. */
  readonly views: StateViews
  readonly signals: SignalBus
  /** What changed of late. */
  readonly changes: RecentChanges
  readonly typing: TypingUsers
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Telling clients what is new in the rooms that they look at (MSC4186). */
export interface SlidingSync {
  /**
   * Answers at once when there is news (or no `pos`), else as soon as there is, or when the time is over.
   * @param wait.timeoutMs how long to wait. @param wait.gone aborted when the client goes away
   * @throws MatrixError 400 M_UNKNOWN_POS: the client has to start afresh
   */
  answer(request: SlidingSyncRequest, wait: { timeoutMs: number; gone: AbortSignal }): Promise<SlidingSyncAnswer & { pos: string }>
  /** Forgets what the devices were sent: they are gone. */
  deleteForDevices(tx: Transaction<HomeserverSchema>, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void>
  /** Forgets unused connections from time to time. */
  start(): void
  /** Polls that wait, having nothing to tell. */
  readonly waiting: number
  /** Answers all waiting polls with what they have: nothing. */
  endLongPolls(): void
  stop(): Promise<void>
}

/** Nobody waits longer, whatever is asked for. */
const MAX_TIMEOUT_MS = 5 * 60_000
const CLEAN_UP_EVERY_MS = 60 * 60 * 1000
const CLEAN_UP_BATCH = 100
const CACHED_STAYS = 20_000

export function createSlidingSync(deps: SlidingSyncDeps): SlidingSync {
  const { database, clock, logger } = deps
  const notifier = new Notifier(deps.signals, clock)
  const connections = new Connections(deps)
  const toldMessages = new ToldMessages(deps)
  const look: LookDeps = {
    ...deps,
    unread: new UnreadCounter(database, deps.changes),
    bumpStamps: new BumpStamps(database),
    stays: new LruCache(CACHED_STAYS),
    typingBase: clock.nowMs(),
  }
  const cleanUp = createCleanUp({
    clock,
    everyMs: CLEAN_UP_EVERY_MS,
    steps: [async () => (await connections.deleteUnused(CLEAN_UP_BATCH)) === CLEAN_UP_BATCH],
    onError: (error) => logger.warn({ err: error }, 'unused sliding sync connections could not be forgotten'),
  })
  /** Whether nothing happened since that could be news: the same would be found again. */
  const isQuiet = ({ token, joinedRooms }: BuiltAnswer, userId: UserId, now: number) => {
    const changes = deps.changes.between(token.position, now)
    if (!changes || changes.ofUser(userId)) return false
    const typing = deps.typing.roomsChangedSince(token.typing - look.typingBase)
    return !typing.some((roomId) => joinedRooms.has(roomId)) && !joinedRooms.values().some((roomId) => changes.ofRoom(roomId))
  }
  /** The client has the messages up to the `since` of the extension. */
  const deleteToldMessages = async ({ userId, deviceId, extensions }: SlidingSyncRequest) => {
    const since = extensions.toDevice?.since
    if (since === undefined || deviceId === undefined || since > (await database.currentPosition())) return
    await toldMessages.delete(userId, deviceId, since)
  }

  return {
    async answer(request, { timeoutMs, gone }) {
      const { userId, deviceId, sessionId, connId } = request
      const name = { userId, device: deviceId ?? sessionId, connId }
      const pos = request.pos === undefined ? undefined : parsePos(request.pos)
      const connection = await connections.open(name, pos?.answerId ?? NOTHING_SENT)
      if (!connection) throw unknownPos()
      await deleteToldMessages(request)
      const draft = new MemoryDraft(connection.memory)
      const finish = async (answer: SlidingSyncAnswer, token: Parameters<typeof formatPos>[0]['token']) => {
        const memory = draft.finish()
        const { changes } = draft
        const answerId = changes.length > 0 ? await connections.keep(name, connection, memory, changes) : connection.answerId
        return { pos: formatPos({ answerId, token }), ...answer }
      }
      const deadline = clock.nowMs() + Math.min(Math.max(timeoutMs, 0), MAX_TIMEOUT_MS)
      const watch = notifier.watch(userId)
      try {
        let since = pos?.token
        let built: BuiltAnswer | undefined
        for (;;) {
          watch.startReading()
          const now = await database.currentPosition()
          // the database is older than the client's position: it was put back
          if (since && since.position > now) throw unknownPos()
          if (built && isQuiet(built, userId, now)) built = { ...built, token: { ...built.token, position: now, toDevice: now } }
          else
            built = await buildAnswer(look, {
              ...request,
              since: since?.position,
              typingSince: Math.max(0, (since?.typing ?? 0) - look.typingBase),
              now,
              nowMs: clock.nowMs(),
              ignoredUsers: await ignoredUsersOf(database.read, userId),
              changes: (since && deps.changes.between(since.position, now)) ?? ANYTHING,
              draft,
            })
          const { answer, token, hasNews, joinedRooms } = built
          const leftMs = deadline - clock.nowMs()
          const isDue = since === undefined || hasNews || leftMs <= 0
          if (isDue || gone.aborted || notifier.isStopped) return await finish(answer, token)
          // nothing up to here concerns the client, as the draft knows: the next look need not go over it again
          since = token
          if (!(await watch.wait(joinedRooms, leftMs, gone))) return await finish(answer, token)
        }
      } finally {
        watch.end()
      }
    },
    deleteForDevices: (tx, userId, deviceIds) => connections.deleteForDevices(tx, userId, deviceIds),
    start: cleanUp.start,
    get waiting() {
      return notifier.waiting
    },
    endLongPolls: () => notifier.stop(),
    async stop() {
      notifier.stop()
      await cleanUp.stop()
    },
  }
}
