import type { DialectName } from '@glia/database'
import { type DeviceId, type JsonObject, parseFilter, type RoomId, type UserId } from '@glia/protocol'
import { RecentChanges } from '../changes/index.ts'
import { StateViews } from '../history/index.ts'
import { openTimelineFixture } from '../timeline/timeline-fixture.ts'
import { TypingUsers } from '../typing/index.ts'
import type { SyncAnswer } from './build-sync.ts'
import { createSync, type Sync } from './sync.ts'
import { parseSyncToken } from './tokens.ts'

/** A room in an answer, as tests look at it. */
export interface ToldRoom {
  timeline: { events: ToldEvent[]; limited: boolean; prev_batch: string }
  state: { events: ToldEvent[] }
  ephemeral: { events: ToldEvent[] }
  account_data: { events: ToldEvent[] }
  summary: JsonObject
  unread_notifications: { notification_count: number; highlight_count: number }
}

export type ToldEvent = { type: string; event_id: string; sender: string; state_key?: string; content: JsonObject; unsigned: JsonObject }

export interface SyncOptions {
  since?: string | undefined
  filter?: object
  fullState?: boolean
  stateAfter?: boolean
  timeoutMs?: number
  deviceId?: string
  gone?: AbortSignal
}

/** For tests: sync on a database of its own. */
export async function openSyncFixture(dialect: DialectName) {
  const timeline = await openTimelineFixture(dialect)
  const { database, clock, signals } = timeline
  const typing = new TypingUsers({ clock, signals })
  const open = () =>
    createSync({ database, clock, signals, typing, views: new StateViews(), changes: new RecentChanges({ database, signals }) })
  const ask = async (sync: Sync, userId: UserId, options: SyncOptions = {}): Promise<SyncAnswer> => {
    const { since, deviceId = 'DEVICE', timeoutMs = 0, gone = new AbortController().signal } = options
    const request = {
      userId,
      deviceId: deviceId as DeviceId,
      sessionId: `session of ${deviceId}`,
      filter: parseFilter(options.filter ?? {}),
      since: since === undefined ? undefined : parseSyncToken(since),
      fullState: options.fullState ?? false,
      stateAfterKey: options.stateAfter ? 'state_after' : undefined,
    }
    return JSON.parse(JSON.stringify(await sync.answer(request, { timeoutMs, gone })))
  }
  const sync = open()
  return {
    ...timeline,
    typing,
    sync,
    ask,
    /** Another one on the same database, with nothing in memory. */
    openAnother: open,
    /** One answer. */
    look: (userId: UserId, options?: SyncOptions) => ask(sync, userId, options),
    say: async (roomId: RoomId, sender: UserId, body: string, more: JsonObject = {}) =>
      (await timeline.append(roomId, sender, 'm.room.message', { msgtype: 'm.text', body, ...more })).eventId,
    member: async (roomId: RoomId, sender: UserId, target: UserId, membership: string) =>
      (await timeline.append(roomId, sender, 'm.room.member', { membership }, target)).eventId,
  }
}

/** `rooms.<section>` of an answer. */
export function roomsIn(answer: SyncAnswer, section: 'join' | 'leave' | 'invite' | 'knock' = 'join'): { [roomId: string]: ToldRoom } {
  const rooms = answer.rooms as unknown as { [name: string]: { [roomId: string]: ToldRoom } } | undefined
  return rooms?.[section] ?? {}
}

/** `body`, `name` or member of each event, for short expectations. */
export function gist(events: readonly ToldEvent[]): string[] {
  return events.map(({ type, state_key, content }) => {
    if (type === 'm.room.message') return String(content.body)
    if (type === 'm.room.member') return `${state_key!.slice(1, state_key!.indexOf(':'))}: ${content.membership}`
    return type === 'm.room.name' ? `name: ${content.name}` : type.replace('m.room.', '')
  })
}
