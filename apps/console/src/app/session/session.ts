/** What renewing and ending a session of an OAuth 2.0 authorization server needs. */
export interface OAuthGrant {
  readonly issuer: string
  readonly clientId: string
  readonly tokenEndpoint: string
  readonly revocationEndpoint: string | undefined
}

/** Someone who is signed in to a homeserver. */
export interface Session {
  /** Address of the homeserver, without a slash at the end. */
  readonly baseUrl: string
  readonly userId: string
  readonly accessToken: string
  /** How the token came: decides whether signing out ends it. */
  readonly origin: 'oauth' | 'password' | 'pasted'
  readonly refreshToken: string | undefined
  /** Undefined: it does not expire, or nobody knows when. */
  readonly expiresAtMs: number | undefined
  readonly oauth: OAuthGrant | undefined
}

/** New tokens of a session. */
export type RenewedTokens = Pick<Session, 'accessToken' | 'refreshToken' | 'expiresAtMs'>
