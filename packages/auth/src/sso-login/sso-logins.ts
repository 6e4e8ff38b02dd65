import type { Database } from '@glia/database'
import { type Clock, isUlid, makeUlid, type Random } from '@glia/platform'
import type { SsoLoginTables } from './tables.ts'

/** Logins of clients that are finished on our pages (`m.login.sso`). */
export interface SsoLogins {
  /** @param redirectUrl checked with `readRedirectUrl` @returns the id, for half an hour */
  start(redirectUrl: string): Promise<string>
  /** Where the client waits. */
  find(id: string): Promise<string | undefined>
}

const LIFETIME_MS = 30 * 60_000

export function createSsoLogins(deps: { database: Database<SsoLoginTables>; clock: Clock; random: Random }): SsoLogins {
  const { database, clock, random } = deps
  return {
    async start(redirectUrl) {
      const nowMs = clock.nowMs()
      const id = makeUlid(clock, random)
      await database.transaction(async (tx) => {
        await tx.db.deleteFrom('auth_sso_logins').where('expires_at_ms', '<=', nowMs).execute()
        await tx.db
          .insertInto('auth_sso_logins')
          .values({ id, redirect_url: redirectUrl, expires_at_ms: nowMs + LIFETIME_MS })
          .execute()
      })
      return id
    },
    async find(id) {
      if (!isUlid(id)) return undefined
      const row = await database.read
        .selectFrom('auth_sso_logins')
        .select('redirect_url')
        .where('id', '=', id)
        .where('expires_at_ms', '>', clock.nowMs())
        .executeTakeFirst()
      return row?.redirect_url
    },
  }
}

/** Schemes that a browser would run or show instead of leaving for a client. */
const REFUSED_SCHEMES = new Set(['javascript:', 'data:', 'blob:', 'file:', 'vbscript:', 'about:', 'view-source:'])
const MAX_LENGTH = 2000

/** Where a client wants the browser back: absolute, without a user name in it, of http(s) or the client's own scheme. */
export function readRedirectUrl(text: string): URL | undefined {
  const url = text.length <= MAX_LENGTH ? URL.parse(text) : null
  if (!url) return undefined
  return url.username === '' && url.password === '' && !REFUSED_SCHEMES.has(url.protocol) ? url : undefined
}

/** Other `loginToken` parameters go away. Source: Client-Server API, "GET /login/sso/redirect". */
export function withLoginToken(redirectUrl: string, token: string): string {
  const url = new URL(redirectUrl)
  url.searchParams.delete('loginToken')
  url.searchParams.append('loginToken', token)
  return url.href
}
