export type KeyKind = 'RSA' | 'EC'

export interface SigningKeyTables {
  /** Keys that sign ID tokens, or did. Few: rows stay, so that a key that is over is never taken up again. */
  auth_signing_keys: {
    /** Thumbprint of the public key (RFC 7638). */
    kid: string
    kind: KeyKind
    /** JSON, as it is published. */
    public_jwk: string
    /** The private key (PKCS #8, PEM), encrypted. Null: it is over and was destroyed. */
    sealed_key: string | null
    created_at_ms: number
    /** Since when another one signs. Null: it signs. */
    retired_at_ms: number | null
  }
}
