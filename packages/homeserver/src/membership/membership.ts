import { MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import type { Requester } from '@glia/http'
import type { Clock, Random } from '@glia/platform'
import {
  type EventId,
  isMembership,
  isUserId,
  type JsonObject,
  type RoomId,
  type ServerName,
  serverNameOf,
  type UserId,
} from '@glia/protocol'
import { type AskForAlias, resolveRoomId } from '../directory/index.ts'
import { isServerBlocked, refuseBlockedRoom } from '../lists/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { type Timeline, UnknownRoomError } from '../timeline/index.ts'
import { changeMember, knownMembership, type MemberChange } from './change-member.ts'
import type { ProfileLookup } from './member-content.ts'
import { type MembershipAction, refuseSuspended } from './membership-rules.ts'

export interface MembershipDeps {
  readonly database: Database<HomeserverSchema>
  readonly timeline: Timeline
  readonly serverName: ServerName
  readonly clock: Clock
  readonly random: Random
  readonly profileOf: ProfileLookup
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  readonly limitJoins: (requester: Requester, userId: UserId, roomId: RoomId) => Promise<void>
  /** @throws MatrixError M_LIMIT_EXCEEDED */
  readonly limitInvites: (invite: { roomId: RoomId | undefined; issuer: Requester; target: UserId }) => Promise<void>
  /** Whether the target does not want invites of the issuer. */
  readonly isInviteBlocked: (target: UserId, issuer: UserId) => Promise<boolean>
  /** Whether the server speaks to this user in the room: the invite to it cannot be rejected. */
  readonly isNoticesRoomOf?: ((roomId: RoomId, userId: UserId) => Promise<boolean>) | undefined
  /** The user has come into the room. */
  readonly onJoined: (userId: UserId, roomId: RoomId) => Promise<void>
  /** Lets an application service make a user that is not there yet. */
  readonly askForUser: (userId: UserId) => Promise<void>
  readonly askForAlias: AskForAlias
  /** Only server admins may invite. */
  readonly blockNonAdminInvites: boolean
}

export interface MembershipRequest {
  readonly roomId: RoomId
  /** `reason`, keys of clients. */
  readonly content?: JsonObject
  /** Of the event; default: now. */
  readonly originServerTs?: number
}

/** Who is in which room, as users change it. All refusals are MatrixErrors with Synapse's codes and texts. */
export interface Membership {
  /** @param target room id or alias @returns the room */
  join(requester: Requester, target: string, request?: Omit<MembershipRequest, 'roomId'>): Promise<RoomId>
  /** @param target room id or alias @returns the room */
  knock(requester: Requester, target: string, content?: JsonObject): Promise<RoomId>
  leave(requester: Requester, request: MembershipRequest): Promise<void>
  invite(requester: Requester, target: string, request: MembershipRequest): Promise<void>
  kick(requester: Requester, target: string, request: MembershipRequest): Promise<void>
  ban(requester: Requester, target: string, request: MembershipRequest): Promise<void>
  unban(requester: Requester, target: string, request: MembershipRequest): Promise<void>
  /** The change that an `m.room.member` sent as a state event asks for. @returns its event */
  change(requester: Requester, change: MembershipRequest & { target: string; content: JsonObject }): Promise<EventId>
  /** Takes a room that was left out of the user's sight. @throws MatrixError M_UNKNOWN while joined or invited */
  forget(userId: UserId, roomId: RoomId): Promise<void>
  joinedRooms(userId: UserId): Promise<RoomId[]>
  /**
   * What is asked of an invite before the rules of the room.
   * @param roomId undefined for a room that is being made
   * @throws MatrixError M_FORBIDDEN, M_INVITE_BLOCKED, M_LIMIT_EXCEEDED
   */
  checkInvite(requester: Requester, roomId: RoomId | undefined, target: UserId): Promise<void>
}

export function createMembership(deps: MembershipDeps): Membership {
  const { database, timeline, serverName, clock, random } = deps

  /** One change with everything that is asked before the rules of the room. */
  const run = async (
    requester: Requester,
    action: MembershipAction,
    target: string,
    { roomId, content = {}, ...time }: MembershipRequest,
    unknownRoom: MatrixError,
  ): Promise<EventId> => {
    const targetUser = checkUserId(target)
    if (requester.isSuspended) refuseSuspended(action)
    if (action === 'invite' && requester.isShadowBanned) return pretend()
    if (action === 'join' || action === 'invite' || action === 'knock') await refuseBlocked(roomId)
    if (action === 'invite') await checkInvite(requester, roomId, targetUser)
    const comesIn = action === 'join' && !(await isIn(database.read, roomId, targetUser))
    if (comesIn) await deps.limitJoins(requester, targetUser, roomId)
    const profile = serverNameOf(targetUser) === serverName ? await deps.profileOf(targetUser) : undefined
    const { userId: sender, isGuest } = requester
    const change: MemberChange = { action, sender, target: targetUser, content, profile, isGuest, ...time }
    try {
      const { eventId } = await timeline.transaction(roomId, (tx) =>
        timeline.edit(tx, roomId, (room) => changeMember(tx.db, room, change, serverName)),
      )
      if (comesIn) await deps.onJoined(targetUser, roomId)
      return eventId
    } catch (error) {
      if (error instanceof UnknownRoomError) throw unknownRoom
      throw error
    }
  }

  const refuseBlocked = async (roomId: RoomId): Promise<void> => {
    const nowMs = clock.nowMs()
    await refuseBlockedRoom(database.read, roomId, nowMs)
    const server = roomId.includes(':') ? roomId.slice(roomId.indexOf(':') + 1) : serverName
    if (server !== serverName && !server.includes('\0') && (await isServerBlocked(database.read, server, nowMs))) {
      throw new MatrixError('M_FORBIDDEN', `${server} has been blocked on this server`)
    }
  }

  const checkInvite = async (requester: Requester, roomId: RoomId | undefined, target: UserId): Promise<void> => {
    if (deps.blockNonAdminInvites && !requester.isAdmin) {
      throw new MatrixError('M_FORBIDDEN', 'Invites have been disabled on this server')
    }
    if (serverNameOf(target) !== serverName) throw new MatrixError('M_FORBIDDEN', `Federation denied with ${serverNameOf(target)}.`)
    if (await deps.isInviteBlocked(target, requester.userId))
      throw new MatrixError('M_INVITE_BLOCKED', 'You are not permitted to invite this user.')
    await deps.limitInvites({ roomId, issuer: requester, target })
    await deps.askForUser(target)
  }

  const refuseToRejectNotices = async (userId: UserId, roomId: RoomId): Promise<void> => {
    if (!deps.isNoticesRoomOf || (await membershipIn(database.read, roomId, userId)) !== 'invite') return
    if (!(await deps.isNoticesRoomOf(roomId, userId))) return
    throw new MatrixError('M_CANNOT_LEAVE_SERVER_NOTICE_ROOM', 'You cannot reject this invite')
  }

  const pretend = async (): Promise<EventId> => {
    await new Promise<void>((resolve) => clock.after(1000 + random.integer(9000), resolve))
    return `$${random.text(43)}` as EventId
  }

  return {
    checkInvite,
    async join(requester, target, request = {}) {
      const roomId = await resolveRoomId(database.read, target, deps.askForAlias)
      if (await isIn(database.read, roomId, requester.userId)) return roomId
      await run(requester, 'join', requester.userId, { roomId, ...request }, unknownToJoin())
      return roomId
    },
    async knock(requester, target, content) {
      const roomId = await resolveRoomId(database.read, target, deps.askForAlias)
      const unknown = new MatrixError('M_UNKNOWN', 'No known servers', { status: 404 })
      await run(requester, 'knock', requester.userId, { roomId, ...(content && { content }) }, unknown)
      return roomId
    },
    async leave(requester, request) {
      await refuseToRejectNotices(requester.userId, request.roomId)
      await run(requester, 'leave', requester.userId, request, notKnown())
    },
    async invite(requester, target, request) {
      await run(requester, 'invite', target, request, new MatrixError('M_FORBIDDEN', 'Unknown room'))
    },
    async kick(requester, target, request) {
      await run(requester, 'kick', target, request, notKnown())
    },
    async ban(requester, target, request) {
      await run(requester, 'ban', target, request, notKnown())
    },
    async unban(requester, target, request) {
      await run(requester, 'unban', target, request, notKnown())
    },

    async change(requester, { roomId, target, content: { membership, ...content }, ...time }) {
      if (typeof membership !== 'string') throw new MatrixError('M_UNKNOWN', 'Invalid membership (must be a string)')
      if (!isMembership(membership)) throw new MatrixError('M_UNKNOWN', 'Invalid membership key')
      const current = await membershipIn(database.read, roomId, checkUserId(target))
      const leaving = current === 'ban' ? 'unban' : target === requester.userId ? 'leave' : 'kick'
      if (membership === 'leave' && leaving === 'leave') await refuseToRejectNotices(requester.userId, roomId)
      const unknown = new MatrixError('M_FORBIDDEN', `User ${requester.userId} not in room ${roomId}`)
      return run(requester, membership === 'leave' ? leaving : membership, target, { roomId, content, ...time }, unknown)
    },

    async forget(userId, roomId) {
      if (roomId.includes('\0')) return
      await timeline.transaction(roomId, async (tx) => {
        const membership = await membershipIn(tx.db, roomId, userId)
        if (membership === 'join' || membership === 'invite' || membership === 'knock') {
          throw new MatrixError('M_UNKNOWN', `User ${userId} in room ${roomId}`)
        }
        await tx.db.updateTable('memberships').set({ forgotten: 1 }).where('room_id', '=', roomId).where('user_id', '=', userId).execute()
      })
    },

    async joinedRooms(userId) {
      const rows = await database.read
        .selectFrom('memberships')
        .select('room_id')
        .where('user_id', '=', userId)
        .where('membership', '=', 'join')
        .orderBy('room_id')
        .execute()
      return rows.map(({ room_id }) => room_id as RoomId)
    },
  }
}

async function membershipIn(db: Reads<HomeserverSchema>, roomId: RoomId, userId: UserId) {
  if (roomId.includes('\0')) return undefined
  const row = await db
    .selectFrom('memberships')
    .select('membership')
    .where('room_id', '=', roomId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row && knownMembership({ membership: row.membership })
}

async function isIn(db: Reads<HomeserverSchema>, roomId: RoomId, userId: UserId): Promise<boolean> {
  return (await membershipIn(db, roomId, userId)) === 'join'
}

function checkUserId(text: string): UserId {
  if (!text.startsWith('@')) throw new MatrixError('M_INVALID_PARAM', "Expected UserID string to start with '@'")
  if (!isUserId(text)) throw new MatrixError('M_INVALID_PARAM', "Expected UserID of the form '@localname:domain'")
  return text
}

function unknownToJoin(): MatrixError {
  const text = "Can't join remote room because no servers that are in the room have been provided."
  return new MatrixError('M_UNKNOWN', text, { status: 404 })
}

function notKnown(): MatrixError {
  return new MatrixError('M_UNKNOWN', 'Not a known room', { status: 404 })
}
