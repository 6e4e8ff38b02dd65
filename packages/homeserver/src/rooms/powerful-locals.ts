import {
  creatorsOf,
  eventTypes,
  isJsonObject,
  membershipOf,
  type PowerLevelsView,
  type ServerName,
  serverNameOf,
  type UserId,
} from '@glia/protocol'
import type { RoomWriter } from '../timeline/index.ts'

/** Joined local users whom the room gives power by name (creators, power levels), strongest first. Creators count as its version says. */
export async function powerfulLocals(room: RoomWriter, serverName: ServerName): Promise<UserId[]> {
  const create = await room.state(eventTypes.create, '')
  const named = (await room.state(eventTypes.powerLevels, ''))?.content.users
  const creators = create ? creatorsOf(create, room.version) : []
  const candidates = [...new Set([...creators, ...(isJsonObject(named) ? (Object.keys(named) as UserId[]) : [])])].filter(
    (userId) => serverNameOf(userId) === serverName,
  )
  await room.loadState(candidates.map((userId) => [eventTypes.member, userId]))
  const joined: UserId[] = []
  for (const userId of candidates) if (membershipOf(await room.state(eventTypes.member, userId)) === 'join') joined.push(userId)
  const levels = await room.powerLevels()
  return joined.sort(strongestFirst(levels))
}

/** Compares users by power. Creators of version 12 have no number to subtract. */
export function strongestFirst(levels: PowerLevelsView): (a: UserId, b: UserId) => number {
  return (a, b) => (levels.of(a) === levels.of(b) ? 0 : levels.of(b) > levels.of(a) ? 1 : -1)
}
