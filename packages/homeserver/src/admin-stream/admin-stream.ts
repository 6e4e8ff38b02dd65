import type { Readable } from 'node:stream'
import type { AnyEndpoint, StreamType } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import { limitExceeded } from '@glia/http'
import { type Clock, createRepeating, type Logger } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { parseEventId, serverSentEvent } from './event-text.ts'
import { forgetNews, isAnyWaiting, type News, newsHead, numberNews, readNews } from './news-store.ts'
import { OpenStream } from './open-stream.ts'

export interface AdminStreamDeps {
  readonly database: Database<HomeserverSchema>
  readonly signals: SignalBus
  readonly clock: Clock
  readonly logger: Logger
  readonly sources: NewsSources
}

/** Where what is told is kept, and by which endpoint it could be read, too. */
export type NewsSources = Readonly<
  Record<
    StreamType,
    {
      readonly endpoint: AnyEndpoint
      readonly load: (reads: Reads<HomeserverSchema>, ids: readonly string[]) => Promise<Map<string, object>>
    }
  >
>

export interface StreamRequest {
  readonly userId: UserId
  /** Id of the last event that the client has; absent: begin now. */
  readonly lastEventId: string | undefined
  /** What the caller may hear of now; asked every few seconds. @throws when that is nothing (any more) */
  readonly allowedKinds: () => Promise<readonly StreamType[]>
  /** Aborted when the client goes away. */
  readonly gone: AbortSignal
}

/** Tells admins what happens. The place of an event in the stream is in the database: any process can go on from it. */
export interface AdminStream {
  /** @returns server-sent events, without end @throws MatrixError M_INVALID_PARAM: no such event id; M_LIMIT_EXCEEDED: too many streams */
  open(request: StreamRequest): Promise<Readable>
  start(): void
  /** Ends all streams. */
  stop(): Promise<void>
}

/** Of a user in one process. */
const MAX_STREAMS = 10
const READ_AT_ONCE = 100
const KEPT_MS = 7 * 24 * 3600_000
const FORGET_EVERY_MS = 3600_000

export function createAdminStream(deps: AdminStreamDeps): AdminStream {
  const { database, clock, logger, signals, sources } = deps
  const streams = new Set<OpenStream>()
  let numbering: Promise<void> | undefined
  let isStopped = false
  signals.on('admin.news', () => {
    for (const stream of streams) stream.wake()
  })

  const number = (): Promise<void> => {
    numbering ??= (async () => {
      while (await isAnyWaiting(database.read)) await database.transaction(numberNews)
    })().finally(() => {
      numbering = undefined
    })
    return numbering
  }

  const forgetting = createRepeating({
    clock,
    everyMs: FORGET_EVERY_MS,
    work: () => database.transaction((tx) => forgetNews(tx, clock.nowMs() - KEPT_MS)),
    onError: (err) => logger.warn({ err }, 'old news for admins could not be dropped'),
  })

  /** Where to begin. */
  const place = async (lastEventId: string | undefined): Promise<{ after: number; isGap: boolean }> => {
    await number()
    const { position, forgotten } = await newsHead(database.read)
    if (lastEventId === undefined) return { after: position, isGap: false }
    const after = parseEventId(lastEventId)
    // of another database, or of one from before a backup
    if (after > position) return { after: position, isGap: true }
    return after < forgotten ? { after: forgotten, isGap: true } : { after, isGap: false }
  }

  const read = async (after: number, kinds: readonly StreamType[]) => {
    await number()
    const { news, upTo } = await readNews(database.read, { after, kinds, limit: READ_AT_ONCE })
    return { text: await textOf(database.read, sources, news), upTo, isWhole: news.length < READ_AT_ONCE }
  }

  return {
    async open({ userId, lastEventId, allowedKinds, gone }) {
      if ([...streams].filter((stream) => stream.userId === userId).length >= MAX_STREAMS) {
        throw limitExceeded(60_000, `There are ${MAX_STREAMS} open streams of this user`)
      }
      const { after, isGap } = await place(lastEventId)
      const kinds = await allowedKinds()
      const stream = new OpenStream({ clock, userId, after, isGap, kinds, allowedKinds, read, onEnd: () => streams.delete(stream) })
      streams.add(stream)
      gone.addEventListener('abort', () => stream.end())
      if (isStopped || gone.aborted) stream.end()
      return stream.readable
    },
    start: () => forgetting.start(),
    async stop() {
      isStopped = true
      for (const stream of streams) stream.end()
      await forgetting.stop()
    },
  }
}

async function textOf(reads: Reads<HomeserverSchema>, sources: NewsSources, news: readonly News[]): Promise<string> {
  const found = new Map<StreamType, Map<string, object>>()
  for (const [kind, ofKind] of Map.groupBy(news, (one) => one.kind)) {
    found.set(
      kind,
      await sources[kind].load(
        reads,
        ofKind.map(({ subject }) => subject),
      ),
    )
  }
  return news.map(({ kind, subject, position }) => eventText(kind, subject, position, found.get(kind)!.get(subject))).join('')
}

/** What is gone by now is told only where a list may still show it. */
function eventText(kind: StreamType, subject: string, position: number, data: object | undefined): string {
  if (data) return serverSentEvent(kind, position, data)
  return kind === 'report' ? serverSentEvent('report_deleted', position, { id: Number(subject) }) : ''
}
