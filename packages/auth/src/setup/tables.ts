export interface SetupTables {
  auth_setup_links: {
    token_hash: string
    created_at_ms: number
    expires_at_ms: number
  }
}
