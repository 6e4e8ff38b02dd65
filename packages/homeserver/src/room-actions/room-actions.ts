import { MatrixError } from '@glia/contract'
import type { Transaction } from '@glia/database'
import {
  type EventId,
  eventTypes,
  isJsonObject,
  isRoomId,
  isUserId,
  type JsonObject,
  membershipOf,
  type RoomId,
  type RoomVersion,
  serverNameOf,
  type UserId,
} from '@glia/protocol'
import { changeMember, type MemberChange } from '../membership/index.ts'
import { type FollowUpgrade, type UpgradeRoomDeps, upgradeRoom } from '../rooms/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { checkContent, findEvent, type RoomWriter, UnknownRoomError } from '../timeline/index.ts'
import { type ActingMembers, actingMembers, refuse } from './acting-members.ts'

export interface RoomActionsDeps extends UpgradeRoomDeps {
  /** Refuses aliases that do not lead to the room. */
  readonly checkCanonicalAlias: (tx: Transaction<HomeserverSchema>, room: RoomWriter, content: JsonObject) => Promise<void>
  /** Removes guests from a room that no longer takes them. */
  readonly removeGuests: (tx: Transaction<HomeserverSchema>, room: RoomWriter) => Promise<void>
  readonly followUpgrade: FollowUpgrade
}

export interface ActionDone {
  readonly eventId: EventId
  /** The member in whose name it was done. */
  readonly sender: UserId
}

/**
 * What server admins do in rooms without being there: in the name of a local member who has the power, by the room's rules. Refusals are
 * MatrixErrors: M_NOT_FOUND (no such room), M_FORBIDDEN (nobody here has the power), M_INVALID_PARAM.
 */
export interface RoomActions {
  /** Also takes back an invite or a knock. A local user who is too strong is made to leave. */
  kick(roomId: string, target: string, reason?: string): Promise<ActionDone>
  /** A local user who is as strong as all others gives the power up first. */
  ban(roomId: string, target: string, reason?: string): Promise<ActionDone>
  unban(roomId: string, target: string, reason?: string): Promise<ActionDone>
  setPowerLevel(roomId: string, target: string, level: number): Promise<ActionDone>
  redact(roomId: string, redacts: string, reason?: string): Promise<ActionDone>
  /** Not for members and power levels. */
  setState(roomId: string, state: { type: string; stateKey: string; content: JsonObject }): Promise<ActionDone>
  upgrade(roomId: string, version: RoomVersion): Promise<{ replacement: RoomId; sender: UserId }>
}

/** One room, open for writing. */
interface OpenRoom {
  readonly tx: Transaction<HomeserverSchema>
  readonly room: RoomWriter
  readonly members: ActingMembers
}

const OWN_WAYS = new Set<string>([eventTypes.create, eventTypes.member, eventTypes.powerLevels])

export function createRoomActions(deps: RoomActionsDeps): RoomActions {
  const { timeline, serverName } = deps

  const open = async <T>(roomId: string, work: (opened: OpenRoom) => Promise<T>): Promise<T> => {
    const unknown = new MatrixError('M_NOT_FOUND', 'Room not found')
    if (!isRoomId(roomId)) throw unknown
    try {
      return await timeline.transaction(roomId, (tx) =>
        timeline.edit(tx, roomId, async (room) => work({ tx, room, members: await actingMembers(tx.db, room, serverName) })),
      )
    } catch (error) {
      if (error instanceof UnknownRoomError) throw unknown
      throw error
    }
  }

  const change = async ({ tx, room }: OpenRoom, change: Omit<MemberChange, 'profile'>): Promise<ActionDone> => {
    const profile = isLocal(change.target) ? await deps.profileOf(change.target) : undefined
    const { eventId } = await changeMember(tx.db, room, { ...change, profile }, serverName)
    return { eventId, sender: change.sender }
  }

  const isLocal = (userId: UserId): boolean => serverNameOf(userId) === serverName

  /** A member who may, and is stronger than the target. */
  const above = ({ levels, find }: ActingMembers, needed: number, target: UserId): UserId | undefined =>
    find((level, userId) => userId !== target && level >= needed && level > levels.of(target))

  return {
    kick: (roomId, user, reason) =>
      open(roomId, async (opened) => {
        const target = checkUserId(user)
        const { members } = opened
        const sender = above(members, members.levels.kick, target)
        if (sender !== undefined) return change(opened, { action: 'kick', sender, target, content: withReason(reason) })
        if (!isLocal(target)) refuse()
        return change(opened, { action: 'leave', sender: target, target, content: withReason(reason) })
      }),

    ban: (roomId, user, reason) =>
      open(roomId, async (opened) => {
        const target = checkUserId(user)
        const { members } = opened
        const sender = above(members, members.levels.ban, target) ?? (await stepDown(opened, target))
        return change(opened, { action: 'ban', sender, target, content: withReason(reason) })
      }),

    unban: (roomId, user, reason) =>
      open(roomId, async (opened) => {
        const target = checkUserId(user)
        const { ban, kick } = opened.members.levels
        const sender = above(opened.members, Math.max(ban, kick), target) ?? refuse()
        return change(opened, { action: 'unban', sender, target, content: withReason(reason) })
      }),

    setPowerLevel: (roomId, user, level) =>
      open(roomId, async ({ room, members }) => {
        const target = checkUserId(user)
        const { levels } = members
        const needed = levels.required(eventTypes.powerLevels, true)
        const sender = members.get((own, userId) => own >= needed && own >= level && (userId === target ? true : levels.of(target) < own))
        const { eventId } = await appendLevel(room, sender, target, level)
        return { eventId, sender }
      }),

    redact: (roomId, redacts, reason) =>
      open(roomId, async ({ tx, room, members }) => {
        const target = await findEvent(tx.db, redacts)
        if (target?.roomId !== room.roomId) throw new MatrixError('M_NOT_FOUND', 'There is no such event in the room')
        if (target.type === eventTypes.create || target.type === eventTypes.serverAcl) {
          throw new MatrixError('M_FORBIDDEN', `Events of the type ${target.type} cannot be redacted`)
        }
        const toSend = members.levels.required(eventTypes.redaction, false)
        const sender =
          members.find((level) => level >= members.levels.redact && level >= toSend) ?? (await ownRedactor(room, target.sender)) ?? refuse()
        const { eventId } = await room.append({
          type: eventTypes.redaction,
          sender,
          content: withReason(reason),
          redacts: target.eventId,
        })
        return { eventId, sender }
      }),

    setState: (roomId, { type, stateKey, content }) =>
      open(roomId, async ({ tx, room, members }) => {
        if (OWN_WAYS.has(type)) throw new MatrixError('M_INVALID_PARAM', `${type} cannot be set here`)
        await checkContent(room, { type, stateKey, content }, serverName)
        if (type === eventTypes.canonicalAlias) await deps.checkCanonicalAlias(tx, room, content)
        const sender = members.get((level) => level >= members.levels.required(type, true))
        const { eventId } = await room.append({ type, sender, stateKey, content })
        if (type === eventTypes.guestAccess && content.guest_access !== 'can_join') await deps.removeGuests(tx, room)
        return { eventId, sender }
      }),

    async upgrade(roomId, version) {
      const sender = await open(roomId, async ({ members }) =>
        members.get((level) => level >= members.levels.required(eventTypes.tombstone, true)),
      )
      const replacement = await upgradeRoom(deps, { roomId: roomId as RoomId, requester: sender, version, additionalCreators: [] })
      await deps.followUpgrade(sender, replacement)
      return { replacement, sender }
    },
  }

  /** Takes a local user's power away by the user's own hand. @returns who is above the user then */
  async function stepDown({ room, members }: OpenRoom, target: UserId): Promise<UserId> {
    const { levels } = members
    const own = levels.of(target)
    const other = members.find((level, userId) => userId !== target && level >= levels.ban)
    const isHere = isLocal(target) && membershipOf(await room.state(eventTypes.member, target)) === 'join'
    // creators of version 12 have it for ever
    const mayStepDown = isHere && Number.isFinite(own) && own >= levels.required(eventTypes.powerLevels, true)
    if (other === undefined || !mayStepDown) refuse()
    await appendLevel(room, target, target, Math.min(levels.usersDefault, levels.of(other) - 1))
    return other
  }

  async function appendLevel(room: RoomWriter, sender: UserId, target: UserId, level: number) {
    const content: JsonObject = { ...(await room.state(eventTypes.powerLevels, ''))?.content }
    content.users = { ...(isJsonObject(content.users) ? content.users : {}), [target]: level }
    await checkContent(room, { type: eventTypes.powerLevels, content }, serverName)
    return room.append({ type: eventTypes.powerLevels, sender, stateKey: '', content })
  }

  /** Whoever wrote an event may redact it. */
  async function ownRedactor(room: RoomWriter, sender: UserId): Promise<UserId | undefined> {
    return isLocal(sender) && membershipOf(await room.state(eventTypes.member, sender)) === 'join' ? sender : undefined
  }
}

function checkUserId(text: string): UserId {
  if (!isUserId(text)) throw new MatrixError('M_INVALID_PARAM', `${text} is not a user id`)
  return text
}

function withReason(reason: string | undefined): JsonObject {
  return reason === undefined ? {} : { reason }
}
