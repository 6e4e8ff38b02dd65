import type { DialectName } from '@glia/database'
import { createLogger } from '@glia/platform'
import type { DeviceId, JsonObject, RoomId, UserId } from '@glia/protocol'
import { createAccountData } from '../account-data/index.ts'
import { RecentChanges } from '../changes/index.ts'
import { StateViews } from '../history/index.ts'
import { createReceipts } from '../receipts/index.ts'
import { openTimelineFixture } from '../timeline/timeline-fixture.ts'
import { TypingUsers } from '../typing/index.ts'
import { requiredState, type StatePattern } from './required-state.ts'
import type { Extensions, ListFilters, ListRequest, RoomConfig } from './sliding-request.ts'
import { createSlidingSync, type SlidingSync } from './sliding-sync.ts'

export type ToldEvent = { type: string; event_id: string; sender: string; state_key?: string; content: JsonObject }

/** A room in an answer, as tests look at it. */
export interface ToldRoom {
  initial?: boolean
  name?: string | null
  avatar?: string | null
  heroes?: { user_id: string; displayname?: string }[]
  is_dm?: boolean
  required_state?: ToldEvent[]
  timeline?: ToldEvent[]
  limited?: boolean
  prev_batch?: string
  num_live?: number
  joined_count?: number
  invited_count?: number
  notification_count: number
  highlight_count: number
  bump_stamp?: number
  invite_state?: ToldEvent[]
  unstable_expanded_timeline?: boolean
}

export interface ToldAnswer {
  pos: string
  lists: Record<string, { count: number; ops: { op: string; range: [number, number]; room_ids: RoomId[] }[] }>
  rooms: Record<string, ToldRoom>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into extensions of every shape
  extensions: any
}

export interface Wanted {
  timelineLimit?: number
  requiredState?: StatePattern[]
}

export interface Ask {
  pos?: string | undefined
  lists?: Record<string, Wanted & { ranges?: [number, number][]; filters?: Partial<ListFilters> }>
  subscriptions?: Record<string, Wanted>
  extensions?: Partial<Extensions>
  connId?: string
  deviceId?: string
  timeoutMs?: number
  gone?: AbortSignal
}

const NO_FILTERS: ListFilters = {
  isDm: undefined,
  isEncrypted: undefined,
  isInvite: undefined,
  spaces: undefined,
  roomTypes: undefined,
  notRoomTypes: undefined,
  tags: undefined,
  notTags: undefined,
}
const NO_EXTENSIONS: Extensions = { toDevice: undefined, e2ee: false, accountData: undefined, receipts: undefined, typing: undefined }

/** An extension for all rooms in sight. */
export const EVERYWHERE = { lists: ['*'], rooms: ['*'] }

/** For tests: sliding sync on a database of its own. */
export async function openSlidingSyncFixture(dialect: DialectName) {
  const fixture = await openTimelineFixture(dialect)
  const { database, clock, signals, random } = fixture
  const typing = new TypingUsers({ clock, signals })
  const logger = createLogger({ level: 'silent', format: 'text' })
  const open = () =>
    createSlidingSync({
      database,
      clock,
      signals,
      typing,
      random,
      logger,
      views: new StateViews(),
      changes: new RecentChanges({ database, signals }),
    })
  const ask = async (slidingSync: SlidingSync, userId: UserId, asked: Ask = {}): Promise<ToldAnswer> => {
    const { deviceId = 'DEVICE', timeoutMs = 0, gone = new AbortController().signal } = asked
    const request = {
      userId,
      deviceId: deviceId as DeviceId,
      sessionId: `session of ${deviceId}`,
      connId: asked.connId ?? '',
      pos: asked.pos,
      lists: new Map(Object.entries(asked.lists ?? {}).map(([name, list]) => [name, listOf(list)])),
      subscriptions: new Map(Object.entries(asked.subscriptions ?? {}).map(([roomId, wanted]) => [roomId as RoomId, configOf(wanted)])),
      extensions: { ...NO_EXTENSIONS, ...asked.extensions },
    }
    return JSON.parse(JSON.stringify({ lists: {}, ...(await slidingSync.answer(request, { timeoutMs, gone })) }))
  }
  const slidingSync = open()
  return {
    ...fixture,
    typing,
    slidingSync,
    accountData: createAccountData({ database, signals }),
    receipts: createReceipts({ database, signals, clock }),
    ask,
    /** Another one on the same database, with nothing in memory. */
    openAnother: open,
    /** One answer. */
    look: (userId: UserId, asked?: Ask) => ask(slidingSync, userId, asked),
    say: async (roomId: RoomId, sender: UserId, body: string) =>
      (await fixture.append(roomId, sender, 'm.room.message', { msgtype: 'm.text', body })).eventId,
    member: async (roomId: RoomId, sender: UserId, target: UserId, membership: string) =>
      (await fixture.append(roomId, sender, 'm.room.member', { membership }, target)).eventId,
  }
}

function configOf({ timelineLimit = 10, requiredState: patterns = [] }: Wanted): RoomConfig {
  return { timelineLimit, requiredState: requiredState(patterns) }
}

function listOf(list: NonNullable<Ask['lists']>[string]): ListRequest {
  return { ...configOf(list), ranges: list.ranges ?? [[0, 19]], filters: { ...NO_FILTERS, ...list.filters } }
}

/** `body`, `name` or member of each event, for short expectations. */
export function gist(events: readonly ToldEvent[] | undefined): string[] | undefined {
  return events?.map(({ type, state_key, content }) => {
    if (type === 'm.room.message') return String(content.body)
    if (type === 'm.room.member') return `${state_key!.slice(1, state_key!.indexOf(':'))}: ${content.membership}`
    return type === 'm.room.name' ? `name: ${content.name}` : type.replace('m.room.', '')
  })
}
