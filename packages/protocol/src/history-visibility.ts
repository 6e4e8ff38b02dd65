import type { Membership } from './membership.ts'

export type HistoryVisibility = 'world_readable' | 'shared' | 'invited' | 'joined'

/** The visibility that a content value means; missing and unknown ones mean `shared`. */
export function historyVisibilityOf(value: unknown): HistoryVisibility {
  return value === 'world_readable' || value === 'invited' || value === 'joined' ? value : 'shared'
}

export interface VisibilityInput {
  /** In force at the event; for a visibility event, its new value. */
  visibility: HistoryVisibility
  /** For an `m.room.history_visibility` event: the value that it replaced. */
  previousVisibility?: HistoryVisibility | undefined
  /** The user's membership at the event; for the user's own member event, its new value. */
  membershipAtEvent: Membership
  /** For the user's own member event: the membership that it replaced. */
  membershipBefore?: Membership | undefined
  /** Whether the user was joined at any time after the event. */
  isJoinedLater: boolean
}

/**
 * Whether a user may see an event. Of a change, either side is enough.
 * Source: Client-Server API, "Room history visibility".
 */
export function canSeeEvent(input: VisibilityInput): boolean {
  const visibilities = input.previousVisibility === undefined ? [input.visibility] : [input.visibility, input.previousVisibility]
  const memberships = input.membershipBefore === undefined ? [input.membershipAtEvent] : [input.membershipAtEvent, input.membershipBefore]
  return visibilities.some((visibility) => memberships.some((membership) => isVisible(visibility, membership, input.isJoinedLater)))
}

function isVisible(visibility: HistoryVisibility, membership: Membership, isJoinedLater: boolean): boolean {
  if (visibility === 'world_readable' || membership === 'join') return true
  if (visibility === 'shared') return isJoinedLater
  return visibility === 'invited' && membership === 'invite'
}
