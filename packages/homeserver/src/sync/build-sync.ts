import { isRoomAllowed, isTypeAllowed, type JsonObject, type RoomId } from '@glia/protocol'
import { allFor, changesSince } from '../account-data/index.ts'
import { ignoredUsersOf } from '../history/index.ts'
import { deviceListUpdates, oneTimeKeyCounts, unusedFallbackKeyTypes } from '../keys/index.ts'
import { messagesFor } from '../to-device/index.ts'
import { buildDepartedRooms } from './departed-rooms.ts'
import type { EphemeralEvent } from './ephemeral.ts'
import { buildInvites, buildKnocks } from './invites.ts'
import { buildJoinedRooms } from './joined-rooms.ts'
import type { LazyMembers } from './lazy-members.ts'
import { buildLeftRooms } from './left-rooms.ts'
import { findOwnRooms } from './own-rooms.ts'
import { planRooms, type RoomPlans } from './plan-rooms.ts'
import { RoomSections } from './room-sections.ts'
import type { SyncDeps } from './sync-deps.ts'
import type { SyncLook, SyncRequest } from './sync-request.ts'
import { formatSyncToken, type SyncToken } from './tokens.ts'
import type { UnreadCounter } from './unread-counts.ts'

/** The answer to a sync, on the wire. */
export type SyncAnswer = JsonObject & {
  next_batch: string
  device_one_time_keys_count: { [algorithm: string]: number }
  device_unused_fallback_key_types: string[]
}

export interface BuiltSync {
  readonly answer: SyncAnswer
  readonly next: SyncToken
  /** Something in it is new to the client. */
  readonly hasNews: boolean
  /** The rooms whose changes the client hears of. */
  readonly joinedRooms: ReadonlySet<RoomId>
}

export interface SyncMemory {
  readonly lazyMembers: LazyMembers
  readonly unread: UnreadCounter
  /** Added to the numbers of typing changes, so that those of an earlier process are smaller. */
  readonly typingBase: number
}

/** To-device messages in one answer. */
const MAX_TO_DEVICE = 100

/** Looks once at everything that is new for a client. One position is read first, and nothing newer is told. */
export async function buildSync(deps: SyncDeps, memory: SyncMemory, request: SyncRequest): Promise<BuiltSync> {
  const db = deps.database.read
  const now = await deps.database.currentPosition()
  const look: SyncLook = { ...request, now, nowMs: deps.clock.nowMs(), ignoredUsers: await ignoredUsersOf(db, request.userId) }
  const { since, userId, deviceId, filter } = look
  const own = await findOwnRooms(db, userId, {
    since: since?.position,
    now,
    includeLeft: filter.room.includeLeave && (since === undefined || look.fullState),
  })
  const plans = await planRooms(db, look, own)
  const accountData = since && !look.fullState ? await changesSince(db, userId, since.position, now) : await allFor(db, userId, now)
  const sections = new RoomSections(deps, look, memory.lazyMembers)
  const joined = await buildJoinedRooms(deps, look, plans.joined, {
    sections,
    unread: memory.unread,
    typingSince: Math.max(0, (since?.typing ?? 0) - memory.typingBase),
    accountData: await roomAccountData(deps, look, plans, accountData.rooms),
  })
  const rooms = withoutEmpty({
    join: joined.wire,
    leave: {
      ...(await buildDepartedRooms(db, look, new Set(own.map(({ roomId }) => roomId)))),
      ...(await buildLeftRooms(plans.left, sections)),
    },
    invite: await buildInvites(db, look, plans.invited),
    knock: await buildKnocks(db, plans.knocked),
  })
  const global = accountData.global.filter(({ type }) => isTypeAllowed(filter.accountData, type))
  const toDevice = deviceId === undefined ? [] : await messagesFor(db, userId, deviceId, since?.toDevice ?? 0, now, MAX_TO_DEVICE)
  const news = withoutEmpty({
    ...(Object.keys(rooms).length > 0 ? { rooms } : {}),
    ...(global.length > 0 ? { account_data: { events: global } } : {}),
    ...(toDevice.length > 0 ? { to_device: { events: toDevice.map(({ type, sender, content }) => ({ type, sender, content })) } } : {}),
    ...(await deviceListsSection(deps, look)),
  })
  const next: SyncToken = {
    position: now,
    typing: memory.typingBase + joined.typingSerial,
    toDevice: toDevice.length === MAX_TO_DEVICE ? toDevice.at(-1)!.position : now,
  }
  return {
    answer: {
      next_batch: formatSyncToken(next),
      ...news,
      device_one_time_keys_count: deviceId === undefined ? {} : await oneTimeKeyCounts(db, userId, deviceId),
      device_unused_fallback_key_types: deviceId === undefined ? [] : await unusedFallbackKeyTypes(db, userId, deviceId),
    },
    next,
    hasNews: Object.keys(news).length > 0,
    joinedRooms: new Set(own.filter(({ membership }) => membership === 'join').map(({ roomId }) => roomId)),
  }
}

/** Account data of rooms that changed; for rooms new to the client, all of it. */
async function roomAccountData(
  deps: SyncDeps,
  look: SyncLook,
  plans: RoomPlans,
  changed: readonly { roomId: RoomId; type: string; content: JsonObject }[],
): Promise<Map<RoomId, EphemeralEvent[]>> {
  const fresh = new Set(plans.joined.filter(({ isNewlyJoined }) => isNewlyJoined).map(({ room }) => room.roomId))
  const entries = changed.filter(({ roomId }) => !fresh.has(roomId))
  if (fresh.size > 0) {
    const all = await allFor(deps.database.read, look.userId, look.now)
    entries.push(...all.rooms.filter(({ roomId }) => fresh.has(roomId)))
  }
  const byRoom = new Map<RoomId, EphemeralEvent[]>()
  const filter = look.filter.room.accountData
  for (const { roomId, type, content } of entries) {
    if (!isTypeAllowed(filter, type) || !isRoomAllowed(filter, roomId)) continue
    const list = byRoom.get(roomId) ?? []
    byRoom.set(roomId, list)
    list.push({ type, content })
  }
  return byRoom
}

async function deviceListsSection(deps: SyncDeps, { since, userId, now }: SyncLook): Promise<JsonObject> {
  if (since === undefined) return {}
  const { changed, left } = await deviceListUpdates(deps.database.read, userId, since.position, now)
  return changed.length + left.length > 0 ? { device_lists: { changed, left } } : {}
}

function withoutEmpty(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => Object.keys(value as JsonObject).length > 0))
}
