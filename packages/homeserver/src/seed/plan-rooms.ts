import { type RoomVersion, roomVersion } from '@glia/protocol'
import type { Chance } from './chance.ts'
import { HISTORY_MS, type SeedOptions } from './seed-deps.ts'

export type RoomKind = 'direct' | 'private' | 'public' | 'space'

export interface PlannedRoom {
  readonly kind: RoomKind
  readonly version: RoomVersion
  readonly isEncrypted: boolean
  readonly isPublished: boolean
  readonly hasName: boolean
  readonly hasTopic: boolean
  readonly hasAlias: boolean
  /** Members beside the creator. */
  readonly joins: number
  readonly startMs: number
  readonly endMs: number
}

/** Some events of one room, one after another. */
export interface PlannedChunk {
  /** Index of the room. */
  readonly room: number
  readonly atMs: number
  readonly isFirst: boolean
  readonly joins: number
  readonly messages: number
}

/** Of all events, this share is for joining. */
const JOINING_SHARE = 0.3
const ROOM_OF_RANK = (rank: number) => 1 / (rank + 1) ** 0.9
const EVENTS_PER_CHUNK = 80
const VERSIONS = ['9', '10', '10', '11', '11', '12'].map((id) => roomVersion(id)!)

/** Makes up rooms: few large ones and many small ones, older and newer, some silent for long. */
export function planRooms(options: SeedOptions, chance: Chance): PlannedRoom[] {
  const weights = Array.from({ length: options.rooms }, (_, rank) => ROOM_OF_RANK(rank))
  const perWeight = (options.events * JOINING_SHARE) / Math.max(1, sum(weights))
  const largest = Math.max(1, Math.floor(options.users / 2))
  return weights.map((weight) => {
    const joins = Math.min(largest, Math.max(1, Math.round(weight * perWeight)))
    const kind = kindOf(joins, chance)
    const startMs = Math.floor(options.untilMs - (0.02 + 0.96 * chance.share()) * HISTORY_MS)
    const isActive = chance.is(0.6)
    return {
      kind,
      version: chance.pick(VERSIONS),
      isEncrypted: kind !== 'space' && chance.is({ direct: 0.8, private: 0.6, public: 0.1 }[kind]),
      isPublished: kind === 'public' && chance.is(0.4),
      hasName: kind !== 'direct' && chance.is(0.95),
      hasTopic: kind !== 'direct' && chance.is(0.3),
      hasAlias: kind === 'public' && chance.is(0.7),
      joins,
      startMs,
      endMs: isActive ? options.untilMs : Math.floor(startMs + chance.share() * (options.untilMs - startMs)),
    }
  })
}

function kindOf(joins: number, chance: Chance): RoomKind {
  if (chance.is(0.01)) return 'space'
  if (joins === 1) return chance.is(0.8) ? 'direct' : 'private'
  return chance.is(joins <= 30 ? 0.6 : 0.15) ? 'private' : 'public'
}

/** How many events a room starts with. */
function initialEvents(room: PlannedRoom): number {
  const optional = [room.isEncrypted, room.hasName, room.hasTopic, room.hasAlias, room.kind === 'direct'].filter(Boolean).length
  return 5 + (isOpen(room) ? 0 : 1) + optional
}

/** Whether everybody may join. */
export function isOpen({ kind }: PlannedRoom): boolean {
  return kind === 'public' || kind === 'space'
}

function eventsPerJoin({ kind }: PlannedRoom): number {
  return kind === 'private' ? 2 : 1
}

/** Spreads the events over rooms and time. In order of time. */
export function planChunks(rooms: readonly PlannedRoom[], options: SeedOptions, chance: Chance): PlannedChunk[] {
  const needed = sum(rooms.map((room) => initialEvents(room) + room.joins * eventsPerJoin(room)))
  const left = Math.max(0, options.events - needed)
  const talks = rooms.map(({ joins }) => (joins + 1) * (0.1 + chance.share() ** 2))
  const allTalks = sum(talks)
  let spoken = 0
  let given = 0
  const chunks = rooms.flatMap((room, index) => {
    spoken += talks[index]!
    const messages = Math.round((left * spoken) / allTalks) - given
    given += messages
    const count = Math.max(1, Math.ceil((messages + room.joins * eventsPerJoin(room)) / EVENTS_PER_CHUNK))
    return Array.from({ length: count }, (_, n): PlannedChunk => {
      const part = (of: number) => Math.ceil((of * (n + 1)) / count) - Math.ceil((of * n) / count)
      const atMs = Math.floor(room.startMs + (n / count) * (room.endMs - room.startMs))
      return { room: index, atMs, isFirst: n === 0, joins: part(room.joins), messages: part(messages) }
    })
  })
  chunks.sort((a, b) => a.atMs - b.atMs)
  let lastMs = 0
  return chunks.map((chunk) => {
    lastMs = Math.max(lastMs + 1, chunk.atMs)
    return { ...chunk, atMs: lastMs }
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
