import type { Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { SqlBool } from 'kysely'
import { sql } from 'kysely'
import type { AccountTables } from '../accounts/index.ts'
import { countRows, hasWord, type Page, pageRows } from '../admin-api/index.ts'
import type { SessionTables } from '../sessions/index.ts'

type Db = Reads<SessionTables & AccountTables>

export interface PersonalSessionRow {
  readonly id: string
  readonly created_at_ms: number
  readonly finished_at_ms: number | null
  readonly expires_at_ms: number | null
  readonly owner_user_id: string | null
  /** The owner's account. */
  readonly owner_id: string | null
  readonly client_id: string | null
  readonly actor_id: string
  readonly human_name: string | null
  readonly scope: string
  readonly last_active_at_ms: number | null
  readonly last_active_ip: string | null
}

/** Undefined or empty: any. */
export interface PersonalSessionFilter {
  readonly ownerId: UserId | undefined
  readonly ownerClientId: string | undefined
  readonly actorId: UserId | undefined
  /** All of them. */
  readonly scopes: readonly string[]
  readonly isRevoked: boolean | undefined
  readonly expiresBeforeMs: number | undefined
  readonly expiresAfterMs: number | undefined
  readonly expires: boolean | undefined
}

/** Sorted by id; see `pageRows`. */
export function listPersonalSessionPage(db: Db, filter: PersonalSessionFilter, page: Page): Promise<PersonalSessionRow[]> {
  return pageRows(columns(filtered(db, filter)), 'session.id', page)
}

export function countPersonalSessions(db: Db, filter: PersonalSessionFilter): Promise<number> {
  return countRows(filtered(db, filter))
}

export function findPersonalSession(db: Db, id: string): Promise<PersonalSessionRow | undefined> {
  return columns(personal(db).where('session.id', '=', id)).executeTakeFirst()
}

function personal(db: Db) {
  return db
    .selectFrom('auth_sessions as session')
    .innerJoin('auth_accounts as actor', 'actor.user_id', 'session.user_id')
    .leftJoin('auth_accounts as owner', 'owner.user_id', 'session.owner_user_id')
    .where('session.kind', '=', 'personal')
}

type Personal = ReturnType<typeof personal>

function columns(query: Personal) {
  return query.select([
    'session.id',
    'session.created_at_ms',
    'session.finished_at_ms',
    'session.expires_at_ms',
    'session.owner_user_id',
    'owner.id as owner_id',
    'session.client_id',
    'actor.id as actor_id',
    'session.human_name',
    'session.scope',
    'session.last_active_at_ms',
    'session.last_active_ip',
  ])
}

/** A revoked session has no token any more, hence none that expires. */
function filtered(db: Db, filter: PersonalSessionFilter): Personal {
  const { ownerId, ownerClientId, actorId, scopes, isRevoked, expiresBeforeMs, expiresAfterMs, expires } = filter
  let query = personal(db)
  if (ownerId !== undefined) query = query.where('session.owner_user_id', '=', ownerId)
  if (ownerClientId !== undefined) query = query.where('session.client_id', '=', ownerClientId)
  if (actorId !== undefined) query = query.where('session.user_id', '=', actorId)
  if (isRevoked !== undefined) query = query.where('session.finished_at_ms', isRevoked ? 'is not' : 'is', null)
  const end = sql<number | null>`CASE WHEN session.finished_at_ms IS NULL THEN session.expires_at_ms END`
  return query.where((eb) =>
    eb.and([
      ...scopes.map((scope) => hasWord('session.scope', scope)),
      ...(expiresBeforeMs === undefined ? [] : [sql<SqlBool>`${end} < ${expiresBeforeMs}`]),
      ...(expiresAfterMs === undefined ? [] : [sql<SqlBool>`${end} > ${expiresAfterMs}`]),
      ...(expires === undefined ? [] : [expires ? sql<SqlBool>`${end} IS NOT NULL` : sql<SqlBool>`${end} IS NULL`]),
    ]),
  )
}
