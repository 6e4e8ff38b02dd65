import type { Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import { type AccountTables, findAccountById } from '../accounts/index.ts'
import { found, readUlid } from '../admin-api/index.ts'
import { type ClientTables, findClient } from '../client-registration/index.ts'
import type { SessionTables } from '../sessions/index.ts'

type Db = Reads<SessionTables & AccountTables & ClientTables>

/** The user of an account's id in a filter. @throws AuthAdminError 400, 404 */
export async function readUserFilter(db: Db, id: string | undefined): Promise<UserId | undefined> {
  return id === undefined ? undefined : found(await findAccountById(db, readUlid(id)), 'User', id).userId
}

/** @throws AuthAdminError 400, 404 */
export async function readClientFilter(db: Db, ids: readonly string[] | undefined): Promise<readonly string[] | undefined> {
  for (const id of ids ?? []) found(await findClient(db, readUlid(id)), 'Client', id)
  return ids
}

/** Browsers that are signed out, too. @throws AuthAdminError 400, 404 */
export async function readBrowserSessionFilter(db: Db, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined
  const row = await db.selectFrom('auth_browser_sessions').select('id').where('id', '=', readUlid(id)).executeTakeFirst()
  return found(row, 'User session', id).id
}
