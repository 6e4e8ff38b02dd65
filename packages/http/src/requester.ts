import type { AdminRole, AuditTarget } from '@glia/contract'
import type { Appservice, DeviceId, UserId } from '@glia/protocol'
import type { RateLimit } from './rate-limiter.ts'

/**
 * Who made a request, as its access token tells. An authenticated request has exactly one of these.
 * Flags are those of the account at the time of the request.
 */
export interface Requester {
  readonly userId: UserId
  /** Absent for tokens that are bound to no device (puppet tokens, OAuth tokens without a device scope). */
  readonly deviceId: DeviceId | undefined
  /** May call the server's Admin API with this token. */
  readonly isAdmin: boolean
  /** As which helper this token may call parts of it, if it is no admin's. */
  readonly adminRoles: readonly AdminRole[]
  readonly isGuest: boolean
  readonly isLocked: boolean
  readonly isSuspended: boolean
  readonly isShadowBanned: boolean
  /** An admin took away all rate limits. With a "log in as" token: those of the admin who owns it. */
  readonly isUnlimited: boolean
  /** What an admin set in place of the limit on messages that is configured. */
  readonly messageLimit: RateLimit | undefined
  /** The account's time is over (`account_validity`). */
  readonly isExpired: boolean
  /** Where the token came from. Tokens from OAuth cannot pass user-interactive authentication. */
  readonly origin: 'legacy' | 'oauth' | 'puppet' | 'personal' | 'appservice'
  /** The application service that acts as `userId` with its own token. */
  readonly appservice?: Appservice | undefined
  /** Scopes of an OAuth or personal token; empty for legacy and puppet tokens. */
  readonly scopes: ReadonlySet<string>
  /** The session that the token belongs to, stable over refreshes. */
  readonly sessionId: string
  readonly tokenId: string
  /** With a "log in as" token: the admin who owns it. Everything is done as `userId`. */
  readonly puppetOwner: UserId | undefined
}

/** What a request tells about the machine that it came from. Kept with sessions and in the log of addresses. */
export interface Origin {
  readonly ip: string
  readonly userAgent: string
}

/** Turns an access token into a requester. Implemented by the auth service. */
export interface Authenticator {
  /**
   * @param query of the request: application services name in it whom they act for
   * @throws MatrixError M_UNKNOWN_TOKEN: unknown, ended or (with `soft_logout: true`) expired; M_FORBIDDEN, M_UNKNOWN_DEVICE: not the
   *   application service's user or device
   */
  authenticate(accessToken: string, origin: Origin, query?: URLSearchParams): Promise<Requester>
  /**
   * Checks a token for the MAS Admin API.
   * @throws AuthAdminError 401: unknown, ended, expired, without the scope `urn:mas:admin` or that of a role, or its user is locked
   */
  authenticateAuthAdmin(accessToken: string, origin: Origin): Promise<AuthAdminRequester>
  /**
   * Whether somebody acted on is an admin or has a role, or is none whom helpers may act on. @param target a user, or a resource of MAS's
   *   Admin API: the user is whose it is
   */
  isPrivileged(target: AuditTarget): Promise<boolean>
}

/** The caller of the MAS Admin API: a user's session, or a client acting for itself. */
export interface AuthAdminRequester {
  readonly sessionId: string
  readonly userId: UserId | undefined
  readonly clientId: string | undefined
  /** With the scope `urn:mas:admin`. */
  readonly isAdmin: boolean
  readonly adminRoles: readonly AdminRole[]
}

/** Whether the rate limits of users hold for the caller: application services may be exempt. */
export function isRateLimited(requester: Requester): boolean {
  return !requester.isUnlimited && (requester.appservice?.isRateLimited ?? true)
}
