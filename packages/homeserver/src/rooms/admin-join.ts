import { MatrixError } from '@glia/contract'
import type { Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import { eventTypes, type RoomId, type ServerName, type UserId } from '@glia/protocol'
import { refuseBlockedRoom } from '../lists/index.ts'
import { changeMember, type MemberUpkeep, type ProfileLookup } from '../membership/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type Timeline, UnknownRoomError } from '../timeline/index.ts'

export interface AdminJoinDeps {
  readonly database: Database<HomeserverSchema>
  readonly timeline: Timeline
  readonly upkeep: MemberUpkeep
  readonly serverName: ServerName
  readonly profileOf: ProfileLookup
  readonly clock: Clock
}

/**
 * Makes a local user join a room; one that is not public the admin must be able to invite to (Synapse Admin API, "Edit Room Membership
 * API").
 * @throws MatrixError M_NOT_FOUND, M_UNKNOWN, M_FORBIDDEN, M_USER_SUSPENDED
 */
export async function joinAsAdmin(deps: AdminJoinDeps, join: { admin: UserId; target: UserId; roomId: RoomId }): Promise<void> {
  const { database, timeline, serverName, profileOf, upkeep } = deps
  const { admin, target, roomId } = join
  const user = await database.read.selectFrom('users').select('suspended').where('user_id', '=', target).executeTakeFirst()
  if (!user) throw new MatrixError('M_NOT_FOUND', 'User not found')
  if (user.suspended) throw new MatrixError('M_USER_SUSPENDED', 'Joining rooms while account is suspended is not allowed.')
  await refuseBlockedRoom(database.read, roomId, deps.clock.nowMs())
  const profile = await profileOf(target)
  try {
    await timeline.transaction(roomId, (tx) =>
      timeline.edit(tx, roomId, async (room) => {
        if ((await room.state(eventTypes.joinRules, ''))?.content.join_rule === 'public') return
        await changeMember(tx.db, room, { action: 'invite', sender: admin, target, profile }, serverName)
      }),
    )
    await upkeep.joinAs(target, roomId)
  } catch (error) {
    if (!(error instanceof UnknownRoomError)) throw error
    const text = "Can't join remote room because no servers that are in the room have been provided."
    throw new MatrixError('M_UNKNOWN', text, { status: 404 })
  }
}
