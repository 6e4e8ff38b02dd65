import type { StoredEvent } from '../timeline/index.ts'
import type { OwnRoom } from './own-rooms.ts'
import type { Timeline, TimelineWindow } from './timelines.ts'

/** A joined or left room and what of it is to be told. */
export interface RoomPlan {
  readonly room: OwnRoom
  /** From where to where. `after` is 0 where the client knows nothing of the room. */
  readonly window: TimelineWindow
  /** The client knows nothing of the room, or asked for all: the whole state, not only what changed. */
  readonly isWhole: boolean
  /** The user came into the room since the last sync. */
  readonly isNewlyJoined: boolean
  /** The user was not in the room: only the timeline, which shows what they may see. */
  readonly hidesState: boolean
}

/** A plan with its timeline. */
export interface PlannedRoom extends RoomPlan {
  readonly timeline: Timeline
}

/** The first position that the timeline covers. */
export function timelineStart({ window, timeline }: PlannedRoom): number {
  return timeline.events[0]?.position ?? window.upTo + 1
}

export function isMemberEvent(event: StoredEvent): boolean {
  return event.type === 'm.room.member' && event.stateKey !== undefined
}
