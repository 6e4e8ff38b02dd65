import type { Database, Reads } from '@glia/database'
import type { Logger } from '@glia/platform'
import { eventTypes, isJsonObject, isRoomId, type JsonObject, type PushRule, type RoomId, type UserId } from '@glia/protocol'
import { get, set } from '../account-data/index.ts'
import type { PushRules } from '../push-rules/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { SignalBus } from '../signals.ts'
import { currentStateEvent } from '../timeline/index.ts'

/** Takes what a user noted about a room along to the one that replaced it. To be called when the user has joined a room. */
export type FollowUpgrade = (userId: UserId, roomId: RoomId) => Promise<void>

/**
 * Tags, direct chats, and push rules that are about the room (Client-Server API, "Room Upgrades"). What the new room has already, stays.
 * Never throws: the user is in the room, with or without these.
 */
export function createUpgradeFollower(deps: {
  database: Database<HomeserverSchema>
  signals: SignalBus
  logger: Logger
  pushRules: PushRules
}): FollowUpgrade {
  const { database, signals, logger, pushRules } = deps

  const copyTags = async (userId: UserId, from: RoomId, to: RoomId): Promise<void> => {
    const tags = await get(database.read, userId, from, 'm.tag')
    if (!tags) return
    await database.transaction(async (tx) => {
      await tx.lock(`tags:${userId}`)
      if (!(await get(tx.db, userId, to, 'm.tag'))) await set(tx, signals, userId, to, 'm.tag', tags)
    })
  }

  const copyDirectChats = async (userId: UserId, from: RoomId, to: RoomId): Promise<void> => {
    if (!addDirectChat(await get(database.read, userId, undefined, 'm.direct'), from, to)) return
    await database.transaction(async (tx) => {
      await tx.lock(`direct:${userId}`)
      const changed = addDirectChat(await get(tx.db, userId, undefined, 'm.direct'), from, to)
      if (changed) await set(tx, signals, userId, undefined, 'm.direct', changed)
    })
  }

  const copyPushRules = async (userId: UserId, from: RoomId, to: RoomId): Promise<void> => {
    const rules = await pushRules.getAll(userId)
    for (const kind of ['override', 'room', 'underride'] as const) {
      const rule = rules[kind].find((other) => !other.default && (kind === 'room' ? other.rule_id === from : namesRoom(other, from)))
      if (!rule || rules[kind].some(({ rule_id }) => rule_id === to)) continue
      const conditions = rule.conditions?.map((condition) => (isAbout(condition, from) ? { ...condition, pattern: to } : condition))
      await pushRules.put(userId, kind, to, { actions: rule.actions, ...(conditions ? { conditions } : {}) }, {})
      if (!rule.enabled) await pushRules.setEnabled(userId, kind, to, false)
    }
  }

  return async (userId, roomId) => {
    try {
      const from = await findPredecessor(database.read, roomId)
      if (from === undefined || !(await wasMember(database.read, userId, from))) return
      await copyTags(userId, from, roomId)
      await copyDirectChats(userId, from, roomId)
      await copyPushRules(userId, from, roomId)
    } catch (err) {
      logger.warn({ err, userId, roomId }, 'notes about an upgraded room were not taken along')
    }
  }
}

async function findPredecessor(reads: Reads<HomeserverSchema>, roomId: RoomId): Promise<RoomId | undefined> {
  const predecessor = (await currentStateEvent(reads, roomId, eventTypes.create, ''))?.content.predecessor
  const named = isJsonObject(predecessor) ? predecessor.room_id : undefined
  return typeof named === 'string' && isRoomId(named) && named !== roomId ? named : undefined
}

async function wasMember(reads: Reads<HomeserverSchema>, userId: UserId, roomId: RoomId): Promise<boolean> {
  const row = await reads
    .selectFrom('memberships')
    .select('membership')
    .where('room_id', '=', roomId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.membership === 'join' || row?.membership === 'leave'
}

/** @returns undefined: nothing to add */
function addDirectChat(content: JsonObject | undefined, from: RoomId, to: RoomId): JsonObject | undefined {
  if (!content) return undefined
  let isChanged = false
  const entries = Object.entries(content).map(([user, rooms]) => {
    if (!Array.isArray(rooms) || !rooms.includes(from) || rooms.includes(to)) return [user, rooms]
    isChanged = true
    return [user, [...rooms, to]]
  })
  return isChanged ? (Object.fromEntries(entries) as JsonObject) : undefined
}

function namesRoom(rule: PushRule, roomId: RoomId): boolean {
  return rule.conditions?.some((condition) => isAbout(condition, roomId)) ?? false
}

function isAbout(condition: object, roomId: RoomId): boolean {
  const { kind, key, pattern } = condition as { kind?: unknown; key?: unknown; pattern?: unknown }
  return kind === 'event_match' && key === 'room_id' && pattern === roomId
}
