import type { AnyTransaction } from '@glia/database'
import type { Requester } from '@glia/http'
import type { DeviceId, UserId } from '@glia/protocol'

/**
 * What the homeserver needs of the auth service. In one process these are function calls on the same database, and those that take a
 * transaction become true with it; when the services are split, an implementation over HTTP takes their place.
 */
export interface AuthLink {
  /** Hashes a password for `createAccount` and `setPasswordHash`. Slow on purpose: call it outside a transaction. */
  hashPassword(password: string): Promise<string>
  /** Makes the account that signs in as this user. Without a hash nobody can sign in with a password. */
  createAccount(tx: AnyTransaction, account: { userId: UserId; passwordHash: string | undefined }): Promise<void>
  setPasswordHash(tx: AnyTransaction, userId: UserId, passwordHash: string | undefined): Promise<void>
  hasPassword(userId: UserId): Promise<boolean>
  /** Ends all sessions of the user (of every kind) and their tokens, except the one named. Devices are the caller's to delete. */
  endSessions(tx: AnyTransaction, userId: UserId, options: { exceptSessionId?: string }): Promise<void>
  /** Ends the sessions that are bound to these devices. */
  endDeviceSessions(tx: AnyTransaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void>
  /** A session of the legacy login API, as `/login` makes it; the device must exist. */
  createLegacySession(tx: AnyTransaction, session: { userId: UserId; deviceId: DeviceId }): Promise<{ accessToken: string }>
  /** A token with which an admin acts as the user ("log in as"). @param validUntilMs absent: until it is ended */
  createPuppetToken(
    tx: AnyTransaction,
    puppet: { userId: UserId; owner: UserId; validUntilMs: number | undefined },
  ): Promise<{ accessToken: string }>
  /**
   * Who the user is at identity providers from now on: they sign in with what is listed here of providers that the auth service has.
   * @returns false if one of them is somebody else's; then nothing counts: roll back
   */
  replaceUpstreamLinks(
    tx: AnyTransaction,
    userId: UserId,
    externalIds: readonly { authProvider: string; externalId: string }[],
  ): Promise<boolean>
  /**
   * Asks the requester to prove once more who they are (Client-Server API, "User-Interactive Authentication API").
   * `auth` is the body's `auth`; `operation` names what the proof is for, so that it cannot be used for something else.
   * @throws InteractiveAuthRequired (401 with flows) until a flow is complete
   */
  confirmIdentity(requester: Requester, auth: unknown, operation: string): Promise<void>
}
