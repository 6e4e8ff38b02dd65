import type { Reads } from '@glia/database'
import { canSeeEvent, type EventId, eventTypes, type Membership, type UserId } from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'
import type { StoredEvent } from '../timeline/index.ts'
import { withoutErasedContent } from './erased-senders.ts'
import type { StateViews } from './state-views.ts'

export interface Reader {
  readonly userId: UserId
  /** Whose messages the user does not want to see; their state events stay. */
  readonly ignoredUsers: ReadonlySet<string>
}

export interface VisibleEvents {
  /** In the order given. */
  readonly events: StoredEvent[]
  /** The reader's membership at each of them, the change that the event itself makes included. */
  readonly memberships: ReadonlyMap<EventId, Membership>
}

/**
 * Keeps the events that the reader may see; those of erased users perhaps without content.
 * @param joinedUntil by room: the position up to which the reader was a member; `Infinity` while joined, absent when never joined.
 */
export async function visibleEvents(
  db: Reads<HomeserverSchema>,
  views: StateViews,
  events: readonly StoredEvent[],
  reader: Reader,
  joinedUntil: (roomId: string) => number | undefined,
): Promise<VisibleEvents> {
  const wanted = events.filter(
    (event) =>
      event.rejectedReason === undefined &&
      !event.isSoftFailed &&
      (event.stateKey !== undefined || event.sender === reader.userId || !reader.ignoredUsers.has(event.sender)),
  )
  const byGroup = await views.of(
    db,
    reader.userId,
    wanted.flatMap(({ stateBefore, stateAfter }) => [stateBefore, stateAfter]),
  )
  const memberships = new Map<EventId, Membership>()
  const visible = wanted.filter((event) => {
    const before = byGroup.get(event.stateBefore)!
    const after = byGroup.get(event.stateAfter)!
    memberships.set(event.eventId, after.membership)
    const isOwnMembership = event.type === eventTypes.member && event.stateKey === reader.userId
    return (
      canSeeEvent({
        visibility: after.visibility,
        previousVisibility: event.type === eventTypes.historyVisibility && event.stateKey === '' ? before.visibility : undefined,
        membershipAtEvent: after.membership,
        membershipBefore: isOwnMembership ? before.membership : undefined,
        isJoinedLater: event.position < (joinedUntil(event.roomId) ?? -1),
      }) || isOwnMembership
    )
  })
  return { events: await withoutErasedContent(db, visible, memberships), memberships }
}
