export type SessionKind = 'legacy' | 'oauth' | 'puppet' | 'personal'

export interface SessionTables {
  /** Sessions that hold access tokens. A session is live until `finished_at_ms` or `expires_at_ms`. */
  auth_sessions: {
    id: string
    kind: SessionKind
    /** As whom the tokens act. Null: a client that acts for itself. */
    user_id: string | null
    device_id: string | null
    /** OAuth sessions and personal sessions of a client. */
    client_id: string | null
    /** Puppet: the admin who acts. Personal: the user who owns the token, if it is no client's. */
    owner_user_id: string | null
    browser_session_id: string | null
    /** Sorted, separated by spaces; empty for legacy and puppet sessions. */
    scope: string
    human_name: string | null
    created_at_ms: number
    expires_at_ms: number | null
    finished_at_ms: number | null
    last_active_at_ms: number | null
    last_active_ip: string | null
    user_agent: string | null
  }
  auth_access_tokens: {
    token_hash: string
    id: string
    session_id: string
    created_at_ms: number
    expires_at_ms: number | null
    /** 1: made by a refresh; its first use ends the retry that the refresh token before it still had. */
    from_refresh: number
    first_used_at_ms: number | null
  }
  auth_refresh_tokens: {
    token_hash: string
    id: string
    session_id: string
    /** The access token given out with it. */
    access_token_id: string
    created_at_ms: number
    expires_at_ms: number | null
    consumed_at_ms: number | null
    /** After a refresh: the one that came after it. */
    next_id: string | null
    /** Given out, but the answer was lost and another took its place. */
    replaced_at_ms: number | null
  }
  /** Signed-in browsers: the cookie is the secret. */
  auth_browser_sessions: {
    id: string
    cookie_hash: string
    user_id: string
    created_at_ms: number
    finished_at_ms: number | null
    last_active_at_ms: number
    last_active_ip: string | null
    user_agent: string | null
  }
}
