import { OAuthError } from '@glia/contract'
import type { AnyTransaction, Database } from '@glia/database'
import type { Origin } from '@glia/http'
import type { DeviceId } from '@glia/protocol'
import type { Accounts } from '../accounts/index.ts'
import type { Client } from '../client-registration/index.ts'
import type { HomeserverLink, LinkedUser } from '../homeserver-link.ts'
import { deviceIdOf } from '../policy/index.ts'
import type { AuthSchema } from '../schema.ts'
import type { BrowserSession, BrowserSessions, IssuedTokens, Sessions } from '../sessions/index.ts'
import { describeUserAgent } from './user-agent.ts'

export interface UserSessionDeps {
  readonly database: Database<AuthSchema>
  readonly homeserver: HomeserverLink
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly browserSessions: BrowserSessions
}

/** Who consented: the browser must still be signed in and its user able to sign in. */
export interface Consenter {
  readonly browserSession: BrowserSession
  readonly user: LinkedUser
}

/** @throws OAuthError invalid_grant */
export async function findConsenter(deps: UserSessionDeps, browserSessionId: string): Promise<Consenter> {
  const browserSession = await deps.browserSessions.find(deps.database.read, browserSessionId)
  if (!browserSession) throw new OAuthError('invalid_grant', 'The browser session in which this was confirmed has ended')
  const user = await deps.homeserver.findUser(browserSession.userId)
  if (!user || user.isDeactivated || user.isLocked) throw new OAuthError('invalid_grant', 'The account cannot sign in')
  return { browserSession, user }
}

/**
 * Opens the session for which somebody consented. The device comes first and in the same transaction: the token works on the
 * homeserver as soon as it is known, and older sessions of the device are over.
 */
export async function openUserSession(
  tx: AnyTransaction,
  deps: UserSessionDeps,
  request: { consenter: Consenter; client: Client; scope: string; device: Origin; origin: Origin },
): Promise<{ tokens: IssuedTokens; subject: string }> {
  const { consenter, client, scope, device, origin } = request
  const { userId } = consenter.user
  const deviceId = deviceIdOf(scope.split(' ')) as DeviceId | undefined
  if (deviceId !== undefined) {
    await deps.homeserver.upsertDevice(tx, { userId, deviceId, displayName: deviceName(client, device.userAgent) })
  }
  const account = await deps.accounts.ensure(tx, userId)
  const tokens = await deps.sessions.createOAuthSession(tx, {
    userId,
    deviceId,
    clientId: client.id,
    scope,
    refreshable: true,
    browserSessionId: consenter.browserSession.id,
    origin,
  })
  return { tokens, subject: account.id }
}

function deviceName(client: Client, userAgent: string): string {
  const name = client.clientName ?? client.id
  const device = describeUserAgent(userAgent)
  return device === undefined ? name : `${name}: ${device}`
}
