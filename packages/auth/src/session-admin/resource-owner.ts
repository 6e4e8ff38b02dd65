import type { Reads } from '@glia/database'
import type { UserId } from '@glia/protocol'
import type { AccountTables } from '../accounts/index.ts'
import type { LinkedUserTables } from '../homeserver-link.ts'
import type { SessionTables } from '../sessions/index.ts'

type Db = Reads<SessionTables & AccountTables & LinkedUserTables>

/** Resource of MAS's Admin API, by the name in its path → whose the one of this id is; null: a client's, undefined: there is none. */
const owners: Readonly<Record<string, (db: Db, id: string) => Promise<{ user_id: string | null } | undefined>>> = {
  users: (db, id) => db.selectFrom('auth_accounts').select('user_id').where('id', '=', id).executeTakeFirst(),
  'user-emails': (db, id) => db.selectFrom('user_threepids').select('user_id').where('id', '=', id).executeTakeFirst(),
  'user-sessions': (db, id) => db.selectFrom('auth_browser_sessions').select('user_id').where('id', '=', id).executeTakeFirst(),
  'compat-sessions': sessionOwner,
  'oauth2-sessions': sessionOwner,
}

/** @returns null: somebody's that is no user, or nobody knows whose; undefined: there is no such thing */
export async function findResourceOwner(db: Db, kind: string, id: string): Promise<UserId | null | undefined> {
  const find = Object.hasOwn(owners, kind) ? owners[kind] : undefined
  if (!find) return null
  const found = await find(db, id)
  return found && (found.user_id as UserId | null)
}

function sessionOwner(db: Db, id: string) {
  return db.selectFrom('auth_sessions').select('user_id').where('id', '=', id).executeTakeFirst()
}
