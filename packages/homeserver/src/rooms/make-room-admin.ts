import { MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import { eventTypes, isJsonObject, type JsonObject, type RoomId, type ServerName, serverNameOf, type UserId } from '@glia/protocol'
import { changeMember, type ProfileLookup } from '../membership/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { checkContent, type Timeline, UnknownRoomError } from '../timeline/index.ts'
import { powerfulLocals } from './powerful-locals.ts'

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
        const sender = (await powerfulLocals(room, serverName))[0] ?? noAdminHere()
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

function noAdminHere(): never {
  throw new MatrixError('M_UNKNOWN', 'No local admin user in room')
}

function notInRoom(): MatrixError {
  return new MatrixError('M_UNKNOWN', 'Server not in room')
}
