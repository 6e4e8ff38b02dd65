export interface OpenIdTables {
  /** Tokens with which users prove to others who they are. */
  openid_tokens: {
    /** SHA-256, base64url. */
    token_hash: string
    user_id: string
    expires_at_ms: number
  }
}
