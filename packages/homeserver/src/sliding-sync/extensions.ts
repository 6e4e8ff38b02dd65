import type { JsonObject, RoomId } from '@glia/protocol'
import { allFor, changesSince } from '../account-data/index.ts'
import { deviceListUpdates, keyCounts } from '../keys/index.ts'
import { messagesFor } from '../to-device/index.ts'
import { rememberExtension } from './remember-rooms.ts'
import type { LookDeps, SlidingLook } from './sliding-look.ts'
import type { RoomExtension } from './sliding-request.ts'
import type { Windows } from './windows.ts'

/** A part of `extensions` of the answer. */
export interface ExtensionAnswer {
  readonly wire: JsonObject
  /** Something in it is new to the client. */
  readonly hasNews: boolean
}

/** Messages to the device. They are kept until the client comes back with the `next_batch`, which has nothing to do with `pos`. */
export async function toDeviceExtension(deps: LookDeps, look: SlidingLook): Promise<ExtensionAnswer | undefined> {
  const { toDevice, deviceId, userId, now } = { ...look.extensions, ...look }
  if (!toDevice) return undefined
  const since = toDevice.since !== undefined && toDevice.since <= now ? toDevice.since : 0
  const isQuiet = deps.changes.between(since, now)?.ofUser(userId) === false
  const messages = deviceId && !isQuiet ? await messagesFor(deps.database.read, userId, deviceId, since, now, toDevice.limit) : []
  const events = messages.map(({ type, sender, content }) => ({ type, sender, content }))
  const next = messages.length === toDevice.limit ? messages.at(-1)!.position : now
  return { wire: { next_batch: String(next), events }, hasNews: events.length > 0 }
}

/** Device lists, and how many keys are left. Fewer keys alone are not worth waking a client. */
export async function e2eeExtension(deps: LookDeps, look: SlidingLook): Promise<ExtensionAnswer | undefined> {
  const { extensions, deviceId, userId, since, now, changes } = look
  if (!extensions.e2ee) return undefined
  const db = deps.database.read
  const counts = deviceId ? await keyCounts(db, userId, deviceId) : { oneTime: {}, unusedFallback: [] }
  const isQuiet = !changes.ofUser(userId) && !changes.ofAnyRoom('member', 'devices')
  const quiet = isQuiet ? { changed: [], left: [] } : undefined
  const lists = since === undefined ? undefined : (quiet ?? (await deviceListUpdates(db, userId, since, now)))
  return {
    wire: {
      device_one_time_keys_count: counts.oneTime,
      device_unused_fallback_key_types: counts.unusedFallback,
      ...(lists === undefined ? {} : { device_lists: { changed: lists.changed, left: lists.left } }),
    },
    hasNews: lists !== undefined && lists.changed.length + lists.left.length > 0,
  }
}

/** Account data: global, and of the rooms in sight. */
export async function accountDataExtension(deps: LookDeps, look: SlidingLook, windows: Windows): Promise<ExtensionAnswer | undefined> {
  const { extensions, userId, since, now, draft, changes: recent } = look
  const inScope = roomsInScope(look, windows, extensions.accountData)
  const isRemembered = [...draft.rooms.values()].some(({ accountData }) => accountData)
  if (!extensions.accountData && !isRemembered) return undefined
  const db = deps.database.read
  const read = async () => (since === undefined ? allFor(db, userId, now) : changesSince(db, userId, since, now))
  const changes = recent.ofUser(userId) ? await read() : { global: [], rooms: [] }
  const fresh = new Set([...inScope].filter((roomId) => !draft.rooms.get(roomId)?.accountData))
  const entries = changes.rooms.filter(({ roomId }) => inScope.has(roomId) && !fresh.has(roomId))
  if (fresh.size > 0) {
    const all = since === undefined ? changes : await allFor(db, userId, now)
    entries.push(...all.rooms.filter(({ roomId }) => fresh.has(roomId)))
  }
  rememberExtension(look, 'accountData', { told: inScope, missed: changes.rooms.map(({ roomId }) => roomId) })
  if (!extensions.accountData) return undefined
  const rooms: { [roomId: string]: JsonObject[] } = {}
  for (const { roomId, type, content } of entries) {
    const list = rooms[roomId] ?? []
    rooms[roomId] = list
    list.push({ type, content })
  }
  return { wire: { global: changes.global, rooms }, hasNews: changes.global.length + entries.length > 0 }
}

/** The rooms in sight of which an extension tells. */
export function roomsInScope(look: SlidingLook, windows: Windows, extension: RoomExtension | undefined): Set<RoomId> {
  if (!extension) return new Set()
  const { lists, rooms } = extension
  const ofLists = [...windows.roomsOfLists]
    .filter(([name]) => lists.includes('*') || lists.includes(name))
    .flatMap(([, roomIds]) => roomIds)
  const subscribed = [...look.subscriptions.keys()].filter((roomId) => rooms.includes('*') || rooms.includes(roomId))
  return new Set([...ofLists, ...subscribed].filter((roomId) => windows.configs.has(roomId)))
}
