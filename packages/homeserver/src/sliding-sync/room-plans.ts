import type { RoomId } from '@glia/protocol'
import { endOfStay } from '../history/index.ts'
import type { OwnRoom, TimelineWindow } from '../sync/index.ts'
import type { ListedRoom } from './listed-rooms.ts'
import type { RoomMemory } from './memory.ts'
import { holdsAll } from './required-state.ts'
import type { LookDeps, SlidingLook } from './sliding-look.ts'
import type { RoomConfig } from './sliding-request.ts'
import type { Windows } from './windows.ts'

/** The highest `timeline_limit`; remembered where all events of the room were sent. */
export const MAX_TIMELINE = 1000

/** A room in sight that may have news, and what of it is to be told. */
export interface SlidingPlan {
  readonly room: OwnRoom
  readonly bumpStamp: number
  readonly config: RoomConfig
  /** undefined: the client is told the room afresh. */
  readonly memory: RoomMemory | undefined
  /** The client knows everything up to here; 0: nothing. */
  readonly from: number
  readonly isDm: boolean
  /** Invited or knocking: stripped state is all that may be told. */
  readonly isOutside: boolean
  readonly window: TimelineWindow
  /** More events are wanted than were sent: the newest ones are told again. */
  readonly isExpanded: boolean
  /** More state is wanted than was sent. */
  readonly isGrown: boolean
  /** State is told as of this position; undefined: the user may see none but the own membership. */
  readonly stateUpTo: number | undefined
}

/**
 * Finds the rooms in sight that may have news.
 * @param read rooms that the user read since: their unread counts changed
 */
export async function planRooms(deps: LookDeps, look: SlidingLook, windows: Windows, read: ReadonlySet<RoomId>): Promise<SlidingPlan[]> {
  const plans: SlidingPlan[] = []
  for (const [roomId, config] of windows.configs) {
    const entry = windows.rooms.get(roomId)!
    const memory = knownMemory(look, entry)
    const from = memory ? (memory.upTo ?? look.since ?? 0) : 0
    const known = { memory, from, isDm: windows.directRooms.has(roomId) }
    const { membership } = entry.room
    if (membership === 'join') {
      const plan = planJoined(look, entry, config, known)
      if (hasNews(plan) || read.has(roomId)) plans.push(plan)
    } else if (memory === undefined || entry.room.memberPosition > from) {
      const isOutside = membership === 'invite' || membership === 'knock'
      plans.push(isOutside ? planOutside(look, entry, config, known) : await planLeft(deps, entry, config, known))
    }
  }
  return plans
}

type Known = Pick<SlidingPlan, 'memory' | 'from' | 'isDm'>

/** Whoever came (back) into a room since the last answer is told it afresh. */
function knownMemory(look: SlidingLook, { room }: ListedRoom): RoomMemory | undefined {
  return isNewlyJoined(look, room) ? undefined : look.draft.rooms.get(room.roomId)
}

export function isNewlyJoined(look: SlidingLook, room: OwnRoom): boolean {
  return look.since !== undefined && room.membership === 'join' && room.history.some((membership) => membership !== 'join')
}

function planJoined(look: SlidingLook, { room, bumpStamp }: ListedRoom, config: RoomConfig, known: Known): SlidingPlan {
  const { memory, from } = known
  const isExpanded = memory !== undefined && config.timelineLimit > memory.timelineLimit
  const after = isExpanded ? 0 : from
  return {
    ...known,
    room,
    bumpStamp,
    config,
    isOutside: false,
    window: { roomId: room.roomId, after, upTo: look.now, joinedUntil: Number.POSITIVE_INFINITY },
    isExpanded,
    isGrown: memory !== undefined && !holdsAll(look.draft.requiredState(memory.requiredState), config.requiredState),
    stateUpTo: look.now,
  }
}

function hasNews({ memory, isExpanded, isGrown, room, from, isDm }: SlidingPlan): boolean {
  return memory === undefined || isExpanded || isGrown || room.lastPosition > from || memory.isDm !== isDm
}

function planOutside(look: SlidingLook, { room, bumpStamp }: ListedRoom, config: RoomConfig, known: Known): SlidingPlan {
  const window = { roomId: room.roomId, after: look.now, upTo: look.now, joinedUntil: undefined }
  return { ...known, room, bumpStamp, config, isOutside: true, window, isExpanded: false, isGrown: false, stateUpTo: undefined }
}

/** A room is told as left up to the user's own last event; its state, as of the end of the stay. */
async function planLeft(deps: LookDeps, { room, bumpStamp }: ListedRoom, config: RoomConfig, known: Known): Promise<SlidingPlan> {
  const stay = await endOfStay(deps.database.read, { event_id: room.memberEventId })
  return {
    ...known,
    room,
    bumpStamp,
    config,
    isOutside: false,
    window: { roomId: room.roomId, after: known.from, upTo: room.memberPosition, joinedUntil: stay?.position },
    isExpanded: false,
    isGrown: false,
    stateUpTo: stay && stay.position > known.from ? stay.position : undefined,
  }
}
