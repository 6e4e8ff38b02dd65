import type { Reads, Transaction } from '@glia/database'
import type { Origin } from '@glia/http'
import { type Clock, isUlid, makeUlid, type Random } from '@glia/platform'
import type { UserId } from '@glia/protocol'
import { hashToken } from '../tokens/index.ts'
import type { SessionTables } from './tables.ts'

/** A browser in which somebody is signed in. */
export interface BrowserSession {
  readonly id: string
  readonly userId: UserId
  /** When the password was given. */
  readonly createdAtMs: number
  readonly lastActiveAtMs: number
  readonly lastActiveIp: string | undefined
  readonly userAgent: string | undefined
}

type Tx = Transaction<SessionTables>
type Db = Reads<SessionTables>

/** Ending a browser session leaves the sessions alone that were started from it. */
export interface BrowserSessions {
  /** @returns the session, and the cookie's value: only its hash is kept */
  create(tx: Tx, session: { userId: UserId; origin: Origin }): Promise<{ session: BrowserSession; cookie: string }>
  findByCookie(db: Db, cookie: string): Promise<BrowserSession | undefined>
  /** Live ones only. */
  find(db: Db, id: string): Promise<BrowserSession | undefined>
  list(db: Db, userId: UserId): Promise<BrowserSession[]>
  /** @returns whether it was live until now */
  end(tx: Tx, id: string): Promise<boolean>
}

export function createBrowserSessions(deps: { clock: Clock; random: Random }): BrowserSessions {
  const { clock, random } = deps
  const live = (db: Db) => db.selectFrom('auth_browser_sessions').selectAll().where('finished_at_ms', 'is', null)
  return {
    async create(tx, { userId, origin }) {
      const cookie = random.bytes(32).toString('base64url')
      const nowMs = clock.nowMs()
      const row = {
        id: makeUlid(clock, random),
        cookie_hash: hashToken(cookie),
        user_id: userId,
        created_at_ms: nowMs,
        finished_at_ms: null,
        last_active_at_ms: nowMs,
        last_active_ip: origin.ip,
        user_agent: origin.userAgent,
      }
      await tx.db.insertInto('auth_browser_sessions').values(row).execute()
      return { session: toBrowserSession(row), cookie }
    },
    async findByCookie(db, cookie) {
      const row = await live(db).where('cookie_hash', '=', hashToken(cookie)).executeTakeFirst()
      return row && toBrowserSession(row)
    },
    async find(db, id) {
      if (!isUlid(id)) return undefined
      const row = await live(db).where('id', '=', id).executeTakeFirst()
      return row && toBrowserSession(row)
    },
    async list(db, userId) {
      return (await live(db).where('user_id', '=', userId).orderBy('id', 'desc').execute()).map(toBrowserSession)
    },
    async end(tx, id) {
      const result = await tx.db
        .updateTable('auth_browser_sessions')
        .set({ finished_at_ms: clock.nowMs() })
        .where('id', '=', id)
        .where('finished_at_ms', 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows > 0n
    },
  }
}

function toBrowserSession(row: SessionTables['auth_browser_sessions']): BrowserSession {
  return {
    id: row.id,
    userId: row.user_id as UserId,
    createdAtMs: row.created_at_ms,
    lastActiveAtMs: row.last_active_at_ms,
    lastActiveIp: row.last_active_ip ?? undefined,
    userAgent: row.user_agent ?? undefined,
  }
}
