import { eventTypes, type JsonObject } from '@glia/protocol'
import type { Hero } from '../sync/index.ts'
import type { StoredEvent } from '../timeline/index.ts'
import type { SlidingPlan } from './room-plans.ts'
import type { SlidingState, TimedPlan } from './room-state.ts'

export interface RoomParts {
  /** Position that the client came with. */
  readonly since: number | undefined
  readonly state: SlidingState
  /** undefined: the room has a name, or they did not change. */
  readonly heroes: readonly Hero[] | undefined
  /** Threads are not counted. */
  readonly unread: { readonly notifications: number; readonly highlights: number } | undefined
  readonly events: JsonObject[]
  readonly required: JsonObject[]
}

/** A room that the user is or was in. What did not change since it was told is left out. */
export function roomToWire(plan: TimedPlan, parts: RoomParts): JsonObject {
  const { memory, timeline, bumpStamp, from } = plan
  const { required, heroes } = parts
  return {
    ...(memory === undefined ? { initial: true } : {}),
    ...(memory === undefined || bumpStamp > from ? { bump_stamp: bumpStamp } : {}),
    ...nameFields(plan, parts.state),
    ...(heroes === undefined ? {} : { heroes: heroes.map(heroToWire) }),
    ...dmField(plan),
    ...countFields(plan, parts.state),
    ...unreadFields(parts.unread),
    ...(required.length > 0 ? { required_state: required } : {}),
    ...(plan.isExpanded ? { unstable_expanded_timeline: true } : {}),
    ...(timeline === undefined
      ? {}
      : {
          timeline: parts.events,
          limited: timeline.limited,
          prev_batch: timeline.prevBatch,
          num_live: numLive(timeline.events, parts.since),
        }),
  }
}

/** A room that the user is invited to or knocks at. */
export function outsideToWire(plan: SlidingPlan, stripped: JsonObject[]): JsonObject {
  return {
    ...(plan.memory === undefined ? { initial: true } : {}),
    bump_stamp: plan.bumpStamp,
    ...dmField(plan),
    ...unreadFields(undefined),
    invite_state: stripped,
  }
}

/** Events that came since the client's last request; the others are history to it. */
function numLive(events: readonly StoredEvent[], since: number | undefined): number {
  return since === undefined ? 0 : events.filter(({ position }) => position > since).length
}

function nameFields({ room, memory }: TimedPlan, { changes, name, avatar }: SlidingState): JsonObject {
  const isJoined = room.membership === 'join'
  if (memory === undefined) {
    // after leaving, what the room is called now is none of the user's business
    const own = isJoined ? { name: room.name, avatar: room.avatarUrl } : { name: textOf(name, 'name'), avatar: textOf(avatar, 'url') }
    return { ...(own.name === undefined ? {} : { name: own.name }), ...(own.avatar === undefined ? {} : { avatar: own.avatar }) }
  }
  if (!isJoined) return {}
  const changed = (type: string) => changes.some((change) => change.type === type && change.stateKey === '')
  return {
    ...(changed(eventTypes.name) ? { name: room.name ?? null } : {}),
    ...(changed(eventTypes.avatar) ? { avatar: room.avatarUrl ?? null } : {}),
  }
}

function textOf(event: StoredEvent | undefined, key: string): string | undefined {
  const value = event?.content[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function dmField({ memory, isDm }: SlidingPlan): JsonObject {
  return isDm !== (memory?.isDm ?? false) ? { is_dm: isDm } : {}
}

function countFields({ room, memory }: TimedPlan, { changes }: SlidingState): JsonObject {
  if (room.membership !== 'join') return {}
  const hasChanged = memory === undefined || changes.some(({ type }) => type === eventTypes.member)
  return hasChanged ? { joined_count: room.joinedMembers, invited_count: room.invitedMembers } : {}
}

function unreadFields(unread: RoomParts['unread']): JsonObject {
  return { notification_count: unread?.notifications ?? 0, highlight_count: unread?.highlights ?? 0 }
}

function heroToWire({ userId, displayName, avatarUrl }: Hero): JsonObject {
  return {
    user_id: userId,
    ...(displayName === undefined ? {} : { displayname: displayName }),
    ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
  }
}
