import { MatrixError } from '@glia/contract'
import type { Database, Reads } from '@glia/database'
import type { Requester } from '@glia/http'
import type { Clock } from '@glia/platform'
import { type EventId, eventTypes, isUserId, type JsonObject, makeUserId, type RoomId, type UserId } from '@glia/protocol'
import type { MemberUpkeep } from '../membership/index.ts'
import { atFreeTime } from '../rooms/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { checkStorableText } from '../storable-text.ts'
import { findTransactionEvent, type TransactionKey } from '../timeline/index.ts'
import type { Users } from '../users/index.ts'
import { createNoticesRoom, type NoticesRoomDeps } from './notices-room.ts'

/** As in Synapse's configuration. */
export interface ServerNoticeSettings {
  /** In whose name the server speaks. */
  readonly localpart: string
  readonly displayName: string | undefined
  readonly avatarUrl: string | undefined
  readonly roomName: string
  readonly roomTopic: string | undefined
  readonly roomAvatarUrl: string | undefined
  /** Users find themselves in the room in place of an invite. */
  readonly autoJoin: boolean
}

export interface Notice {
  readonly userId: string
  readonly type: string
  readonly stateKey: string | undefined
  readonly content: JsonObject
  readonly transactionId: string | undefined
}

/** What the server tells single users, each in a room of their own. */
export interface ServerNotices {
  /**
   * Sends a notice; the room is made when it is first needed, and again when the user has left it.
   * @throws MatrixError M_UNKNOWN: not set up, not a local user, or a message without body; M_NOT_FOUND: no such user
   */
  send(requester: Pick<Requester, 'userId' | 'sessionId'>, notice: Notice): Promise<EventId>
  /** Makes sure that nobody else can take the name in which the server speaks. */
  start(): Promise<void>
}

export interface ServerNoticesDeps extends Omit<NoticesRoomDeps, 'settings' | 'sender'> {
  readonly database: Database<HomeserverSchema>
  readonly clock: Clock
  readonly users: Users
  readonly upkeep: MemberUpkeep
  /** Absent: there are no server notices. */
  readonly settings: ServerNoticeSettings | undefined
}

export function createServerNotices(deps: ServerNoticesDeps): ServerNotices {
  const { database, timeline, clock, users, upkeep, settings, serverName } = deps
  const sender = settings && makeUserId(settings.localpart, serverName)

  const roomFor = async (userId: UserId): Promise<RoomId> => {
    const known = await roomInUse(database.read, userId)
    if (known !== undefined) return known
    const roomDeps = { ...deps, settings: settings!, sender: sender! }
    const displayName = (await users.find(userId))?.displayName
    const { roomId, isNew } = await atFreeTime(clock, (nowMs) =>
      database.transaction(async (tx) => {
        await tx.lock(`server notices of ${userId}`)
        const other = await roomInUse(tx.db, userId)
        if (other !== undefined) return { roomId: other, isNew: false }
        return { roomId: await createNoticesRoom(roomDeps, { userId, displayName }, tx, nowMs), isNew: true }
      }),
    )
    if (isNew && settings!.autoJoin) await upkeep.joinAs(userId, roomId)
    return roomId
  }

  return {
    async start() {
      if (!settings || !sender || (await users.find(sender))) return
      const { localpart, displayName, avatarUrl } = settings
      await database.transaction((tx) => users.create(tx, { localpart, displayName, avatarUrl }))
    },
    async send(requester, notice) {
      if (!settings || !sender) throw new MatrixError('M_UNKNOWN', 'Server notices are not enabled on this server')
      const userId = await checkTarget(users, notice.userId)
      checkNotice(notice)
      const { type, stateKey, content } = notice
      const key = keyOf(requester, notice.transactionId)
      const before = key && (await findTransactionEvent(database.read, key))
      if (before !== undefined) return before
      const roomId = await roomFor(userId)
      return timeline.share(roomId, async (room) => {
        const meanwhile = key && (await room.transactionEvent(key))
        if (meanwhile !== undefined) return meanwhile
        const { eventId } = await room.append({ type, sender, content, ...(stateKey === undefined ? {} : { stateKey }) })
        if (key) room.recordTransaction(key, eventId)
        return eventId
      })
    },
  }
}

/** Whether a room is one in which the server speaks to this user. */
export async function isNoticesRoomOf(db: Reads<HomeserverSchema>, roomId: string, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('server_notice_rooms')
    .select('room_id')
    .where('room_id', '=', roomId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row !== undefined
}

async function roomInUse(db: Reads<HomeserverSchema>, userId: UserId): Promise<RoomId | undefined> {
  const row = await db
    .selectFrom('server_notice_rooms')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.room_id', '=', 'server_notice_rooms.room_id')
        .onRef('memberships.user_id', '=', 'server_notice_rooms.user_id'),
    )
    .select('server_notice_rooms.room_id')
    .where('server_notice_rooms.user_id', '=', userId)
    .where('memberships.membership', 'in', ['join', 'invite'])
    .orderBy('server_notice_rooms.created_at_ms', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.room_id as RoomId | undefined
}

async function checkTarget(users: Users, userId: string): Promise<UserId> {
  if (!userId.startsWith('@')) throw new MatrixError('M_INVALID_PARAM', "Expected UserID string to start with '@'")
  if (!isUserId(userId)) throw new MatrixError('M_INVALID_PARAM', "Expected UserID of the form '@localname:domain'")
  if (!users.isLocal(userId)) throw new MatrixError('M_UNKNOWN', 'Server notices can only be sent to local users')
  const user = userId.includes('\0') ? undefined : await users.find(userId)
  if (!user || user.isDeactivated) throw new MatrixError('M_NOT_FOUND', 'User not found')
  return userId
}

function checkNotice({ type, stateKey, content, transactionId }: Notice): void {
  checkStorableText(type, 'type')
  if (stateKey !== undefined) checkStorableText(stateKey, 'state_key')
  if (transactionId !== undefined) checkStorableText(transactionId, 'txn_id')
  if (type !== eventTypes.message) return
  for (const key of ['body', 'msgtype']) {
    if (content[key] === undefined) throw new MatrixError('M_UNKNOWN', `'${key}' not in content`)
    if (typeof content[key] !== 'string') throw new MatrixError('M_BAD_JSON', `'${key}' must be a text`)
  }
}

function keyOf(
  { userId, sessionId }: Pick<Requester, 'userId' | 'sessionId'>,
  transactionId: string | undefined,
): TransactionKey | undefined {
  return transactionId === undefined ? undefined : { userId, sessionId, scope: 'send_server_notice', transactionId }
}
