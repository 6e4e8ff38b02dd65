import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import { creatorsOf, eventTypes, isJsonObject, type JsonObject, type RoomVersion, type ServerName, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { RoomWriter } from '../timeline/index.ts'

/** Whether joining needs membership of other rooms (rooms 8+, Client-Server API, "Restricted rooms"). */
export function isRestricted(joinRules: JsonObject | undefined, version: RoomVersion): boolean {
  const rule = joinRules?.join_rule
  return (rule === 'restricted' && version.restrictedJoins) || (rule === 'knock_restricted' && version.knockRestricted)
}

/**
 * Finds who of our users vouches for a join by the rooms that the joiner is in.
 * @throws MatrixError M_FORBIDDEN: in none of the rooms; M_UNABLE_TO_GRANT_JOIN: nobody here may invite
 */
export async function authoriseRestrictedJoin(
  db: Reads<HomeserverSchema>,
  room: RoomWriter,
  userId: UserId,
  serverName: ServerName,
): Promise<UserId> {
  const joinRules = (await room.state(eventTypes.joinRules, ''))?.content
  const rooms = allowedRooms(joinRules)
  const isAllowed =
    rooms.length > 0 &&
    (await db
      .selectFrom('memberships')
      .select('room_id')
      .where('user_id', '=', userId)
      .where('membership', '=', 'join')
      .where('room_id', 'in', rooms)
      .limit(1)
      .executeTakeFirst())
  if (!isAllowed) throw new MatrixError('M_FORBIDDEN', 'You do not belong to any of the required rooms/spaces to join this room.')
  const inviter = await findInviter(db, room, serverName)
  if (!inviter) throw new MatrixError('M_UNABLE_TO_GRANT_JOIN', 'No user of this server in the room may invite.')
  return inviter
}

/** The rooms whose members may join (`allow` of the join rules). */
export function allowedRooms(joinRules: JsonObject | undefined): string[] {
  const allow = joinRules?.allow
  if (!Array.isArray(allow)) return []
  return allow.flatMap((entry) => {
    if (!isJsonObject(entry) || entry.type !== 'm.room_membership') return []
    return typeof entry.room_id === 'string' && !entry.room_id.includes('\0') ? [entry.room_id] : []
  })
}

/** A joined user of this server who may invite: the one with the highest level. */
export async function findInviter(db: Reads<HomeserverSchema>, room: RoomWriter, serverName: ServerName): Promise<UserId | undefined> {
  const levels = await room.powerLevels()
  const create = await room.state(eventTypes.create, '')
  const users = (await room.state(eventTypes.powerLevels, ''))?.content.users
  const named = new Set([...(create ? creatorsOf(create, room.version) : []), ...Object.keys(isJsonObject(users) ? users : {})] as UserId[])
  const candidates = [...named]
    .filter((user) => user.endsWith(`:${serverName}`) && levels.of(user) >= levels.invite)
    .sort((a, b) => levels.of(b) - levels.of(a) || (a < b ? -1 : 1))
  for (const user of candidates) {
    if ((await room.state(eventTypes.member, user))?.content.membership === 'join') return user
  }
  if (levels.usersDefault < levels.invite) return undefined
  const anyone = await db
    .selectFrom('memberships')
    .select('user_id')
    .where('room_id', '=', room.roomId)
    .where('membership', '=', 'join')
    .where('is_local', '=', 1)
    .$if(named.size > 0, (query) => query.where('user_id', 'not in', [...named]))
    .orderBy('user_id')
    .limit(1)
    .executeTakeFirst()
  return anyone?.user_id as UserId | undefined
}
