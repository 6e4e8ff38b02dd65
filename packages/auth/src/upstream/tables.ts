export interface UpstreamTables {
  /** Identity providers that accounts sign in with, as the configuration named them; secrets stay there. */
  auth_upstream_providers: {
    id: string
    issuer: string | null
    human_name: string | null
    brand_name: string | null
    registration_token_required: number
    created_at_ms: number
    /** What Synapse called it: `auth_provider` of external ids. Null: the id. */
    synapse_idp_id: string | null
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
  /** Browsers that are on their way to a provider and back; `identity` (JSON) is there once they are back. */
  auth_upstream_sign_ins: {
    id: string
    provider_id: string
    state_hash: string
    /** Hash of the browser's own secret: nobody else can go on. */
    browser_hash: string
    nonce: string
    code_verifier: string | null
    continuation: string
    expires_at_ms: number
    returned_at_ms: number | null
    identity: string | null
  }
  /** Which browser sessions were opened by way of a provider, for its back-channel logout. */
  auth_upstream_logins: { browser_session_id: string; provider_id: string; subject: string; sid: string | null }
}
