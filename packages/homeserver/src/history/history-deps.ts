import type { Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import { type EventId, type Membership, type RoomId, stateMapKey, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import { findEvents, type StoredEvent, stateOfGroup } from '../timeline/index.ts'
import type { ClientView } from './client-events.ts'
import { ignoredUsersOf } from './ignored-users.ts'
import { joinedUntilOf, type RoomAccess, roomAccess } from './room-access.ts'
import type { StateViews } from './state-views.ts'
import { visibleEvents } from './visibility.ts'

export interface HistoryDeps {
  readonly database: Database<HomeserverSchema>
  readonly views: StateViews
  readonly clock: Clock
}

/** Who reads. */
export interface HistoryReader {
  readonly userId: UserId
  /** Sees transaction ids of what it sent. */
  readonly sessionId: string | undefined
  /** A server admin with the admin API: every room, every event. */
  readonly seesEverything?: boolean
}

/** One reader in one room, with what is known about them. */
export interface Reading {
  readonly reader: HistoryReader
  readonly roomId: RoomId
  readonly access: RoomAccess
  readonly ignoredUsers: ReadonlySet<string>
}

const NOBODY: ReadonlySet<string> = new Set()

/** @throws MatrixError 403 M_FORBIDDEN when the reader may not read in the room */
export async function openRoom(deps: HistoryDeps, roomId: RoomId, reader: HistoryReader): Promise<Reading> {
  if (reader.seesEverything) return { reader, roomId, access: { kind: 'everything' }, ignoredUsers: NOBODY }
  const access = await roomAccess(deps.database.read, roomId, reader.userId)
  return { reader, roomId, access, ignoredUsers: await ignoredUsersOf(deps.database.read, reader.userId) }
}

/** Keeps what may be seen, in the order given. */
export async function keepVisible(
  deps: HistoryDeps,
  reading: Reading,
  events: readonly StoredEvent[],
): Promise<{ events: StoredEvent[]; memberships: ReadonlyMap<EventId, Membership> }> {
  const { reader, access, ignoredUsers } = reading
  if (access.kind === 'everything') return { events: [...events], memberships: new Map() }
  const joinedUntil = joinedUntilOf(access)
  return visibleEvents(deps.database.read, deps.views, events, { userId: reader.userId, ignoredUsers }, () => joinedUntil)
}

/** How this reader gets events written. */
export function viewOf(deps: HistoryDeps, reading: Reading, memberships?: ReadonlyMap<EventId, Membership>): ClientView {
  return {
    userId: reading.reader.userId,
    sessionId: reading.reader.sessionId,
    ignoredUsers: reading.ignoredUsers,
    nowMs: deps.clock.nowMs(),
    place: 'elsewhere',
    memberships,
  }
}

/** The member events of these users in the state after `at`. */
export async function membersAt(deps: HistoryDeps, at: StoredEvent, userIds: Iterable<string>): Promise<StoredEvent[]> {
  const users = [...new Set(userIds)]
  const state = await stateOfGroup(deps.database.read, at.stateAfter, {
    tuples: users.map((userId) => ['m.room.member', userId]),
  })
  const events = await findEvents(deps.database.read, state.values())
  return users.flatMap((userId) => events.get(state.get(stateMapKey('m.room.member', userId))!) ?? [])
}
