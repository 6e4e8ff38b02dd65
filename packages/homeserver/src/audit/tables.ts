export interface AuditTables {
  /** What admins did or tried. Rows are only ever added; how it ended is in `audit_outcomes`. */
  audit_log: {
    /** ULID */
    id: string
    at_ms: number
    operation: string
    actor_user_id: string | null
    actor_client_id: string | null
    actor_session_id: string | null
    /** Kind of the token: `legacy`, `oauth`, `puppet`, `personal`, `client`, or `none`. */
    actor_token: string
    ip: string | null
    user_agent: string | null
    target_kind: string | null
    target_id: string | null
    /** JSON */
    request: string
  }
  /** No row: it is still going on, or the server stopped before its end. */
  audit_outcomes: {
    id: string
    /** HTTP status */
    status: number
    errcode: string | null
    /** JSON objects of what changed. */
    before_json: string | null
    after_json: string | null
  }
}
