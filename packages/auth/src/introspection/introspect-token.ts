import type { Database } from '@glia/database'
import type { Clock } from '@glia/platform'
import { localpartOf } from '@glia/protocol'
import type { Accounts } from '../accounts/index.ts'
import type { HomeserverLink } from '../homeserver-link.ts'
import { isPersonalOwnerValid } from '../personal-sessions/index.ts'
import { type AdminCheck, apiScopes, withTwins } from '../policy/index.ts'
import type { AuthSchema } from '../schema.ts'
import { findTokenSession, markAccessTokenUsed, type TokenSession } from '../sessions/index.ts'
import { hashToken } from '../tokens/index.ts'

export interface IntrospectionDeps {
  readonly database: Database<AuthSchema>
  readonly accounts: Accounts
  readonly homeserver: HomeserverLink
  readonly clock: Clock
  readonly mayAdminister: AdminCheck
}

/** What a live token is good for. */
export interface ActiveToken {
  readonly found: TokenSession
  readonly scopes: readonly string[]
  readonly username: string | undefined
  /** The account's ULID. */
  readonly subject: string | undefined
}

/** @returns undefined for anything that is not a live token of an account that may sign in. A refreshed access token counts as used now. */
export async function introspectToken(
  deps: IntrospectionDeps,
  token: string,
  hint: 'access_token' | 'refresh_token' | undefined,
): Promise<ActiveToken | undefined> {
  const { database, clock } = deps
  const found = await findTokenSession(database.read, token)
  if (!found || found.isSpent || (hint !== undefined && hint !== found.tokenType)) return undefined
  const { session } = found
  const nowMs = clock.nowMs()
  if (session.finishedAtMs !== undefined || [found.expiresAtMs, session.expiresAtMs].some((end) => end !== undefined && end <= nowMs)) {
    return undefined
  }
  const user = session.userId && (await deps.homeserver.findUser(session.userId))
  if (session.userId !== undefined && (!user || user.isDeactivated || user.isLocked)) return undefined
  if (session.kind === 'personal' && !(await isPersonalOwnerValid(deps, session.ownerUserId ?? null, session.userId!))) return undefined
  if (!found.isUsed) await database.transaction((tx) => markAccessTokenUsed(tx, hashToken(token), nowMs))
  const account = session.userId && (await deps.accounts.find(database.read, session.userId))
  return {
    found,
    scopes: scopesOf(found),
    username: session.userId && localpartOf(session.userId),
    subject: account ? account.id : undefined,
  }
}

/** Legacy tokens have no scopes of their own; they open the Client-Server API. */
function scopesOf({ session }: TokenSession): string[] {
  if (session.kind === 'legacy' || session.kind === 'puppet') return [apiScopes.stable, apiScopes.unstable]
  return withTwins(session.scope.split(' ').filter((scope) => scope !== ''))
}
