export interface ClientTables {
  auth_clients: {
    id: string
    created_at_ms: number
    /** Public clients: the same metadata is the same client. Null for clients with a secret. */
    metadata_digest: string | null
    secret_hash: string | null
    /** The secret of a client that signs with it (`client_secret_jwt`), encrypted. */
    sealed_secret: string | null
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
  /** What clients have signed to say who they are, each good once (RFC 7523 section 3); kept until it would be too old anyway. */
  auth_client_assertions: { id_hash: string; expires_at_ms: number }
}
