import type { Transaction } from '@glia/database'
import { type EventId, eventTypes, type RoomAlias, type RoomId, type StateTuple, type UserId } from '@glia/protocol'
import { type NewRoom, writeRoom } from '../rooms/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { Chance } from './chance.ts'
import { admit, findNewcomer, planSteps, profileOf, type SeededRoom, type Step, type StepSource } from './plan-events.ts'
import { type PlannedChunk, planChunks, planRooms } from './plan-rooms.ts'
import type { SeedDeps, SeedOptions } from './seed-deps.ts'
import { type SeedUser, usersAt } from './seed-users.ts'
import { roomName, sentence } from './words.ts'

/** An event that somebody who was there could report. */
export interface Reportable {
  readonly roomId: RoomId
  readonly eventId: EventId
  readonly reporter: UserId
}

interface ReadyChunk {
  readonly chunk: PlannedChunk
  readonly room: SeededRoom
  readonly newRoom: NewRoom | undefined
  readonly steps: readonly Step[]
  readonly untilMs: number
}

const EVENTS_PER_TRANSACTION = 2000
const ONE_IN = 1000
const HOUR_MS = 3_600_000

/** Writes rooms and events in order of time. @returns the rooms, and an event of every thousand */
export async function writeRooms(
  deps: SeedDeps,
  options: SeedOptions,
  users: readonly SeedUser[],
  media: readonly string[],
  chance: Chance,
): Promise<{ roomIds: RoomId[]; reportable: Reportable[] }> {
  const rooms: SeededRoom[] = planRooms(options, chance).map((room) => ({ ...room, members: [], everMembers: new Set() }))
  const chunks = planChunks(rooms, options, chance)
  const roomIds: RoomId[] = []
  const reportable: Reportable[] = []
  let there = 1
  const source: StepSource = {
    chance,
    anybody: () => users[chance.integer(there)]!,
    anyRoom: () => (roomIds.length === 0 ? undefined : chance.pick(roomIds)),
    anyMedia: () => (media.length === 0 ? undefined : chance.pick(media)),
    serverName: deps.serverName,
  }

  let batch: ReadyChunk[] = []
  let [pending, written] = [0, 0]
  const write = async () => {
    const batchOfNow = batch
    batch = []
    const done = await deps.database.transaction((tx) => writeBatch(deps, tx, batchOfNow, chance))
    for (const { room, roomId, eventIds } of done) {
      if (!room.roomId) roomIds.push(roomId)
      room.roomId = roomId
      if (eventIds.length > 0 && chance.is(eventIds.length / ONE_IN)) {
        reportable.push({ roomId, eventId: chance.pick(eventIds), reporter: room.members[0]!.userId })
      }
    }
    written += pending
    if (Math.floor(written / 50_000) !== Math.floor((written - pending) / 50_000)) deps.onProgress(`${written} events`)
    pending = 0
  }

  for (const [index, chunk] of chunks.entries()) {
    const room = rooms[chunk.room]!
    there = usersAt(options, chunk.atMs)
    const newRoom = chunk.isFirst ? startRoom(room, chunk.room, source, deps) : undefined
    const steps = planSteps(room, chunk, source)
    const untilMs = Math.min(chunks[index + 1]?.atMs ?? options.untilMs, chunk.atMs + HOUR_MS)
    batch.push({ chunk, room, newRoom, steps, untilMs })
    pending += steps.length + (newRoom ? 7 : 0)
    if (pending >= EVENTS_PER_TRANSACTION) await write()
  }
  if (batch.length > 0) await write()
  return { roomIds, reportable }
}

/** Finds a creator, and somebody to talk to in a direct chat. */
function startRoom(room: SeededRoom, index: number, source: StepSource, { serverName }: SeedDeps): NewRoom {
  const { chance } = source
  let creator = source.anybody()
  while (!creator.isUsable) creator = source.anybody()
  admit(room, creator)
  const partner = room.kind === 'direct' ? findNewcomer(room, source) : undefined
  room.partner = partner
  const encryption = { type: 'm.room.encryption', stateKey: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }
  return {
    version: room.version,
    preset: { direct: 'trusted_private_chat', private: 'private_chat', public: 'public_chat', space: 'public_chat' }[
      room.kind
    ] as NewRoom['preset'],
    isPublished: room.isPublished,
    alias: room.hasAlias ? (`#room-${index}:${serverName}` as RoomAlias) : undefined,
    name: room.hasName ? roomName(chance) : undefined,
    topic: room.hasTopic ? sentence(chance) : undefined,
    invitees: partner ? [partner.userId] : [],
    isDirect: room.kind === 'direct',
    creationContent: room.kind === 'space' ? { type: 'm.space' } : {},
    powerLevelOverride: undefined,
    initialState: room.isEncrypted ? [encryption] : [],
  }
}

async function writeBatch(deps: SeedDeps, tx: Transaction<HomeserverSchema>, batch: readonly ReadyChunk[], chance: Chance) {
  const done: { room: SeededRoom; roomId: RoomId; eventIds: EventId[] }[] = []
  const made = new Map<SeededRoom, RoomId>()
  for (const { chunk, room, newRoom, steps, untilMs } of batch) {
    let roomId = room.roomId ?? made.get(room)
    if (newRoom) {
      deps.clock.set(chunk.atMs)
      const creator = room.members[0]!
      const profiles = new Map([creator, ...(room.partner ? [room.partner] : [])].map((user) => [user.userId, profileOf(user)]))
      roomId = await writeRoom({ ...deps, random: chance }, tx, newRoom, creator.userId, profiles, chunk.atMs)
      made.set(room, roomId)
    }
    const eventIds: EventId[] = []
    if (steps.length > 0) {
      deps.clock.set(untilMs)
      await deps.timeline.edit(tx, roomId!, async (writer) => {
        await writer.loadState(stateNeeded(steps))
        for (const [index, step] of steps.entries()) {
          const originServerTs = chunk.atMs + Math.floor(((index + 1) / (steps.length + 1)) * (untilMs - chunk.atMs))
          const draft = step(eventIds)
          const { eventId } = await writer.append({ ...draft, originServerTs })
          if (draft.stateKey === undefined && !('m.relates_to' in draft.content)) eventIds.push(eventId)
        }
      })
    }
    done.push({ room, roomId: roomId!, eventIds })
  }
  return done
}

/** What the rules will ask for, so that it is read at once. */
function stateNeeded(steps: readonly Step[]): StateTuple[] {
  const people = new Set<string>()
  for (const step of steps) {
    const { sender, type, stateKey } = step([])
    people.add(sender)
    if (type === eventTypes.member && stateKey !== undefined) people.add(stateKey)
  }
  const roomWide = [eventTypes.create, eventTypes.powerLevels, eventTypes.joinRules]
  return [...roomWide.map((type): StateTuple => [type, '']), ...[...people].map((user): StateTuple => [eventTypes.member, user])]
}
