import type { Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import type { ClientEvent, PushAction, RoomId, UserId } from '@glia/protocol'
import type { RecentChanges } from '../changes/index.ts'
import { ignoredUsersOf, toClientEvents } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { findNotifying, findOwnRooms, type NotifyingEvent, PushEvaluator } from '../sync/index.ts'
import { findEvents } from '../timeline/index.ts'

export interface Notification {
  readonly roomId: RoomId
  /** Of the push rule that decided. */
  readonly actions: PushAction[]
  readonly receivedAtMs: number
  readonly event: ClientEvent
  readonly isRead: boolean
}

export interface NotificationPage {
  /** Newest first. */
  readonly notifications: Notification[]
  /** For the next page; undefined at the end. A page with it may be empty: not all of a long history is searched in one go. */
  readonly nextBefore: number | undefined
}

/** What notified a user, or would have, by the push rules of now: in the rooms the user is in, since joining, and invites that stand. */
export interface Notifications {
  /** @param query.before only events with a lower position */
  list(userId: UserId, query: { before: number | undefined; limit: number; onlyHighlights: boolean }): Promise<NotificationPage>
}

/** Of each room, looked at together. */
const EVENTS_AT_ONCE = 50
const MAX_LOOKS = 20

export function createNotifications(deps: { database: Database<HomeserverSchema>; changes: RecentChanges; clock: Clock }): Notifications {
  const { database, clock } = deps
  const db = database.read
  const evaluator = new PushEvaluator(database, deps.changes)

  return {
    async list(userId, { before, limit, onlyHighlights }) {
      const now = await database.currentPosition()
      const ignoredUsers = await ignoredUsersOf(db, userId)
      const rooms = await findOwnRooms(db, userId, { since: undefined, now, includeLeft: false })
      const found: NotifyingEvent[] = []
      let upTo = before === undefined ? now : Math.min(now, before - 1)
      for (let looks = 0; looks < MAX_LOOKS && found.length < limit && upTo > 0; looks++) {
        const range = { after: 0, upTo, limit: EVENTS_AT_ONCE }
        const { events, wholeAfter } = await findNotifying(db, evaluator, { userId, rooms, ignoredUsers }, range)
        found.push(...events.filter(({ position, result }) => position > wholeAfter && (result.highlight || !onlyHighlights)))
        upTo = wholeAfter
      }
      const page = found.slice(0, limit)
      const hasMore = limit > 0 && (found.length > limit || upTo > 0)
      const nextBefore = found.length > limit ? page.at(-1)?.position : upTo + 1
      return { notifications: await toNotifications(page, userId, ignoredUsers), nextBefore: hasMore ? nextBefore : undefined }
    },
  }

  async function toNotifications(page: readonly NotifyingEvent[], userId: UserId, ignoredUsers: ReadonlySet<string>) {
    const stored = await findEvents(
      db,
      page.map(({ eventId }) => eventId),
    )
    const known = page.filter(({ eventId }) => stored.has(eventId))
    const view = { userId, sessionId: undefined, ignoredUsers, nowMs: clock.nowMs(), place: 'sync' as const }
    const events = await toClientEvents(
      db,
      known.map(({ eventId }) => stored.get(eventId)!),
      view,
    )
    return known.map(({ room, result, receivedAtMs, isRead }, index): Notification => {
      return { roomId: room.roomId, actions: result.actions, receivedAtMs, event: events[index]!, isRead }
    })
  }
}
