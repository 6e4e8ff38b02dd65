export interface AuthorizationGrantTables {
  auth_authorization_grants: {
    id: string
    client_id: string
    created_at_ms: number
    stage: 'pending' | 'fulfilled' | 'cancelled' | 'exchanged'
    redirect_uri: string
    response_mode: 'query' | 'fragment'
    scope: string
    state: string | null
    nonce: string | null
    /** Of the method S256. */
    code_challenge: string | null
    login_hint: string | null
    /** `prompt=login`: signed in before the grant was made is not enough. */
    needs_fresh_login: number
    code_hash: string | null
    browser_session_id: string | null
    decided_at_ms: number | null
    exchanged_at_ms: number | null
    session_id: string | null
  }
}
