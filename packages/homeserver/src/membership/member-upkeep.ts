import { MatrixError } from '@glia/contract'
import type { Database, Transaction } from '@glia/database'
import { eventTypes, type JsonObject, type RoomId, type ServerName, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { type AppendedEvent, type RoomWriter, type Timeline, UnknownRoomError } from '../timeline/index.ts'
import { changeMember, knownMembership } from './change-member.ts'
import { type ProfileLookup, withProfile } from './member-content.ts'
import { findInviter } from './restricted-join.ts'

/**
 * Changes of membership that the server makes in a user's name: after a profile change, when an account ends, for admins. No limits, no
 * suspension, no blocks; the rules of the room hold all the same, since other servers would refuse what breaks them.
 */
export interface MemberUpkeep {
  /** Leaves the room, rejects the invite or takes back the knock. @returns undefined where there was nothing to end */
  leaveRoomAs(userId: UserId, roomId: RoomId, content?: JsonObject): Promise<AppendedEvent | undefined>
  /** Ends every membership of the user. May be repeated. */
  leaveAllRooms(userId: UserId): Promise<void>
  /** Joins by the rules of the room. @throws MatrixError M_FORBIDDEN, M_BAD_STATE (banned), UnknownRoomError */
  joinAs(userId: UserId, roomId: RoomId, content?: JsonObject): Promise<AppendedEvent>
  /**
   * Joins; where the user may not, some member of this server who may invite lets them in first.
   * @throws MatrixError M_FORBIDDEN: nobody here may invite; M_BAD_STATE (banned); UnknownRoomError
   */
  forceJoin(userId: UserId, roomId: RoomId, content?: JsonObject): Promise<AppendedEvent>
  /** Shows the user's profile of now in every joined room; other keys of the member events stay. */
  propagateProfile(userId: UserId): Promise<void>
  /** Ends the membership of all guests of this server in a room that no longer takes them. */
  removeGuests(tx: Transaction<HomeserverSchema>, room: RoomWriter): Promise<void>
}

export function createMemberUpkeep(deps: {
  database: Database<HomeserverSchema>
  timeline: Timeline
  serverName: ServerName
  profileOf: ProfileLookup
  onJoined: (userId: UserId, roomId: RoomId) => Promise<void>
}): MemberUpkeep {
  const { database, timeline, serverName, profileOf, onJoined } = deps

  const roomsOf = async (userId: UserId, memberships: readonly string[]): Promise<RoomId[]> => {
    const rows = await database.read
      .selectFrom('memberships')
      .select('room_id')
      .where('user_id', '=', userId)
      .where('membership', 'in', memberships)
      .orderBy('room_id')
      .execute()
    return rows.map(({ room_id }) => room_id as RoomId)
  }

  const leaveIn = async (tx: Transaction<HomeserverSchema>, room: RoomWriter, userId: UserId, content: JsonObject = {}) => {
    const current = knownMembership((await room.state(eventTypes.member, userId))?.content)
    if (current === undefined || current === 'leave' || current === 'ban') return undefined
    return changeMember(tx.db, room, { action: 'leave', sender: userId, target: userId, content, profile: undefined }, serverName)
  }

  const joinAs: MemberUpkeep['joinAs'] = async (userId, roomId, content = {}) => {
    const profile = await profileOf(userId)
    const change = { action: 'join', sender: userId, target: userId, content, profile } as const
    const joined = await timeline.transaction(roomId, (tx) =>
      timeline.edit(tx, roomId, (room) => changeMember(tx.db, room, change, serverName)),
    )
    if (joined.isNew) await onJoined(userId, roomId)
    return joined
  }

  const leaveRoomAs: MemberUpkeep['leaveRoomAs'] = (userId, roomId, content) =>
    timeline.transaction(roomId, (tx) => timeline.edit(tx, roomId, (room) => leaveIn(tx, room, userId, content)))

  return {
    leaveRoomAs,
    joinAs,

    async leaveAllRooms(userId) {
      for (const roomId of await roomsOf(userId, ['join', 'invite', 'knock'])) {
        try {
          await leaveRoomAs(userId, roomId)
        } catch (error) {
          // the room went meanwhile
          if (!(error instanceof UnknownRoomError)) throw error
        }
      }
    },

    async forceJoin(userId, roomId, content) {
      try {
        return await joinAs(userId, roomId, content)
      } catch (error) {
        if (!(error instanceof MatrixError && (error.errcode === 'M_FORBIDDEN' || error.errcode === 'M_UNABLE_TO_GRANT_JOIN'))) throw error
      }
      const profile = await profileOf(userId)
      await timeline.transaction(roomId, (tx) =>
        timeline.edit(tx, roomId, async (room) => {
          const inviter = await findInviter(tx.db, room, serverName)
          if (!inviter) throw new MatrixError('M_FORBIDDEN', 'No user of this server in the room may invite.')
          return changeMember(tx.db, room, { action: 'invite', sender: inviter, target: userId, profile }, serverName)
        }),
      )
      return joinAs(userId, roomId, content)
    },

    async propagateProfile(userId) {
      const profile = await profileOf(userId)
      for (const roomId of await roomsOf(userId, ['join'])) {
        try {
          await timeline.transaction(roomId, (tx) =>
            timeline.edit(tx, roomId, async (room) => {
              const current = await room.state(eventTypes.member, userId)
              if (knownMembership(current?.content) !== 'join') return
              await room.append({
                type: eventTypes.member,
                sender: userId,
                stateKey: userId,
                content: withProfile(current!.content, profile),
              })
            }),
          )
        } catch (error) {
          // one room that does not take it (gone, or an event that grew too large) must not keep the others back
          if (!(error instanceof MatrixError)) throw error
        }
      }
    },

    async removeGuests(tx, room) {
      await room.flush()
      const guests = await tx.db
        .selectFrom('memberships')
        .innerJoin('users', 'users.user_id', 'memberships.user_id')
        .select('users.user_id')
        .where('memberships.room_id', '=', room.roomId)
        .where('memberships.membership', 'in', ['join', 'invite'])
        .where('users.is_guest', '=', 1)
        .execute()
      for (const { user_id } of guests) await leaveIn(tx, room, user_id as UserId)
    },
  }
}
