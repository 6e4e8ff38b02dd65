import { authTypesNeeded } from '../auth-rules/auth-types.ts'
import { stateMapKey } from '../events.ts'
import type { EventId, RoomId, UserId } from '../ids.ts'
import type { JsonObject } from '../json.ts'
import type { RoomVersion } from '../room-versions.ts'
import { resolveState } from './resolve.ts'
import type { StateEvent, StateMap } from './types.ts'

export const alice = '@alice:a' as UserId // creator
export const bob = '@bob:b' as UserId // level 50 at first
export const carol = '@carol:c' as UserId // level 0
export const id = (name: string) => `$${name}` as EventId

/** A room as a graph: events name what comes before them, and get their auth events from the state there. */
export class Graph {
  readonly events = new Map<EventId, StateEvent>()
  private readonly after = new Map<EventId, StateMap>()
  private clock = 0
  readonly version: RoomVersion

  constructor(version: RoomVersion) {
    this.version = version
    this.add('create', alice, 'm.room.create', '', version.creatorInContent ? { creator: alice } : {}, [])
    this.add('alice', alice, 'm.room.member', alice, { membership: 'join' }, ['create'])
    this.add('levels', alice, 'm.room.power_levels', '', this.levels({ [bob]: 50 }), ['alice'])
    this.add('public', alice, 'm.room.join_rules', '', { join_rule: 'public' }, ['levels'])
    this.add('bob', bob, 'm.room.member', bob, { membership: 'join' }, ['public'])
    this.add('carol', carol, 'm.room.member', carol, { membership: 'join' }, ['bob'])
  }

  levels(users: JsonObject): JsonObject {
    return { users: this.version.privilegedCreators ? users : { [alice]: 100, ...users } }
  }

  load = (eventId: EventId) => this.events.get(eventId)

  stateAfter(names: string[], order: <T>(list: T[]) => T[] = (list) => list): StateMap {
    const sets = names.map((name) => this.after.get(id(name))!)
    return sets.length === 1 ? sets[0]! : resolveState(order(sets.map((set) => new Map(order([...set])))), this.load, this.version)
  }

  add(name: string, sender: UserId, type: string, stateKey: string, content: JsonObject, prev: string[], ts = ++this.clock): void {
    const before = prev.length === 0 ? new Map<string, EventId>() : this.stateAfter(prev)
    const authEvents = authTypesNeeded({ type, sender, stateKey, content }, this.version)
      .map(([authType, authKey]) => before.get(stateMapKey(authType, authKey)))
      .filter((eventId) => eventId !== undefined)
    const event: StateEvent = {
      eventId: id(name),
      roomId: '!create' as RoomId,
      type,
      stateKey,
      sender,
      content: type === 'm.room.create' ? { room_version: this.version.id, ...content } : content,
      originServerTs: ts,
      authEvents,
      prevEvents: prev.map(id),
    }
    // Old versions compare the room id's server with the sender's.
    if (!this.version.roomIdIsCreateHash) event.roomId = '!r:a' as RoomId
    this.events.set(event.eventId, event)
    this.after.set(event.eventId, new Map(before).set(stateMapKey(type, stateKey), event.eventId))
  }
}

/** Deterministic shuffles, so that a failure can be repeated. */
export function shuffler(seed: number): <T>(list: T[]) => T[] {
  let state = seed
  return (list) => {
    const copy = [...list]
    for (let index = copy.length - 1; index > 0; index--) {
      state = (state * 48_271) % 2_147_483_647
      const other = state % (index + 1)
      ;[copy[index], copy[other]] = [copy[other]!, copy[index]!]
    }
    return copy
  }
}
