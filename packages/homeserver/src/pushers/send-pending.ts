import type { Database } from '@glia/database'
import type { Clock, Logger, Outbound, Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { ignoredUsersOf } from '../history/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { findNotifying, findOwnRooms, type OwnRoom, type UnreadCounter } from '../sync/index.ts'
import { badgeOf, notificationOf } from './notification-body.ts'
import { callGateway, type PushOutcome } from './push-gateway.ts'
import {
  claimPusher,
  deletePusher,
  findSendingPusher,
  noteState,
  type PusherKey,
  type SendingPusher,
  saveProgress,
} from './pusher-store.ts'

export interface PushSettings {
  /** Send the content of events. */
  readonly includeContent: boolean
  /** Count rooms with unread messages instead of messages. */
  readonly groupUnreadCountByRoom: boolean
  /** Wait up to this long, at random, before sending. */
  readonly jitterMs: number
}

export interface SendPendingDeps {
  readonly database: Database<HomeserverSchema>
  readonly outbound: Outbound
  readonly unread: UnreadCounter
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly settings: PushSettings
  /** Names this process where others send, too. */
  readonly owner: string | undefined
}

/** What one go is for, and what is known beforehand. */
export interface SendRound {
  /** Nothing up to here is to be sent. */
  readonly after: number
  /** Tell the unread count when it is another than told last. */
  readonly wantsBadge: boolean
  readonly signal: AbortSignal
}

/** Up to where nothing is left to send; `hasMore`: go on at once. undefined: it waits, is gone, or another process has it. */
export type RoundResult = { readonly upTo: number; readonly hasMore: boolean } | undefined

/** An event that could not be sent for this long is given up. */
export const givenUpAfterMs = 24 * 3600_000
const FIRST_BACKOFF_MS = 1000
const MAX_BACKOFF_MS = 3600_000
/** After so many, what is unread is looked at anew. */
const EVENTS_A_ROUND = 10
/** Longer than one notification may take. */
const LEASE_MS = 60_000

const healthy = { failing_since_ms: null, backoff_ms: null, retry_at_ms: null }
const released = { lease_owner: null, lease_until_ms: null }

/** Sends what a user has not read yet to one pusher, one after the other, and notes after each how far it has come. */
export async function sendPending(deps: SendPendingDeps, key: PusherKey, round: SendRound): Promise<RoundResult> {
  const { database, clock, owner } = deps
  const db = database.read
  let found = await findDue(deps, key, round)
  if (found !== undefined && found.due.length > 0 && (await waitAtRandom(deps, round.signal))) found = await findDue(deps, key, round)
  if (found === undefined) return undefined
  const { pusher, now, due, user } = found
  if (due.length === 0) {
    if (pusher.failingSinceMs !== null) await database.transaction((tx) => saveProgress(tx, key, undefined, now, healthy))
    if (round.wantsBadge) await sendBadge(deps, pusher, await user.badge(), round.signal)
    return { upTo: now, hasMore: false }
  }
  if (owner !== undefined && !(await claim(deps, key, owner, due[0]!.position))) return undefined
  const badge = await user.badge()
  let upTo = now
  for (const [index, event] of due.slice(0, EVENTS_A_ROUND).entries()) {
    const notification = await notificationOf(db, pusher, event, { unread: badge, includeContent: deps.settings.includeContent })
    const outcome = notification ? await callGateway(deps.outbound, pusher, notification, round.signal) : ({ kind: 'sent' } as const)
    if (outcome.kind !== 'sent') {
      await settle(deps, pusher, outcome)
      return undefined
    }
    upTo = index === due.length - 1 ? now : event.position
    const isLast = index === due.length - 1 || index === EVENTS_A_ROUND - 1
    const lease = owner === undefined ? {} : isLast ? released : { lease_until_ms: clock.nowMs() + LEASE_MS }
    const progress = { ...healthy, last_badge: badge, ...lease }
    if (!(await database.transaction((tx) => saveProgress(tx, key, owner, upTo, progress)))) return undefined
  }
  return { upTo, hasMore: due.length > EVENTS_A_ROUND }
}

/** Deals with a notification that was not taken. */
async function settle(deps: SendPendingDeps, pusher: SendingPusher, outcome: PushOutcome): Promise<void> {
  const { database, clock, logger, owner } = deps
  const about = { user: pusher.userId, app: pusher.appId }
  const lease = owner === undefined ? {} : released
  if (outcome.kind === 'rejected') {
    logger.info(about, 'the push gateway rejects a pushkey: its pusher is removed')
    await database.transaction((tx) => deletePusher(tx, pusher))
  } else if (outcome.kind === 'failed') {
    const nowMs = clock.nowMs()
    const backoffMs = Math.min(Math.max(FIRST_BACKOFF_MS, (pusher.backoffMs ?? 0) * 2), MAX_BACKOFF_MS)
    logger.info({ ...about, reason: outcome.reason, retryInMs: backoffMs }, 'a notification could not be sent')
    const failing = { failing_since_ms: pusher.failingSinceMs ?? nowMs, backoff_ms: backoffMs, retry_at_ms: nowMs + backoffMs }
    await database.transaction((tx) => noteState(tx, pusher, owner, { ...failing, ...lease }))
  } else if (owner !== undefined) {
    await database.transaction((tx) => noteState(tx, pusher, owner, lease))
  }
}

async function sendBadge(deps: SendPendingDeps, pusher: SendingPusher, badge: number, signal: AbortSignal): Promise<void> {
  if (badge === pusher.lastBadge) return
  const outcome = await callGateway(deps.outbound, pusher, badgeOf(pusher, badge), signal)
  if (outcome.kind === 'rejected') await settle(deps, pusher, outcome)
  // Not tried again when it failed: the next notification brings the count, too.
  if (outcome.kind !== 'sent') return
  await deps.database.transaction((tx) => noteState(tx, pusher, undefined, { last_badge: badge }))
}

async function claim({ database, clock }: SendPendingDeps, key: PusherKey, owner: string, position: number): Promise<boolean> {
  const nowMs = clock.nowMs()
  return database.transaction((tx) => claimPusher(tx, key, position, { owner, nowMs, untilMs: nowMs + LEASE_MS }))
}

/** Keeps others from telling by the time of a notification who wrote when. @returns false if nothing is to be waited for */
async function waitAtRandom({ clock, random, settings }: SendPendingDeps, signal: AbortSignal): Promise<boolean> {
  if (settings.jitterMs <= 0 || signal.aborted) return false
  const { promise, resolve } = Promise.withResolvers<void>()
  const callOff = clock.after(random.integer(settings.jitterMs + 1), resolve)
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
  callOff()
  return true
}

/** What the pusher has to send, the oldest first. undefined: it is gone, or waits to try again. */
async function findDue(deps: SendPendingDeps, key: PusherKey, round: SendRound) {
  const { database, clock, unread } = deps
  const db = database.read
  const pusher = await findSendingPusher(db, key)
  if (!pusher || (pusher.retryAtMs !== null && pusher.retryAtMs > clock.nowMs())) return undefined
  const now = await database.currentPosition()
  const user = await lookAt(deps, key.userId, now)
  const range = { after: Math.max(pusher.lastPosition, round.after), upTo: now }
  const { events } = await findNotifying(db, unread.evaluator, user, range)
  const oldestMs = clock.nowMs() - givenUpAfterMs
  const due = events.filter(({ isRead, receivedAtMs }) => !isRead && receivedAtMs > oldestMs).reverse()
  return { pusher, now, due, user }
}

/** The user's rooms as of a position, and the number for the app's icon. */
async function lookAt({ database, unread, settings }: SendPendingDeps, userId: UserId, now: number) {
  const ignoredUsers = await ignoredUsersOf(database.read, userId)
  const rooms = await findOwnRooms(database.read, userId, { since: undefined, now, includeLeft: false })
  const isInvite = ({ membership, memberSender }: OwnRoom) => membership === 'invite' && !ignoredUsers.has(memberSender)
  return {
    userId,
    rooms,
    ignoredUsers,
    async badge(): Promise<number> {
      const joined = rooms.filter(({ membership }) => membership === 'join')
      let badge = rooms.filter(isInvite).length
      for (const { main, threads } of (await unread.count(userId, joined, now, ignoredUsers)).values()) {
        const inRoom = main.notifications + [...threads.values()].reduce((sum, { notifications }) => sum + notifications, 0)
        badge += settings.groupUnreadCountByRoom ? Math.min(inRoom, 1) : inRoom
      }
      return badge
    },
  }
}
