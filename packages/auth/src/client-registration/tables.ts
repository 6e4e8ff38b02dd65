export interface ClientTables {
  auth_clients: {
    id: string
    created_at_ms: number
    /** Public clients: the same metadata is the same client. Null for clients with a secret. */
    metadata_digest: string | null
    secret_hash: string | null
    /** `ClientMetadata` as JSON. */
    metadata: string
    /** Of the metadata, for lists. */
    client_name: string | null
    client_uri: string | null
    /** Separated by spaces. */
    grant_types: string
    /** 1: from the configuration. */
    is_static: number
  }
}
