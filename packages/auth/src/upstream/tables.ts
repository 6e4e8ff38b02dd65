export interface UpstreamTables {
  /** Identity providers that accounts sign in with, as the configuration named them; secrets stay there. */
  auth_upstream_providers: {
    id: string
    issuer: string | null
    human_name: string | null
    brand_name: string | null
    registration_token_required: number
    created_at_ms: number
    /** Since when it is not in the configuration, or switched off. */
    disabled_at_ms: number | null
  }
  /** Who is who at a provider. */
  auth_upstream_links: {
    id: string
    provider_id: string
    subject: string
    /** Null: somebody who came from there and has no account yet. */
    user_id: string | null
    human_account_name: string | null
    created_at_ms: number
  }
}
