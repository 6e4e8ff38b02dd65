import { MatrixError } from '@glia/contract'
import type { Transaction } from '@glia/database'
import {
  creatorsOf,
  eventTypes,
  isJsonObject,
  isRoomId,
  type JsonObject,
  membershipOf,
  type RoomId,
  type RoomVersion,
  type ServerName,
  stateMapKey,
  type UserId,
} from '@glia/protocol'
import { findPublished, moveAliases, setPublished } from '../directory/index.ts'
import { memberContent, type Profile, type ProfileLookup } from '../membership/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import {
  currentStateEvent,
  currentStateEvents,
  newRoomId,
  type RoomWriter,
  type StoredEvent,
  type Timeline,
  UnknownRoomError,
} from '../timeline/index.ts'
import type { CreateRoomDeps } from './create-room.ts'
import { createContent, initialState } from './initial-events.ts'
import type { NewRoom } from './read-create-room.ts'
import { closedLevels, copiedLevels, copiedState, splitCanonicalAlias } from './upgrade-contents.ts'

export interface UpgradeRoomDeps extends CreateRoomDeps {
  readonly timeline: Timeline
  readonly serverName: ServerName
  readonly profileOf: ProfileLookup
}

export interface UpgradeRoomCommand {
  readonly roomId: RoomId
  readonly requester: UserId
  readonly version: RoomVersion
  /** Where the version has such creators. */
  readonly additionalCreators: readonly UserId[]
}

/** A request that is sent again, since its answer got lost, gets the same room. */
const REPEATED_WITHIN_MS = 300_000

/**
 * Replaces a room by one of another version: makes the new room with what the old one was, leads members there by a tombstone, moves
 * aliases and the directory entry, and closes the old room, all or nothing (Client-Server API, "Room Upgrades").
 * @returns the new room
 * @throws MatrixError M_NOT_FOUND: unknown room; M_FORBIDDEN: not joined, or not enough power for a tombstone
 */
export async function upgradeRoom(deps: UpgradeRoomDeps, command: UpgradeRoomCommand): Promise<RoomId> {
  const { timeline } = deps
  const { roomId, requester } = command
  const unknown = new MatrixError('M_NOT_FOUND', `Unknown room id ${roomId}`)
  if (!isRoomId(roomId)) throw unknown
  const profile = await deps.profileOf(requester)
  try {
    return await timeline.transaction(roomId, (tx) =>
      timeline.edit(tx, roomId, async (old) => {
        await requireTombstonePower(old, requester)
        const before = await findReplacement(tx, roomId, requester, deps.clock.nowMs())
        return before ?? new Upgrade(deps, tx, old, command).run(profile)
      }),
    )
  } catch (error) {
    if (error instanceof UnknownRoomError) throw unknown
    throw error
  }
}

async function requireTombstonePower(room: RoomWriter, userId: UserId): Promise<void> {
  if (membershipOf(await room.state(eventTypes.member, userId)) !== 'join') {
    throw new MatrixError('M_FORBIDDEN', `User ${userId} not in room ${room.roomId}`)
  }
  const levels = await room.powerLevels()
  const [own, needed] = [levels.of(userId), levels.required(eventTypes.tombstone, true)]
  if (own >= needed) return
  throw new MatrixError('M_FORBIDDEN', `You don't have permission to post that to the room. user_level (${own}) < send_level (${needed})`)
}

async function findReplacement(
  tx: Transaction<HomeserverSchema>,
  roomId: RoomId,
  requester: UserId,
  nowMs: number,
): Promise<RoomId | undefined> {
  const tombstone = await currentStateEvent(tx.db, roomId, eventTypes.tombstone, '')
  if (tombstone?.sender !== requester || tombstone.receivedAtMs < nowMs - REPEATED_WITHIN_MS) return undefined
  const { replacement_room: replacement } = tombstone.content
  if (typeof replacement !== 'string' || !isRoomId(replacement)) return undefined
  const create = await currentStateEvent(tx.db, replacement, eventTypes.create, '')
  const predecessor = create?.content.predecessor
  return create?.sender === requester && isJsonObject(predecessor) && predecessor.room_id === roomId ? replacement : undefined
}

/** One upgrade, while the old room is open for writing. */
class Upgrade {
  readonly #deps: UpgradeRoomDeps
  readonly #tx: Transaction<HomeserverSchema>
  readonly #old: RoomWriter
  readonly #command: UpgradeRoomCommand
  #state: readonly StoredEvent[] = []
  #byKey = new Map<string, StoredEvent>()

  constructor(deps: UpgradeRoomDeps, tx: Transaction<HomeserverSchema>, old: RoomWriter, command: UpgradeRoomCommand) {
    this.#deps = deps
    this.#tx = tx
    this.#old = old
    this.#command = command
  }

  async run(profile: Profile): Promise<RoomId> {
    this.#state = await currentStateEvents(this.#tx.db, this.#old.roomId)
    this.#byKey = new Map(this.#state.map((event) => [stateMapKey(event.type, event.stateKey!), event]))
    const replacement = await this.#makeRooms(profile)
    await this.#moveListing(replacement)
    await this.#closeOldRoom()
    return replacement
  }

  /** Tombstone and new room each name the other: whichever has an id that can be known before is named first. */
  async #makeRooms(profile: Profile): Promise<RoomId> {
    const { version } = this.#command
    if (version.roomIdIsCreateHash) {
      const newId = await this.#fill(undefined, { room_id: this.#old.roomId }, profile)
      await this.#bury(newId)
      return newId
    }
    const newId = newRoomId(this.#deps)
    const tombstone = await this.#bury(newId)
    return this.#fill(newId, { room_id: this.#old.roomId, event_id: tombstone }, profile)
  }

  async #bury(replacement: RoomId): Promise<string> {
    const content = { body: 'This room has been replaced', replacement_room: replacement }
    const { eventId } = await this.#old.append({
      type: eventTypes.tombstone,
      sender: this.#command.requester,
      stateKey: '',
      content,
    })
    return eventId
  }

  async #fill(roomId: RoomId | undefined, predecessor: JsonObject, profile: Profile): Promise<RoomId> {
    const { requester, version, additionalCreators } = this.#command
    const create = this.#event(eventTypes.create)!
    const { type, 'm.federate': federate } = create.content
    const room: NewRoom = {
      version,
      preset: 'private_chat',
      isPublished: false,
      alias: undefined,
      name: undefined,
      topic: undefined,
      invitees: [],
      isDirect: false,
      creationContent: {
        predecessor,
        ...(type === undefined ? {} : { type }),
        ...(federate === undefined ? {} : { 'm.federate': federate }),
        ...(version.privilegedCreators && additionalCreators.length > 0 ? { additional_creators: [...additionalCreators] } : {}),
      },
      powerLevelOverride: undefined,
      initialState: copiedState(this.#state, type === 'm.space'),
    }
    const content = createContent(room, requester)
    const newCreators = creatorsOf({ sender: requester, content }, version)
    const levels = this.#event(eventTypes.powerLevels)?.content
    const copied = levels && copiedLevels({ levels, create, version: this.#old.version }, { version, newCreators })
    const withLevels = copied
      ? { ...room, initialState: [{ type: eventTypes.powerLevels, stateKey: '', content: copied.initial }, ...room.initialState] }
      : room
    return this.#deps.timeline.create(this.#tx, { version, ...(roomId === undefined ? {} : { roomId }) }, async (writer) => {
      const send = (type: string, stateKey: string, content: JsonObject) => writer.append({ type, sender: requester, stateKey, content })
      await send(eventTypes.create, '', content)
      await send(eventTypes.member, requester, memberContent('join', {}, profile))
      for (const event of initialState(withLevels, requester)) await send(event.type, event.stateKey, event.content)
      for (const { type, stateKey, content } of this.#bans()) await unlessForbidden(() => send(type, stateKey!, content))
      const alias = this.#aliases().moved
      if (alias) await send(eventTypes.canonicalAlias, '', alias)
      if (copied) await send(eventTypes.powerLevels, '', copied.final)
      return writer.roomId
    })
  }

  async #moveListing(replacement: RoomId): Promise<void> {
    const oldRoomId = this.#old.roomId
    await moveAliases(this.#tx, oldRoomId, replacement)
    if (!(await findPublished(this.#tx.db, oldRoomId))) return
    await setPublished(this.#tx, oldRoomId, false)
    await setPublished(this.#tx, replacement, true)
  }

  /** Whoever may bury a room need not be allowed to change its aliases and levels. */
  async #closeOldRoom(): Promise<void> {
    const { requester: sender } = this.#command
    const { moved, kept } = this.#aliases()
    if (moved) await unlessForbidden(() => this.#old.append({ type: eventTypes.canonicalAlias, sender, stateKey: '', content: kept }))
    const levels = this.#event(eventTypes.powerLevels)?.content
    const closed = levels && closedLevels(levels, this.#old.version)
    if (closed) await unlessForbidden(() => this.#old.append({ type: eventTypes.powerLevels, sender, stateKey: '', content: closed }))
  }

  #event(type: string): StoredEvent | undefined {
    return this.#byKey.get(stateMapKey(type, ''))
  }

  #bans(): readonly StoredEvent[] {
    return this.#state.filter((event) => event.type === eventTypes.member && membershipOf(event) === 'ban')
  }

  #aliases() {
    return splitCanonicalAlias(this.#event(eventTypes.canonicalAlias)?.content ?? {}, this.#deps.serverName)
  }
}

async function unlessForbidden(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof MatrixError && error.errcode === 'M_FORBIDDEN')) throw error
  }
}
