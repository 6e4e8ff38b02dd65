import { type Database, type DialectName, openDatabase } from '@glia/database'
import {
  defaultPowerLevels,
  eventTypes,
  type JsonObject,
  makeSigningKey,
  type RoomId,
  roomVersion,
  type ServerName,
  type UserId,
} from '@glia/protocol'
import { FakeClock, openTestDatabase, seededRandom } from '@glia/testing'
import { homeserverMigrations } from '../../migrations/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { SignalBus } from '../signals.ts'
import { createTimeline, type Timeline } from './append-event.ts'
import { newRoomOf } from './new-room-id.ts'
import type { AppendedEvent } from './room-writer.ts'

export const serverName = 'glia.test' as ServerName
export const alice = '@alice:glia.test' as UserId
export const bob = '@bob:glia.test' as UserId
export const carol = '@carol:glia.test' as UserId

/** For tests: a database of its own with a timeline on it. */
export async function openTimelineFixture(dialect: DialectName) {
  const { database, remove, options } = await openTestDatabase<HomeserverSchema>(dialect, homeserverMigrations)
  const clock = new FakeClock()
  const random = seededRandom(dialect)
  const signals = new SignalBus()
  const signingKey = makeSigningKey('a_test', new Uint8Array(32).fill(7))
  const timelineOn = (on: Database<HomeserverSchema>, bus: SignalBus) =>
    createTimeline({ database: on, serverName, signingKey, clock, signals: bus })
  const timeline = timelineOn(database, signals)
  const appendTo =
    (to: Timeline) =>
    (roomId: RoomId, sender: UserId, type: string, content: JsonObject, stateKey?: string): Promise<AppendedEvent> =>
      to.transaction(roomId, (tx) => to.append(tx, { roomId, sender, type, content, ...(stateKey === undefined ? {} : { stateKey }) }))
  const append = appendTo(timeline)

  return {
    database,
    clock,
    random,
    signals,
    timeline,
    append,
    remove,
    /** Another process on the same database, of whose signals this one hears nothing. */
    async openOtherProcess() {
      const other = await openDatabase<HomeserverSchema>(options, () => {})
      return { database: other, append: appendTo(timelineOn(other, new SignalBus())), close: () => other.close() }
    },
    /** A public room with Alice as its creator. */
    async createRoom(versionId = '11'): Promise<RoomId> {
      // two rooms of version 12 that differ in nothing would be one
      clock.advance(1)
      const version = roomVersion(versionId)!
      return database.transaction((tx) =>
        timeline.create(tx, newRoomOf(version, { random, serverName }), async (room) => {
          const content = { room_version: versionId, ...(version.creatorInContent ? { creator: alice } : {}) }
          await room.append({ type: eventTypes.create, sender: alice, stateKey: '', content })
          await room.append({
            type: eventTypes.member,
            sender: alice,
            stateKey: alice,
            content: { membership: 'join', displayname: 'Alice' },
          })
          const levels = defaultPowerLevels({ creator: alice, preset: 'public_chat', version })
          await room.append({ type: eventTypes.powerLevels, sender: alice, stateKey: '', content: levels })
          await room.append({ type: eventTypes.joinRules, sender: alice, stateKey: '', content: { join_rule: 'public' } })
          return room.roomId
        }),
      )
    },
    join: (roomId: RoomId, userId: UserId) => append(roomId, userId, eventTypes.member, { membership: 'join' }, userId),
  }
}
