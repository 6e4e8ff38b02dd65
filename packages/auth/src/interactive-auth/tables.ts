export interface InteractiveAuthTables {
  /** User-interactive authentications that are under way. */
  auth_interactive_sessions: {
    id: string
    /** What it is for: it cannot be used for something else. */
    operation: string
    /** JSON object: what was asked for, so that the client may leave it out later. Never a password. */
    parameters: string
    /** JSON object: completed stage → what it showed (`m.login.password` → user id). */
    completed: string
    created_at_ms: number
    expires_at_ms: number
  }
}
