import type { Database } from '@glia/database'
import { LruCache } from '@glia/platform'
import {
  type EventId,
  evaluatePushRules,
  type JsonObject,
  membershipOf,
  type PushResult,
  type PushRuleset,
  type RoomId,
  type UserId,
} from '@glia/protocol'
import type { RecentChanges } from '../changes/index.ts'
import { pushRulesChanged, rulesetFor } from '../push-rules/index.ts'
import type { HomeserverSchema } from '../schema.ts'
import { findEvents } from '../timeline/index.ts'
import type { OwnRoom } from './own-rooms.ts'
import { RoomPowerLevels } from './room-power-levels.ts'
import type { UnreadEvent } from './unread-events.ts'

/** A user's push rules as of a position. */
export interface KnownRules {
  readonly asOf: number
  /** Another number for each state of the rules. */
  readonly generation: number
  readonly ruleset: PushRuleset
}

/** What the rules say about an event of a room. */
export type EvaluateEvent = (room: OwnRoom, event: UnreadEvent) => Promise<PushResult>

const RULESETS = 5000
const JOINS = 50_000

/** Evaluates push rules of users, and remembers what that needs. */
export class PushEvaluator {
  readonly #database: Database<HomeserverSchema>
  readonly #changes: RecentChanges
  readonly #rules = new LruCache<UserId, KnownRules>(RULESETS)
  /** Member event → position of the join that began the stay. */
  readonly #joins = new LruCache<EventId, number>(JOINS)
  #generation = 0

  constructor(database: Database<HomeserverSchema>, changes: RecentChanges) {
    this.#database = database
    this.#changes = changes
  }

  async rulesOf(userId: UserId, now: number): Promise<KnownRules> {
    const db = this.#database.read
    const known = this.#rules.get(userId)
    if (known && now <= known.asOf) return known
    if (known && !(await this.#mayHaveChangedRules(userId, known.asOf, now))) {
      this.#rules.set(userId, { ...known, asOf: now })
      return known
    }
    const rules = { asOf: now, generation: ++this.#generation, ruleset: await rulesetFor(db, userId) }
    this.#rules.set(userId, rules)
    return rules
  }

  async #mayHaveChangedRules(userId: UserId, after: number, upTo: number): Promise<boolean> {
    const changes = this.#changes.between(after, upTo)
    return (!changes || changes.ofUser(userId)) && pushRulesChanged(this.#database.read, userId, after, upTo)
  }

  /** For many events: power levels are read once a room, where a rule may ask for them. */
  evaluate(userId: UserId, { ruleset }: KnownRules): EvaluateEvent {
    const levels = new RoomPowerLevels(this.#database.read)
    return async (room, event) =>
      evaluatePushRules(ruleset, event, {
        userId,
        displayName: room.displayName,
        roomMemberCount: room.joinedMembers,
        powerLevels: mentionsRoom(event) ? await levels.of(room) : undefined,
      })
  }

  /** When the user came into each of these rooms: profile changes since do not count. */
  async joinPositions(rooms: readonly OwnRoom[]): Promise<Map<RoomId, number>> {
    const positions = new Map<RoomId, number>()
    let open = rooms.flatMap(({ roomId, memberEventId }) => {
      const known = this.#joins.get(memberEventId)
      if (known !== undefined) positions.set(roomId, known)
      return known === undefined ? [{ roomId, memberEventId, next: memberEventId as EventId | undefined }] : []
    })
    while (open.length > 0) {
      const events = await findEvents(
        this.#database.read,
        open.map(({ next }) => next).filter((id) => id !== undefined),
      )
      open = open.flatMap((walk) => {
        const event = walk.next && events.get(walk.next)
        if (!event || membershipOf(event) !== 'join') {
          this.#joins.set(walk.memberEventId, positions.get(walk.roomId) ?? 0)
          return []
        }
        positions.set(walk.roomId, event.position)
        return [{ ...walk, next: event.replacesState }]
      })
    }
    return positions
  }
}

/**
 * Whether a rule of the user's own may notify of joins and leaves. Without one the default rule silences them all, and they need not be
 * read: in large rooms they are most of what is unread.
 */
export function mayNotifyOfMembers({ override }: PushRuleset): boolean {
  const silencing = override.findIndex(({ rule_id, enabled }) => rule_id === '.m.rule.member_event' && enabled)
  return silencing < 0 || override.slice(0, silencing).some((rule) => !rule.default && rule.enabled)
}

function mentionsRoom({ content }: UnreadEvent): boolean {
  const mentions = content['m.mentions'] as JsonObject | undefined
  return mentions?.room === true || (typeof content.body === 'string' && content.body.includes('@room'))
}
