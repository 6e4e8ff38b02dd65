import type { JsonObject, RoomId } from '@glia/protocol'
import { type EphemeralEvent, loadReceipts, typingEvents, wantsEphemeral } from './ephemeral.ts'
import { roomsWithNews } from './plan-rooms.ts'
import type { RoomPlan } from './room-plan.ts'
import type { RoomSections } from './room-sections.ts'
import type { SyncDeps } from './sync-deps.ts'
import type { SyncLook } from './sync-request.ts'
import { type UnreadCounter, unreadToWire } from './unread-counts.ts'

export interface JoinedRoomsOptions {
  readonly sections: RoomSections
  readonly unread: UnreadCounter
  /** Number of the newest typing change that the client knows. */
  readonly typingSince: number
  /** Of each room: what changed and passes the filter. */
  readonly accountData: ReadonlyMap<RoomId, readonly EphemeralEvent[]>
}

export interface JoinedRooms {
  /** `rooms.join`. */
  readonly wire: JsonObject
  /** Number of the newest typing change that it tells. */
  readonly typingSerial: number
}

/** `rooms.join`: every joined room of which something changed. */
export async function buildJoinedRooms(
  deps: SyncDeps,
  look: SyncLook,
  plans: readonly RoomPlan[],
  options: JoinedRoomsOptions,
): Promise<JoinedRooms> {
  const db = deps.database.read
  const { ephemeral: filter } = look.filter.room
  const known = plans.map(({ room, window }) => ({ roomId: room.roomId, since: window.after }))
  const receipts = await loadReceipts(
    db,
    look.userId,
    known.filter(
      ({ roomId }) =>
        wantsEphemeral(filter, 'm.receipt', roomId) && (look.changes.ofUser(look.userId) || look.changes.ofRoom(roomId, 'receipt')),
    ),
    look.now,
  )
  const { events: typing, serial } = typingEvents(
    deps.typing,
    known.filter(({ roomId }) => wantsEphemeral(filter, 'm.typing', roomId)),
    options.typingSince,
    look.ignoredUsers,
  )
  const alsoChanged = new Set([...receipts.keys(), ...typing.keys(), ...options.accountData.keys()])
  const told = roomsWithNews(plans, alsoChanged)
  const rooms = await options.sections.load(told)
  const full = rooms.filter(({ plan, timeline, state }) => {
    const { roomId } = plan.room
    const hasEvents = timeline.events.length > 0 || state.length > 0
    return hasEvents || plan.isWhole || alsoChanged.has(roomId)
  })
  const counts = await options.unread.count(
    look.userId,
    full.map(({ plan }) => plan.room),
    look.now,
    look.ignoredUsers,
  )
  const withThreads = look.filter.room.timeline.unreadThreadNotifications
  const wire: JsonObject = {}
  for (const room of full) {
    const { roomId } = room.plan.room
    wire[roomId] = {
      ...room.wire,
      ephemeral: { events: [receipts.get(roomId), typing.get(roomId)].filter((event) => event !== undefined) },
      account_data: { events: [...(options.accountData.get(roomId) ?? [])] },
      ...unreadToWire(counts.get(roomId)!, withThreads),
    }
  }
  return { wire, typingSerial: serial }
}
