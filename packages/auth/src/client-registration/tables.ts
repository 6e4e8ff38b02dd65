export interface ClientTables {
  auth_clients: {
    id: string
    created_at_ms: number
    /** Public clients: the same metadata is the same client. Null for clients with a secret. */
    metadata_digest: string | null
    secret_hash: string | null
    /** `ClientMetadata` as JSON. */
    metadata: string
  }
}
