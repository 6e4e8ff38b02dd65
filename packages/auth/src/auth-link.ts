import type { AnyTransaction, Database } from '@glia/database'
import type { DeviceId, UserId } from '@glia/protocol'
import type { Accounts } from './accounts/index.ts'
import type { PasswordHasher } from './passwords/index.ts'
import type { AuthSchema } from './schema.ts'
import type { Sessions } from './sessions/index.ts'
import type { UpstreamLinks } from './upstream/index.ts'

export interface AuthLinkDeps {
  readonly database: Database<AuthSchema>
  readonly accounts: Accounts
  readonly passwords: PasswordHasher
  readonly sessions: Sessions
  readonly links: UpstreamLinks
}

/** What the homeserver may ask of the auth service, except `confirmIdentity`, which interactive authentication adds. */
export function createAuthLink(deps: AuthLinkDeps) {
  const { database, accounts, passwords, sessions, links } = deps
  return {
    hashPassword: (password: string) => passwords.hash(password),
    async createAccount(tx: AnyTransaction, account: { userId: UserId; passwordHash: string | undefined }): Promise<void> {
      await accounts.create(tx, account)
    },
    setPasswordHash: (tx: AnyTransaction, userId: UserId, passwordHash: string | undefined) =>
      accounts.setPasswordHash(tx, userId, passwordHash),
    async hasPassword(userId: UserId): Promise<boolean> {
      return (await accounts.find(database.read, userId))?.passwordHash !== undefined
    },
    endSessions: (tx: AnyTransaction, userId: UserId, options: { exceptSessionId?: string }) => sessions.endAll(tx, userId, options),
    endDeviceSessions: (tx: AnyTransaction, userId: UserId, deviceIds: readonly DeviceId[]) => sessions.endOfDevices(tx, userId, deviceIds),
    createLegacySession: (tx: AnyTransaction, session: { userId: UserId; deviceId: DeviceId }) =>
      sessions.createLegacySession(tx, { ...session, refreshable: false }),
    replaceUpstreamLinks: (tx: AnyTransaction, userId: UserId, externalIds: readonly { authProvider: string; externalId: string }[]) =>
      links.replace(tx, userId, externalIds),
    createPuppetToken: (tx: AnyTransaction, puppet: { userId: UserId; owner: UserId; validUntilMs: number | undefined }) =>
      sessions.createPuppetToken(tx, puppet),
  }
}
