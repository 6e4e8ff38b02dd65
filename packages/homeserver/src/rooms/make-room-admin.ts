import { MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import {
  creatorsOf,
  eventTypes,
  isJsonObject,
  type JsonObject,
  type RoomId,
  type ServerName,
  serverNameOf,
  type UserId,
} from '@glia/protocol'
import { changeMember, type ProfileLookup } from '../membership/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { checkContent, type RoomWriter, type Timeline, UnknownRoomError } from '../timeline/index.ts'

export interface MakeRoomAdminDeps {
  readonly database: Database<HomeserverSchema>
  readonly timeline: Timeline
  readonly serverName: ServerName
  readonly profileOf: ProfileLookup
}

/**
 * Gives a user the power of the most powerful joined local user, in that user's name, and invites them where they could not come in by
 * themselves (Synapse Admin API, "Make Room Admin API").
 * @throws MatrixError M_UNKNOWN: not in the room, or nobody here has the power, or a creator, who has it for ever; M_FORBIDDEN: the room's rules
 */
export async function makeRoomAdmin(deps: MakeRoomAdminDeps, roomId: RoomId, target: UserId): Promise<void> {
  const { timeline, serverName } = deps
  const profile = serverNameOf(target) === serverName ? await deps.profileOf(target) : undefined
  try {
    await timeline.transaction(roomId, (tx) =>
      timeline.edit(tx, roomId, async (room) => {
        if (!(await hasLocalMember(tx.db, roomId))) throw notInRoom()
        const sender = await mostPowerfulLocal(room, serverName)
        const levels = await room.powerLevels()
        if (levels.of(sender) < levels.required(eventTypes.powerLevels, true))
          throw new MatrixError('M_UNKNOWN', 'No local admin user in room with power to update power levels.')
        const content: JsonObject = { ...(await room.state(eventTypes.powerLevels, ''))?.content }
        const users = isJsonObject(content.users) ? content.users : {}
        content.users = { ...users, [target]: users[sender] ?? 100 }
        await checkContent(room, { type: eventTypes.powerLevels, content }, serverName)
        await room.append({ type: eventTypes.powerLevels, sender, stateKey: '', content })
        await inviteIfNeeded()

        async function inviteIfNeeded(): Promise<void> {
          const membership = (await room.state(eventTypes.member, target))?.content.membership
          if (membership === 'join' || membership === 'invite') return
          if ((await room.state(eventTypes.joinRules, ''))?.content.join_rule === 'public') return
          await changeMember(tx.db, room, { action: 'invite', sender, target, profile }, serverName)
        }
      }),
    )
  } catch (error) {
    if (error instanceof UnknownRoomError) throw notInRoom()
    throw error
  }
}

async function hasLocalMember(reads: Reads<HomeserverSchema>, roomId: RoomId): Promise<boolean> {
  const room = await reads.selectFrom('rooms').select('joined_local_members').where('room_id', '=', roomId).executeTakeFirst()
  return (room?.joined_local_members ?? 0) > 0
}

function notInRoom(): MatrixError {
  return new MatrixError('M_UNKNOWN', 'Server not in room')
}

/** Creators count as strongest where the room version says so. */
async function mostPowerfulLocal(room: RoomWriter, serverName: ServerName): Promise<UserId> {
  const create = await room.state(eventTypes.create, '')
  const named = (await room.state(eventTypes.powerLevels, ''))?.content.users
  const creators = create ? creatorsOf(create, room.version) : []
  const candidates = [...new Set([...creators, ...(isJsonObject(named) ? (Object.keys(named) as UserId[]) : [])])].filter(
    (userId) => serverNameOf(userId) === serverName,
  )
  await room.loadState(candidates.map((userId) => [eventTypes.member, userId]))
  const levels = await room.powerLevels()
  let best: UserId | undefined
  for (const userId of candidates) {
    if ((await room.state(eventTypes.member, userId))?.content.membership !== 'join') continue
    if (best === undefined || levels.of(userId) > levels.of(best)) best = userId
  }
  if (best === undefined) throw new MatrixError('M_UNKNOWN', 'No local admin user in room')
  return best
}
