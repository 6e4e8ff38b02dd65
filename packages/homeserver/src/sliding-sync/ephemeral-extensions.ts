import type { JsonObject, RoomId } from '@glia/protocol'
import { type Receipt, receiptChanges, receiptsAt } from '../receipts/index.ts'
import { receiptsToWire } from '../sync/index.ts'
import { type ExtensionAnswer, roomsInScope } from './extensions.ts'
import { rememberExtension } from './remember-rooms.ts'
import type { LookDeps, SlidingLook } from './sliding-look.ts'
import type { ToldRooms } from './tell-rooms.ts'
import type { Windows } from './windows.ts'

/** Receipts that are new since the client's last request: in the rooms in sight, and in those whose receipts it was told once. */
export async function findNewReceipts(deps: LookDeps, look: SlidingLook, windows: Windows): Promise<readonly Receipt[]> {
  const { since, now, userId, draft, changes } = look
  if (since === undefined) return []
  const known = [...draft.rooms].filter(([roomId, memory]) => memory.receipts || windows.configs.has(roomId)).map(([roomId]) => roomId)
  const mayBeNew = (roomId: RoomId) => changes.ofUser(userId) || changes.ofRoom(roomId, 'receipt')
  const joined = known.filter((roomId) => isJoined(windows, roomId) && mayBeNew(roomId))
  return joined.length > 0 ? receiptChanges(deps.database.read, joined, since, now, userId) : []
}

/**
 * Receipts. Of a room that is new to the client, those at the events that it is told and its own; the others it would have no events for.
 */
export async function receiptsExtension(
  deps: LookDeps,
  look: SlidingLook,
  windows: Windows,
  found: { receipts: readonly Receipt[]; told: ToldRooms },
): Promise<ExtensionAnswer | undefined> {
  const { extensions, userId, now, draft } = look
  const inScope = joinedInScope(look, windows, extensions.receipts)
  const fresh = [...inScope].filter((roomId) => !draft.rooms.get(roomId)?.receipts)
  const withTimeline = fresh.filter((roomId) => found.told.timelines.has(roomId))
  const others = fresh.filter((roomId) => !found.told.timelines.has(roomId))
  const eventIds = withTimeline.flatMap((roomId) => found.told.timelines.get(roomId)!.map(({ eventId }) => eventId))
  const db = deps.database.read
  const receipts = [
    ...found.receipts.filter(({ roomId }) => inScope.has(roomId) && !fresh.includes(roomId)),
    ...(withTimeline.length > 0 ? await receiptsAt(db, withTimeline, eventIds, now, userId) : []),
    ...(others.length > 0 ? await receiptChanges(db, others, 0, now, userId) : []),
  ]
  rememberExtension(look, 'receipts', { told: inScope, missed: found.receipts.map(({ roomId }) => roomId) })
  if (!extensions.receipts) return undefined
  return { wire: { rooms: Object.fromEntries(receiptsToWire(receipts)) }, hasNews: receipts.length > 0 }
}

/** Who is typing. @returns with the number of the newest change that is told */
export function typingExtension(
  deps: LookDeps,
  look: SlidingLook,
  windows: Windows,
): { answer: ExtensionAnswer | undefined; serial: number } {
  const { extensions, draft, ignoredUsers } = look
  const { serial } = deps.typing
  const changed = new Set(deps.typing.roomsChangedSince(look.typingSince))
  const inScope = joinedInScope(look, windows, extensions.typing)
  const rooms: JsonObject = {}
  for (const roomId of inScope) {
    const users = deps.typing.typingUsers(roomId).filter((userId) => !ignoredUsers.has(userId))
    const memory = draft.rooms.get(roomId)
    // to whom the room is new takes nobody to be typing; who lost sight of it may not
    if (memory?.typing ? changed.has(roomId) : users.length > 0 || look.since !== undefined) {
      rooms[roomId] = { type: 'm.typing', content: { user_ids: users } }
    }
  }
  rememberExtension(look, 'typing', { told: inScope, missed: changed })
  return { answer: extensions.typing && { wire: { rooms }, hasNews: Object.keys(rooms).length > 0 }, serial }
}

function joinedInScope(look: SlidingLook, windows: Windows, extension: Parameters<typeof roomsInScope>[2]): Set<RoomId> {
  return new Set([...roomsInScope(look, windows, extension)].filter((roomId) => isJoined(windows, roomId)))
}

function isJoined(windows: Windows, roomId: RoomId): boolean {
  return windows.rooms.get(roomId)?.room.membership === 'join'
}
