import type { Reads } from '@glia/database'
import { LruCache } from '@glia/platform'
import { type Appservice, eventTypes, isOwnAlias, isOwnRoomId, isOwnUser, type RoomId } from '@glia/protocol'
import { aliasesOfRoom } from '../directory/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { findEvents } from '../timeline/index.ts'
import type { RoutedEvent } from './feed-store.ts'

const CACHED_ROOMS = 10_000

/**
 * Which events and rooms are for an application service: rooms of its room and alias namespaces, rooms in which one of its users is, events of
 * and about its users. Only local users count. Source: Application Service API, "Registration", `namespaces`.
 */
export class RoomInterest {
  readonly #service: Appservice
  readonly #hasOwnMember = new LruCache<string, boolean>(CACHED_ROOMS)

  constructor(service: Appservice) {
    this.#service = service
  }

  async isForService(db: Reads<HomeserverSchema>, event: RoutedEvent): Promise<boolean> {
    const aboutOwnUser = event.type === eventTypes.member && event.state_key !== null && isOwnUser(this.#service, event.state_key)
    if (aboutOwnUser) this.#hasOwnMember.delete(event.room_id)
    if (aboutOwnUser || isOwnUser(this.#service, event.sender) || isOwnRoomId(this.#service, event.room_id)) return true
    return (await this.#wasInside(db, event.room_id, event.position)) || (await this.#isNamed(db, event.room_id))
  }

  /** Whether the service has to do with a room now. */
  async isRoomOfInterest(db: Reads<HomeserverSchema>, roomId: string): Promise<boolean> {
    return isOwnRoomId(this.#service, roomId) || (await this.ownMembers(db, roomId)).length > 0 || (await this.#isNamed(db, roomId))
  }

  /** The service's users that are in a room. */
  async ownMembers(db: Reads<HomeserverSchema>, roomId: string): Promise<string[]> {
    const rows = await db
      .selectFrom('memberships')
      .select('user_id')
      .where('room_id', '=', roomId)
      .where('membership', '=', 'join')
      .where('is_local', '=', 1)
      .execute()
    return rows.map(({ user_id }) => user_id).filter((userId) => isOwnUser(this.#service, userId))
  }

  /** As of an event. Events come in order, and member events of own users make it forget, so what is remembered holds. */
  async #wasInside(db: Reads<HomeserverSchema>, roomId: string, position: number): Promise<boolean> {
    const known = this.#hasOwnMember.get(roomId)
    if (known !== undefined) return known
    const wasInside = await this.#hadOwnMember(db, roomId, position)
    this.#hasOwnMember.set(roomId, wasInside)
    return wasInside
  }

  async #hadOwnMember(db: Reads<HomeserverSchema>, roomId: string, position: number): Promise<boolean> {
    const changes = await db
      .selectFrom('state_changes')
      .select(['state_key', 'previous_event_id'])
      .where('room_id', '=', roomId)
      .where('position', '>', position)
      .where('type', '=', eventTypes.member)
      .orderBy('position')
      .execute()
    const before = new Map<string, string | null>()
    for (const { state_key, previous_event_id } of changes) {
      if (!before.has(state_key) && isOwnUser(this.#service, state_key)) before.set(state_key, previous_event_id)
    }
    const unchanged = (await this.ownMembers(db, roomId)).filter((userId) => !before.has(userId))
    if (unchanged.length > 0) return true
    const events = await findEvents(
      db,
      [...before.values()].filter((id) => id !== null),
    )
    return [...events.values()].some(({ content }) => content.membership === 'join')
  }

  /** Aliases come and go without an event, so they are looked up each time. */
  async #isNamed(db: Reads<HomeserverSchema>, roomId: string): Promise<boolean> {
    if (this.#service.namespaces.aliases.length === 0) return false
    return (await aliasesOfRoom(db, roomId as RoomId)).some((alias) => isOwnAlias(this.#service, alias))
  }
}
