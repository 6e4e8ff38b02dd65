import type { Reads } from '@glia/database'
import { LruCache } from '@glia/platform'
import {
  type EventId,
  type HistoryVisibility,
  historyVisibilityOf,
  isJsonObject,
  isMembership,
  type Membership,
  type UserId,
} from '@glia/protocol'
import type { HomeserverSchema } from '../schema.ts'

/** What decides whether one user may see an event, in the state of one group. */
export interface StateView {
  readonly visibility: HistoryVisibility
  readonly membership: Membership
}

/** The empty state: before the room was made. */
const EMPTY_STATE: StateView = { visibility: 'shared', membership: 'leave' }

const CAPACITY = 50_000
const BOUND_AT_ONCE = 1000

interface GroupNode {
  readonly previousId: number | null
  readonly visibilityEvent: string | null
  readonly memberEvent: string | null
}

/** Views of state groups by user. Groups never change, so neither do their views. */
export class StateViews {
  readonly #known = new LruCache<string, StateView>(CAPACITY)

  /** The views of these groups for the user; two queries for those not known, however many. */
  async of(db: Reads<HomeserverSchema>, userId: UserId, groupIds: Iterable<number>): Promise<Map<number, StateView>> {
    const views = new Map<number, StateView>([[0, EMPTY_STATE]])
    const missing: number[] = []
    for (const id of new Set(groupIds)) {
      const view = id === 0 ? EMPTY_STATE : this.#known.get(`${id} ${userId}`)
      if (view) views.set(id, view)
      else missing.push(id)
    }
    if (missing.length === 0) return views
    const nodes = await loadNodes(db, userId, missing)
    const values = await loadValues(db, nodes.values())
    for (const id of missing) {
      const view = viewOf(id, nodes, values)
      views.set(id, view)
      this.#known.set(`${id} ${userId}`, view)
    }
    return views
  }
}

/** These groups and everything that they build on, with what each says about the two entries. */
async function loadNodes(db: Reads<HomeserverSchema>, userId: UserId, groupIds: readonly number[]): Promise<Map<number, GroupNode>> {
  const nodes = new Map<number, GroupNode>()
  for (let from = 0; from < groupIds.length; from += BOUND_AT_ONCE) {
    const rows = await db
      .withRecursive('chain(id, previous_id)', (cte) =>
        cte
          .selectFrom('state_groups')
          .select(['id', 'previous_id'])
          .where('id', 'in', groupIds.slice(from, from + BOUND_AT_ONCE))
          .union(
            cte
              .selectFrom('state_groups')
              .innerJoin('chain', 'chain.previous_id', 'state_groups.id')
              .select(['state_groups.id', 'state_groups.previous_id']),
          ),
      )
      .selectFrom('chain')
      .leftJoin('state_group_entries as visibility', (join) =>
        join
          .onRef('visibility.group_id', '=', 'chain.id')
          .on('visibility.type', '=', 'm.room.history_visibility')
          .on('visibility.state_key', '=', ''),
      )
      .leftJoin('state_group_entries as member', (join) =>
        join.onRef('member.group_id', '=', 'chain.id').on('member.type', '=', 'm.room.member').on('member.state_key', '=', userId),
      )
      .select(['chain.id', 'chain.previous_id', 'visibility.event_id as visibility_event', 'member.event_id as member_event'])
      .execute()
    for (const row of rows) {
      nodes.set(row.id, { previousId: row.previous_id, visibilityEvent: row.visibility_event, memberEvent: row.member_event })
    }
  }
  return nodes
}

/** Event id → its `membership` or `history_visibility`. */
async function loadValues(db: Reads<HomeserverSchema>, nodes: Iterable<GroupNode>): Promise<Map<string, unknown>> {
  const wanted = new Set<string>()
  for (const { visibilityEvent, memberEvent } of nodes) {
    if (visibilityEvent) wanted.add(visibilityEvent)
    if (memberEvent) wanted.add(memberEvent)
  }
  const values = new Map<string, unknown>()
  const ids = [...wanted]
  for (let from = 0; from < ids.length; from += BOUND_AT_ONCE) {
    const rows = await db
      .selectFrom('events')
      .select(['event_id', 'json'])
      .where('event_id', 'in', ids.slice(from, from + BOUND_AT_ONCE))
      .execute()
    for (const { event_id, json } of rows) {
      const { content } = JSON.parse(json) as { content: unknown }
      if (isJsonObject(content)) values.set(event_id as EventId, content.membership ?? content.history_visibility)
    }
  }
  return values
}

function viewOf(groupId: number, nodes: ReadonlyMap<number, GroupNode>, values: ReadonlyMap<string, unknown>): StateView {
  let visibilityEvent: string | null = null
  let memberEvent: string | null = null
  for (let node = nodes.get(groupId); node && !(visibilityEvent && memberEvent); ) {
    visibilityEvent ??= node.visibilityEvent
    memberEvent ??= node.memberEvent
    node = node.previousId === null ? undefined : nodes.get(node.previousId)
  }
  const membership = memberEvent ? values.get(memberEvent) : undefined
  return {
    visibility: historyVisibilityOf(visibilityEvent ? values.get(visibilityEvent) : undefined),
    membership: isMembership(membership) ? membership : 'leave',
  }
}
