export interface AccountTables {
  /** What signs in as a user. Admin, locked, deactivated and suspended are flags of the homeserver's user. */
  auth_accounts: {
    /** ULID; the `sub` of ID tokens */
    id: string
    user_id: string
    created_at_ms: number
    /** Null: nobody can sign in with a password. */
    password_hash: string | null
  }
}
