import { containsIgnoringCase, type Reads } from '@glia/database'
import type { SqlBool } from 'kysely'
import { sql } from 'kysely'
import { countRows, hasWord, type Page, pageRows } from '../admin-api/index.ts'
import type { SessionTables } from '../sessions/index.ts'
import { type Client, toClient } from './client.ts'
import type { ClientTables } from './tables.ts'

type Db = Reads<ClientTables & SessionTables>

/** Undefined: either. */
export interface ClientFilter {
  readonly isStatic: boolean | undefined
  /** Parts of name and URI, without regard to the case of ASCII letters. */
  readonly name: string | undefined
  readonly uri: string | undefined
  readonly grantType: string | undefined
  readonly hasLiveSession: boolean | undefined
}

/** Sorted by id; see `pageRows`. */
export async function listClientPage(db: Db, filter: ClientFilter, page: Page, nowMs: number): Promise<Client[]> {
  return (await pageRows(filtered(db, filter, nowMs).selectAll(), 'client.id', page)).map(toClient)
}

export function countClients(db: Db, filter: ClientFilter, nowMs: number): Promise<number> {
  return countRows(filtered(db, filter, nowMs))
}

function filtered(db: Db, { isStatic, name, uri, grantType, hasLiveSession }: ClientFilter, nowMs: number) {
  return db.selectFrom('auth_clients as client').where((eb) => {
    const liveSession = eb.exists(
      eb
        .selectFrom('auth_sessions as session')
        .select('session.id')
        .whereRef('session.client_id', '=', 'client.id')
        .where('session.kind', '=', 'oauth')
        .where('session.finished_at_ms', 'is', null)
        .where((row) => row.or([row('session.expires_at_ms', 'is', null), row('session.expires_at_ms', '>', nowMs)])),
    )
    return eb.and([
      ...(isStatic === undefined ? [] : [sql<SqlBool>`client.is_static = ${isStatic ? 1 : 0}`]),
      ...(name ? [containsIgnoringCase(sql.ref('client.client_name'), name)] : []),
      ...(uri ? [containsIgnoringCase(sql.ref('client.client_uri'), uri)] : []),
      ...(grantType === undefined ? [] : [hasWord('client.grant_types', grantType)]),
      ...(hasLiveSession === undefined ? [] : [hasLiveSession ? liveSession : eb.not(liveSession)]),
    ])
  })
}
