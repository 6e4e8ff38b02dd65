import {
  behindKey,
  containsIgnoringCase,
  type Database,
  likePattern,
  OffsetBookmarks,
  orderOf,
  type Reads,
  type SortColumn,
  startingAt,
} from '@glia/database'
import { type RawBuilder, type Selectable, type SelectQueryBuilder, sql } from 'kysely'
import type { HomeserverSchema } from '../schema.ts'
import type { RoomTables } from './tables.ts'

export type RoomRow = Selectable<RoomTables['rooms']>

export type RoomOrder =
  | 'alphabetical'
  | 'size'
  | 'name'
  | 'canonical_alias'
  | 'joined_members'
  | 'joined_local_members'
  | 'version'
  | 'creator'
  | 'encryption'
  | 'federatable'
  | 'public'
  | 'join_rules'
  | 'guest_access'
  | 'history_visibility'
  | 'state_events'

export interface RoomListQuery {
  readonly from: number
  readonly limit: number
  readonly orderBy: RoomOrder
  /** Against the natural direction of the order: large before small for counts and versions, else ascending. */
  readonly reversed: boolean
  /** Part of the name or of the alias before its colon, without case; or a whole room id. */
  readonly searchTerm: string | undefined
  readonly isPublic: boolean | undefined
  readonly isEmpty: boolean | undefined
}

/** What to sort by, and whether large comes first. Nothing sorts before something. */
export const ORDERS: Record<RoomOrder, readonly [RawBuilder<unknown>, 'ascending' | 'descending']> = {
  alphabetical: [sql`coalesce(name, '')`, 'ascending'],
  name: [sql`coalesce(name, '')`, 'ascending'],
  canonical_alias: [sql`coalesce(canonical_alias, '')`, 'ascending'],
  size: [sql`joined_members`, 'descending'],
  joined_members: [sql`joined_members`, 'descending'],
  joined_local_members: [sql`joined_local_members`, 'descending'],
  version: [sql`version`, 'descending'],
  creator: [sql`creator`, 'ascending'],
  encryption: [sql`coalesce(encryption, '')`, 'ascending'],
  federatable: [sql`federatable`, 'ascending'],
  public: [sql`published`, 'ascending'],
  join_rules: [sql`coalesce(join_rules, '')`, 'ascending'],
  guest_access: [sql`coalesce(guest_access, '')`, 'ascending'],
  history_visibility: [sql`coalesce(history_visibility, '')`, 'ascending'],
  state_events: [sql`state_events`, 'descending'],
}

/** Reads all rooms page by page; ties by room id, in the direction of the order. */
export class RoomList {
  readonly #database: Database<HomeserverSchema>
  readonly #bookmarks: OffsetBookmarks

  constructor(database: Database<HomeserverSchema>, nowMs: () => number) {
    this.#database = database
    this.#bookmarks = new OffsetBookmarks(nowMs)
  }

  async read(query: RoomListQuery): Promise<{ rooms: RoomRow[]; total: number }> {
    const { from, limit, orderBy, reversed, searchTerm, isPublic, isEmpty } = query
    const [, natural] = ORDERS[orderBy]
    const descending = (natural === 'descending') !== reversed
    const list = JSON.stringify([orderBy, descending, searchTerm, isPublic, isEmpty])
    const matching = this.#database.read
      .selectFrom('rooms')
      .$if(searchTerm !== undefined, (select) => select.where(nameOrAliasContains(searchTerm!)))
      .$if(isPublic !== undefined, (select) => select.where('published', '=', isPublic ? 1 : 0))
      .$if(isEmpty !== undefined, (select) => select.where('joined_members', isEmpty ? '=' : '>', 0))
    const { total } = await matching.select((select) => select.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    const rows = await this.#bookmarks.read({
      list,
      from,
      read: ({ behind, offset }) =>
        inOrder(matching, { orderBy, descending, behind })
          .limit(limit)
          .$if(offset > 0, (select) => select.offset(offset))
          .execute(),
      keyOf: (row) => [row.sort_key, row.room_id],
    })
    return { rooms: rows, total }
  }
}

export interface RoomPlace {
  readonly orderBy: RoomOrder
  readonly descending: boolean
  /** Sort key and id of the room after which to begin. */
  readonly behind?: readonly unknown[] | undefined
}

/** All rooms in an order, which an index gives. */
export function roomsInOrder(reads: Reads<HomeserverSchema>, place: RoomPlace) {
  return inOrder(reads.selectFrom('rooms'), place)
}

function inOrder(rooms: SelectQueryBuilder<HomeserverSchema, 'rooms', object>, { orderBy, descending, behind }: RoomPlace) {
  const [expression] = ORDERS[orderBy]
  const columns: SortColumn[] = [
    { expression, descending },
    { expression: sql`room_id`, descending },
  ]
  return rooms
    .selectAll()
    .select(sql<unknown>`${expression}`.as('sort_key'))
    .$if(behind !== undefined, (select) => select.where(behindKey(columns, behind!)).where(startingAt(columns[0]!, behind![0])))
    .orderBy(orderOf(columns))
}

/** Part of the name or of the alias before its colon, without case; or a whole room id. */
export function nameOrAliasContains(searchTerm: string) {
  const inAlias = sql<boolean>`lower(canonical_alias) LIKE ${`#${likePattern(searchTerm.toLowerCase())}:%`} ESCAPE '\\'`
  return sql<boolean>`(${containsIgnoringCase(sql<string>`name`, searchTerm)} OR ${inAlias} OR room_id = ${searchTerm})`
}
