import type { Reads } from '@glia/database'
import type { JsonObject, RoomId, UserId } from '@glia/protocol'
import { pushRulesChanged, rulesetFor } from '../push-rules/index.ts'
import type { HomeserverSchema } from '../schema.ts'

/** Account data of a user; tags (`m.tag`) and `m.fully_read` are among that of rooms. */
export interface AccountDataEntries {
  global: { type: string; content: JsonObject }[]
  rooms: { roomId: RoomId; type: string; content: JsonObject }[]
}

/** The account data that changed after position `since`, up to `upTo`; `m.push_rules` comes whole when any rule changed. */
export async function changesSince(db: Reads<HomeserverSchema>, userId: UserId, since: number, upTo: number): Promise<AccountDataEntries> {
  const entries = await readEntries(db, userId, since, upTo)
  if (await pushRulesChanged(db, userId, since, upTo)) entries.global.push(await pushRulesEntry(db, userId))
  return entries
}

/** All account data of a user up to a position, always with `m.push_rules`, without what was deleted. */
export async function allFor(db: Reads<HomeserverSchema>, userId: UserId, upTo: number): Promise<AccountDataEntries> {
  const entries = await readEntries(db, userId, 0, upTo)
  entries.global = entries.global.filter(({ content }) => !isDeleted(content))
  entries.rooms = entries.rooms.filter(({ content }) => !isDeleted(content))
  entries.global.push(await pushRulesEntry(db, userId))
  return entries
}

/** @param roomId undefined for global data */
export async function get(
  db: Reads<HomeserverSchema>,
  userId: UserId,
  roomId: RoomId | undefined,
  type: string,
): Promise<JsonObject | undefined> {
  if (roomId === undefined && type === 'm.push_rules') return (await pushRulesEntry(db, userId)).content
  const row = await db
    .selectFrom('account_data')
    .select('content')
    .where('user_id', '=', userId)
    .where('room_id', '=', roomId ?? '')
    .where('type', '=', type)
    .executeTakeFirst()
  const content = row && (JSON.parse(row.content) as JsonObject)
  return content && !isDeleted(content) ? content : undefined
}

/** Account data is deleted by making it empty (MSC3391), so that devices hear of it. */
function isDeleted(content: JsonObject): boolean {
  return Object.keys(content).length === 0
}

async function readEntries(db: Reads<HomeserverSchema>, userId: UserId, since: number, upTo: number): Promise<AccountDataEntries> {
  const rows = await db
    .selectFrom('account_data')
    .select(['room_id', 'type', 'content'])
    .where('user_id', '=', userId)
    .where('position', '>', since)
    .where('position', '<=', upTo)
    .orderBy('position')
    .execute()
  const entries: AccountDataEntries = { global: [], rooms: [] }
  for (const { room_id, type, content } of rows) {
    const entry = { type, content: JSON.parse(content) as JsonObject }
    if (room_id === '') entries.global.push(entry)
    else entries.rooms.push({ roomId: room_id as RoomId, ...entry })
  }
  return entries
}

async function pushRulesEntry(db: Reads<HomeserverSchema>, userId: UserId): Promise<{ type: string; content: JsonObject }> {
  return { type: 'm.push_rules', content: { global: (await rulesetFor(db, userId)) as unknown as JsonObject } }
}
