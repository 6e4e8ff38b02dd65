export interface SsoLoginTables {
  /** Logins that a client began and a browser is to finish on our pages. */
  auth_sso_logins: { id: string; redirect_url: string; expires_at_ms: number }
  /** Tokens for `m.login.token`, each good once. */
  auth_login_tokens: { token_hash: string; user_id: string; expires_at_ms: number }
}
