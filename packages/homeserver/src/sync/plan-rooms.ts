import type { Reads } from '@glia/database'
import { isRoomAllowed, type RoomId } from '@glia/protocol'
import { endOfStay } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import type { OwnRoom } from './own-rooms.ts'
import type { RoomPlan } from './room-plan.ts'
import type { SyncLook } from './sync-request.ts'

/** The user's rooms, sorted by what is to be told of them. */
export interface RoomPlans {
  readonly joined: readonly RoomPlan[]
  readonly left: readonly RoomPlan[]
  readonly invited: readonly OwnRoom[]
  readonly knocked: readonly OwnRoom[]
}

/** Decides for every room whether it may have news and from where on they are told. */
export async function planRooms(db: Reads<HomeserverSchema>, look: SyncLook, rooms: readonly OwnRoom[]): Promise<RoomPlans> {
  const wanted = rooms.filter(({ roomId }) => isRoomAllowed(look.filter.room, roomId))
  const by = (...memberships: string[]) => wanted.filter(({ membership }) => memberships.includes(membership))
  const isNews = ({ memberEvent }: OwnRoom) => look.since === undefined || look.fullState || memberEvent !== undefined
  const left: RoomPlan[] = []
  for (const room of by('leave', 'ban')) {
    const plan = await planLeft(db, look, room)
    if (plan) left.push(plan)
  }
  return {
    joined: by('join').map((room) => planJoined(look, room)),
    left,
    invited: by('invite').filter(isNews),
    knocked: by('knock').filter(isNews),
  }
}

function planJoined(look: SyncLook, room: OwnRoom): RoomPlan {
  const isNewlyJoined = look.since !== undefined && room.history.some((membership) => membership !== 'join')
  const isUnknown = look.since === undefined || isNewlyJoined
  return {
    room,
    window: {
      roomId: room.roomId,
      after: isUnknown ? 0 : look.since!.position,
      upTo: look.now,
      joinedUntil: Number.POSITIVE_INFINITY,
    },
    isWhole: isUnknown || look.fullState,
    isNewlyJoined,
    hidesState: false,
  }
}

/** A room is told as left up to the user's own last event, and only once. */
async function planLeft(db: Reads<HomeserverSchema>, look: SyncLook, room: OwnRoom): Promise<RoomPlan | undefined> {
  const since = look.since
  const isTold = room.memberEvent !== undefined || (look.filter.room.includeLeave && (since === undefined || look.fullState))
  if (!isTold) return undefined
  const stay = await endOfStay(db, { event_id: room.memberEventId })
  const isInitial = since === undefined
  const wasIn = isInitial ? stay !== undefined : room.history.includes('join')
  const upTo = room.memberEvent?.position ?? stay?.position
  if (upTo === undefined || (isInitial && !wasIn)) return undefined
  const isUnknown = isInitial || (wasIn && room.history[0] !== 'join')
  return {
    room,
    window: { roomId: room.roomId, after: isUnknown ? 0 : since.position, upTo, joinedUntil: stay?.position },
    isWhole: isUnknown || (wasIn && look.fullState),
    isNewlyJoined: false,
    // whoever only turned down an invitation, or is banned from outside, learns nothing of the room
    hidesState: !wasIn,
  }
}

/** The rooms in which something that members see happened since the client's token. */
export function roomsWithNews(plans: readonly RoomPlan[], alsoChanged: ReadonlySet<RoomId>): RoomPlan[] {
  return plans.filter(({ room, window, isWhole }) => isWhole || room.lastPosition > window.after || alsoChanged.has(room.roomId))
}
