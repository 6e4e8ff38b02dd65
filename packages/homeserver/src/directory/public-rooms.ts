import { MatrixError } from '@glia/contract'
import { containsIgnoringCase, type Reads } from '@glia/database'
import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { RoomTables } from '../rooms/tables.ts'
import type { HomeserverSchema } from '../schema.ts'

/** A room as the directory shows it; wire names (Client-Server API, `PublishedRoomsChunk`). */
export type PublicRoom = {
  room_id: string
  name?: string
  topic?: string
  canonical_alias?: string
  avatar_url?: string
  num_joined_members: number
  world_readable: boolean
  guest_can_join: boolean
  join_rule?: string
  room_type?: string
}

/** Which directory is meant: this server's own (undefined), that of one network of a bridge, or all together. */
export type DirectoryChoice = 'all' | { readonly appserviceId: string; readonly networkId: string } | undefined

export interface PublicRoomsQuery {
  readonly directory?: DirectoryChoice
  readonly limit: number
  readonly since: string | undefined
  readonly searchTerm: string | undefined
  /** null stands for rooms without a type. */
  readonly roomTypes: readonly (string | null)[] | undefined
}

export interface PublicRoomsPage {
  readonly rooms: PublicRoom[]
  readonly nextBatch: string | undefined
  readonly prevBatch: string | undefined
  /** Of all listed rooms, whatever the query looks for. */
  readonly total: number
}

type RoomRow = Selectable<RoomTables['rooms']>

/** A page starts behind (or, backwards, before) a room; rooms are sorted by members, most first, then by id. */
interface Cursor {
  readonly direction: 'f' | 'b'
  readonly members: number
  readonly roomId: string
}

/** @throws MatrixError M_INVALID_PARAM for a token that we did not give out */
export async function listPublicRooms(db: Reads<HomeserverSchema>, query: PublicRoomsQuery): Promise<PublicRoomsPage> {
  const cursor = query.since ? parseCursor(query.since) : undefined
  const isBackwards = cursor?.direction === 'b'
  const rows = await pageQuery(db, query, cursor)
    .orderBy('joined_members', isBackwards ? 'asc' : 'desc')
    .orderBy('room_id', isBackwards ? 'desc' : 'asc')
    .limit(query.limit + 1)
    .execute()
  const hasMore = rows.length > query.limit
  const page = rows.slice(0, query.limit)
  if (isBackwards) page.reverse()
  const [first, last] = [page[0], page.at(-1)]
  const { total } = await listed(db, query.directory)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return {
    rooms: page.map(publicRoomOf),
    nextBatch: last && (isBackwards || hasMore) ? formatCursor('f', last) : undefined,
    prevBatch: first && cursor && (!isBackwards || hasMore) ? formatCursor('b', first) : undefined,
    total,
  }
}

function listed(db: Reads<HomeserverSchema>, directory: DirectoryChoice) {
  const rooms = db.selectFrom('rooms').where('joined_members', '>', 0)
  if (directory === undefined) return rooms.where('published', '=', 1)
  const ofNetworks = db
    .selectFrom('appservice_public_rooms')
    .select('room_id')
    .$if(directory !== 'all', (query) => {
      const { appserviceId, networkId } = directory as Exclude<DirectoryChoice, 'all' | undefined>
      return query.where('appservice_id', '=', appserviceId).where('network_id', '=', networkId)
    })
  if (directory !== 'all') return rooms.where('room_id', 'in', ofNetworks)
  // one list, not an OR: SQLite's planner fails over an OR of a partial index and a subquery
  const own = db.selectFrom('rooms').select('room_id').where('published', '=', 1)
  return rooms.where('room_id', 'in', own.union(ofNetworks))
}

function pageQuery(db: Reads<HomeserverSchema>, { searchTerm, roomTypes, directory }: PublicRoomsQuery, cursor: Cursor | undefined) {
  return listed(db, directory)
    .selectAll()
    .$if(cursor !== undefined, (query) =>
      query.where((eb) => {
        const { members, roomId, direction } = cursor!
        return eb.or([
          eb('joined_members', direction === 'f' ? '<' : '>', members),
          eb.and([eb('joined_members', '=', members), eb('room_id', direction === 'f' ? '>' : '<', roomId)]),
        ])
      }),
    )
    .$if(searchTerm !== undefined, (query) =>
      query.where((eb) =>
        eb.or((['name', 'topic', 'canonical_alias'] as const).map((column) => containsIgnoringCase(sql.ref(column), searchTerm!))),
      ),
    )
    .$if(roomTypes !== undefined, (query) =>
      query.where((eb) => {
        const named = roomTypes!.filter((type) => type !== null)
        const conditions = named.length > 0 ? [eb('room_type', 'in', named)] : []
        if (roomTypes!.includes(null)) conditions.push(eb('room_type', 'is', null))
        return eb.or(conditions)
      }),
    )
}

/** Also used for summaries of a single room. */
export function publicRoomOf(row: RoomRow): PublicRoom {
  return {
    room_id: row.room_id,
    ...(row.name ? { name: row.name } : {}),
    ...(row.topic ? { topic: row.topic } : {}),
    ...(row.canonical_alias ? { canonical_alias: row.canonical_alias } : {}),
    ...(row.avatar_url ? { avatar_url: row.avatar_url } : {}),
    num_joined_members: row.joined_members,
    world_readable: row.history_visibility === 'world_readable',
    guest_can_join: row.guest_access === 'can_join',
    ...(row.join_rules ? { join_rule: row.join_rules } : {}),
    ...(row.room_type ? { room_type: row.room_type } : {}),
  }
}

function formatCursor(direction: Cursor['direction'], row: RoomRow): string {
  return `${direction}${row.joined_members}_${Buffer.from(row.room_id).toString('base64url')}`
}

function parseCursor(token: string): Cursor {
  const [, direction, members, roomId] = /^([fb])(\d{1,15})_([A-Za-z0-9_-]{1,400})$/.exec(token) ?? []
  const decoded = roomId === undefined ? '' : Buffer.from(roomId, 'base64url').toString()
  if (direction === undefined || decoded.includes('\0')) throw new MatrixError('M_INVALID_PARAM', 'Invalid pagination token')
  return { direction: direction as Cursor['direction'], members: Number(members), roomId: decoded }
}
