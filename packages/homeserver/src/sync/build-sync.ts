import { isRoomAllowed, isTypeAllowed, type JsonObject, type RoomId } from '@glia/protocol'
import { type AccountDataEntries, allFor, changesSince } from '../account-data/index.ts'
import type { PerUser } from '../changes/index.ts'
import { deviceListUpdates, keyCounts } from '../keys/index.ts'
import { messagesFor } from '../to-device/index.ts'
import { buildDepartedRooms } from './departed-rooms.ts'
import type { EphemeralEvent } from './ephemeral.ts'
import { buildInvites, buildKnocks } from './invites.ts'
import { buildJoinedRooms } from './joined-rooms.ts'
import type { LazyMembers } from './lazy-members.ts'
import { buildLeftRooms } from './left-rooms.ts'
import { findOwnRooms } from './own-rooms.ts'
import { planRooms, type RoomPlans } from './plan-rooms.ts'
import { presenceSection } from './presence-section.ts'
import { RoomSections } from './room-sections.ts'
import { findScope, joinedRoomsOf, type KnownUser, type Scope } from './scope.ts'
import type { SyncDeps } from './sync-deps.ts'
import type { SyncLook, SyncRequest } from './sync-request.ts'
import { formatSyncToken, type SyncToken } from './tokens.ts'
import type { ToldMessages } from './told-messages.ts'
import type { UnreadCounter } from './unread-counts.ts'

/** The answer to a sync, on the wire. */
export type SyncAnswer = JsonObject & {
  next_batch: string
  device_one_time_keys_count: { [algorithm: string]: number }
  device_unused_fallback_key_types: string[]
}

export interface BuiltSync {
  /** What is new to the client, as it is answered; empty: nothing. */
  readonly news: JsonObject
  readonly next: SyncToken
  /** The rooms whose changes the client hears of. */
  readonly joinedRooms: ReadonlySet<RoomId>
}

export interface SyncMemory {
  readonly lazyMembers: LazyMembers
  readonly unread: UnreadCounter
  readonly users: PerUser<KnownUser>
  readonly toldMessages: ToldMessages
  /** Added to the numbers of typing changes, so that those of an earlier process are smaller. */
  readonly typingBase: number
}

/** To-device messages in one answer. */
const MAX_TO_DEVICE = 100

/** Looks once at everything that is new for a client. One position is read first, and nothing newer is told. */
export async function buildSync(deps: SyncDeps, memory: SyncMemory, request: SyncRequest): Promise<BuiltSync> {
  const db = deps.database.read
  const now = await deps.database.currentPosition()
  const typingSince = Math.max(0, (request.since?.typing ?? 0) - memory.typingBase)
  const scope = await findScope(deps, memory, request, { now, typingSince })
  const { changes, ignoredUsers } = scope
  const look: SyncLook = { ...request, now, nowMs: deps.clock.nowMs(), ignoredUsers, changes }
  const { since, userId, deviceId, filter } = look
  const isOwnChanged = changes.ofUser(userId)
  const own =
    scope.rooms?.length === 0
      ? []
      : await findOwnRooms(db, userId, {
          since: since?.position,
          now,
          includeLeft: filter.room.includeLeave && (since === undefined || look.fullState),
          among: scope.rooms,
        })
  const joinedRooms = scope.joinedRooms ?? joinedRoomsOf(own)
  if (!scope.joinedRooms) memory.users.set(userId, now, { joinedRooms, ignoredUsers })
  const plans = await planRooms(db, look, own)
  const accountData = await accountDataOf(db, look)
  const sections = new RoomSections(deps, look, memory.lazyMembers)
  const joined = await buildJoinedRooms(deps, look, plans.joined, {
    sections,
    unread: memory.unread,
    typingSince,
    accountData: await roomAccountData(deps, look, plans, accountData.rooms),
  })
  const rooms = withoutEmpty({
    join: joined.wire,
    leave: {
      ...(isOwnChanged ? await buildDepartedRooms(db, look, new Set(own.map(({ roomId }) => roomId))) : {}),
      ...(await buildLeftRooms(plans.left, sections)),
    },
    invite: await buildInvites(db, look, plans.invited),
    knock: await buildKnocks(db, plans.knocked),
  })
  const global = accountData.global.filter(({ type }) => isTypeAllowed(filter.accountData, type))
  const mayHaveMessages = isOwnChanged || since?.toDevice !== since?.position
  const toDevice = deviceId && mayHaveMessages ? await messagesFor(db, userId, deviceId, since?.toDevice ?? 0, now, MAX_TO_DEVICE) : []
  const news = withoutEmpty({
    ...(Object.keys(rooms).length > 0 ? { rooms } : {}),
    ...(global.length > 0 ? { account_data: { events: global } } : {}),
    ...(toDevice.length > 0 ? { to_device: { events: toDevice.map(({ type, sender, content }) => ({ type, sender, content })) } } : {}),
    ...(await presenceSection(deps, look)),
    ...(await deviceListsSection(deps, look, scope)),
  })
  const next: SyncToken = {
    position: now,
    typing: memory.typingBase + joined.typingSerial,
    toDevice: toDevice.length === MAX_TO_DEVICE ? toDevice.at(-1)!.position : now,
  }
  return { news, next, joinedRooms }
}

/** The whole answer. How many keys are left goes with each, but is no news. */
export async function completeAnswer(deps: SyncDeps, { userId, deviceId }: SyncRequest, { news, next }: BuiltSync): Promise<SyncAnswer> {
  const counts = deviceId ? await keyCounts(deps.database.read, userId, deviceId) : { oneTime: {}, unusedFallback: [] }
  return {
    next_batch: formatSyncToken(next),
    ...news,
    device_one_time_keys_count: counts.oneTime,
    device_unused_fallback_key_types: counts.unusedFallback,
  }
}

function accountDataOf(db: SyncDeps['database']['read'], look: SyncLook): Promise<AccountDataEntries> | AccountDataEntries {
  const { since, userId, now, changes } = look
  if (!since || look.fullState) return allFor(db, userId, now)
  return changes.ofUser(userId) ? changesSince(db, userId, since.position, now) : { global: [], rooms: [] }
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

async function deviceListsSection(deps: SyncDeps, { since, userId, now, changes }: SyncLook, { rooms }: Scope): Promise<JsonObject> {
  if (since === undefined) return {}
  if (rooms && !rooms.some((roomId) => changes.ofRoom(roomId, 'member', 'devices'))) return {}
  const { changed, left } = await deviceListUpdates(deps.database.read, userId, since.position, now)
  return changed.length + left.length > 0 ? { device_lists: { changed, left } } : {}
}

function withoutEmpty(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => Object.keys(value as JsonObject).length > 0))
}
