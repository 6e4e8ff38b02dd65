import type { EventId, RoomId } from '@glia/protocol'
import { type RequiredState, requiredStateId } from './required-state.ts'

/** What a client was sent of a room. */
export interface RoomMemory {
  /** null: everything up to the position of the answer. A number: news after that position were not told, the room was out of sight. */
  readonly upTo: number | null
  /** So many of the newest events were sent. */
  readonly timelineLimit: number
  /** Id of the required state that was sent and is kept up to date. */
  readonly requiredState: string
  readonly isDm: boolean
  /** Of which extensions the client has everything. */
  readonly accountData: boolean
  readonly receipts: boolean
  readonly typing: boolean
}

/** What a client was sent on a connection. Never changed: another answer has another. */
export interface Memory {
  readonly rooms: ReadonlyMap<RoomId, RoomMemory>
  /** `<roomId> <userId>` → the member event that was sent because a timeline needed it. */
  readonly members: ReadonlyMap<string, EventId>
  readonly requiredStates: ReadonlyMap<string, RequiredState>
}

export const EMPTY_MEMORY: Memory = { rooms: new Map(), members: new Map(), requiredStates: new Map() }

/** One difference between two memories, as it is stored. `value` undefined: the entry is gone. */
export interface MemoryChange {
  readonly kind: string
  readonly name: string
  readonly value: string | undefined
}

/** More members are not remembered; they are sent again. */
const MAX_MEMBERS = 5000

/** A memory while an answer is made. */
export class MemoryDraft {
  readonly #rooms: Map<RoomId, RoomMemory>
  readonly #members: Map<string, EventId>
  readonly #requiredStates: Map<string, RequiredState>
  readonly #changes = new Map<string, MemoryChange>()

  constructor(memory: Memory) {
    this.#rooms = new Map(memory.rooms)
    this.#members = new Map(memory.members)
    this.#requiredStates = new Map(memory.requiredStates)
  }

  get rooms(): ReadonlyMap<RoomId, RoomMemory> {
    return this.#rooms
  }

  /** What differs from the memory that the draft began with, or once did. */
  get changes(): readonly MemoryChange[] {
    return [...this.#changes.values()]
  }

  requiredState(id: string): RequiredState {
    return this.#requiredStates.get(id) ?? []
  }

  /** @returns the id by which room memories name it */
  addRequiredState(required: RequiredState): string {
    const id = requiredStateId(required)
    if (!this.#requiredStates.has(id)) {
      this.#requiredStates.set(id, required)
      this.#note('required_state', id, JSON.stringify(required))
    }
    return id
  }

  setRoom(roomId: RoomId, room: RoomMemory): void {
    const value = JSON.stringify(room)
    const known = this.#rooms.get(roomId)
    if (known && JSON.stringify({ ...room, ...known }) === value) return
    this.#rooms.set(roomId, room)
    this.#note('room', roomId, value)
  }

  /** The client is to be told the room afresh. */
  dropRoom(roomId: RoomId): void {
    if (!this.#rooms.delete(roomId)) return
    this.#note('room', roomId, undefined)
    this.forgetMembers(roomId)
  }

  forgetMembers(roomId: RoomId): void {
    for (const key of this.#members.keys()) {
      if (!key.startsWith(`${roomId} `)) continue
      this.#members.delete(key)
      this.#note('member', key, undefined)
    }
  }

  sentMember(roomId: RoomId, userId: string): EventId | undefined {
    return this.#members.get(`${roomId} ${userId}`)
  }

  addMember(roomId: RoomId, userId: string, eventId: EventId): void {
    const key = `${roomId} ${userId}`
    if (this.#members.get(key) === eventId || (this.#members.size >= MAX_MEMBERS && !this.#members.has(key))) return
    this.#members.set(key, eventId)
    this.#note('member', key, JSON.stringify(eventId))
  }

  /** Leaves out what no room is kept up to date by any more. */
  finish(): Memory {
    const used = new Set([...this.#rooms.values()].map(({ requiredState }) => requiredState))
    for (const id of this.#requiredStates.keys()) {
      if (used.has(id)) continue
      this.#requiredStates.delete(id)
      this.#note('required_state', id, undefined)
    }
    return { rooms: this.#rooms, members: this.#members, requiredStates: this.#requiredStates }
  }

  #note(kind: string, name: string, value: string | undefined): void {
    this.#changes.set(`${kind} ${name}`, { kind, name, value })
  }
}

/** Reads stored entries, those of the base before those that changed it. */
export function memoryOf(entries: readonly { kind: string; name: string; value: string | null }[]): Memory {
  const maps: Record<string, Map<string, unknown>> = { room: new Map(), member: new Map(), required_state: new Map() }
  for (const { kind, name, value } of entries) {
    if (value === null) maps[kind]?.delete(name)
    else maps[kind]?.set(name, JSON.parse(value))
  }
  return {
    rooms: maps.room as Map<RoomId, RoomMemory>,
    members: maps.member as Map<string, EventId>,
    requiredStates: maps.required_state as Map<string, RequiredState>,
  }
}
