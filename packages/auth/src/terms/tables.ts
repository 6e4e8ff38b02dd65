export interface AcceptedTermsTables {
  /** Which version of which terms a user accepted to get the account. */
  auth_accepted_terms: {
    user_id: string
    policy: string
    version: string
    accepted_at_ms: number
  }
}
