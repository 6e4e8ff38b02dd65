export interface RecoveryTables {
  /** Links with which a forgotten password can be replaced, each once. */
  auth_recovery_tickets: {
    ticket_hash: string
    /** Null: the address belongs to nobody; kept all the same, so that asking takes as long. */
    user_id: string | null
    expires_at_ms: number
  }
}
