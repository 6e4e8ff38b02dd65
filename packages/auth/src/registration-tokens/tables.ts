export interface RegistrationTokenTables {
  auth_registration_tokens: {
    token: string
    /** ULID; the MAS Admin API names tokens by it. */
    id: string
    /** Null: any number. */
    uses_allowed: number | null
    /** Registrations that have shown the token and are not done. */
    pending: number
    completed: number
    /** Null: never. */
    expires_at_ms: number | null
    created_at_ms: number
    last_used_at_ms: number | null
    revoked_at_ms: number | null
  }
}
