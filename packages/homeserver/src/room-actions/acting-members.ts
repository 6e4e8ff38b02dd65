import { MatrixError } from '@glia/contract'
import type { Reads } from '@glia/database'
import type { PowerLevelsView, ServerName, UserId } from '@glia/protocol'
import { powerfulLocals, strongestFirst } from '../rooms/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { RoomWriter } from '../timeline/index.ts'

/** Who of the room's local members could act for an admin, strongest first. */
export interface ActingMembers {
  readonly levels: PowerLevelsView
  /** @param suits what the action asks of the member; `level` may be infinite */
  find(suits: (level: number, userId: UserId) => boolean): UserId | undefined
  /** @throws MatrixError M_FORBIDDEN when there is none */
  get(suits: (level: number, userId: UserId) => boolean): UserId
}

export async function actingMembers(db: Reads<HomeserverSchema>, room: RoomWriter, serverName: ServerName): Promise<ActingMembers> {
  const named = await powerfulLocals(room, serverName)
  // all others have the same level
  const someone = await findLocalMember(db, room, named)
  const members = someone === undefined ? named : [...named, someone]
  const levels = await room.powerLevels()
  members.sort(strongestFirst(levels))
  const find: ActingMembers['find'] = (suits) => members.find((userId) => suits(levels.of(userId), userId))
  return {
    levels,
    find,
    get: (suits) => find(suits) ?? refuse(),
  }
}

/** @throws MatrixError M_FORBIDDEN */
export function refuse(): never {
  throw new MatrixError('M_FORBIDDEN', 'No member of the room from this server has the power to do that')
}

async function findLocalMember(db: Reads<HomeserverSchema>, room: RoomWriter, except: readonly UserId[]): Promise<UserId | undefined> {
  const row = await db
    .selectFrom('memberships')
    .select('user_id')
    .where('room_id', '=', room.roomId)
    .where('membership', '=', 'join')
    .where('is_local', '=', 1)
    .$if(except.length > 0, (select) => select.where('user_id', 'not in', except))
    .orderBy('user_id')
    .limit(1)
    .executeTakeFirst()
  return row?.user_id as UserId | undefined
}
