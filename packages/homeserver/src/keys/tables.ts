import type { Defaulted, Flag } from '../users/tables.ts'

export interface KeyTables {
  /** Identity keys of devices as they were uploaded, own signature included. */
  device_keys: { user_id: string; device_id: string; json: string }
  one_time_keys: {
    user_id: string
    device_id: string
    algorithm: string
    key_id: string
    json: string
    uploaded_at_ms: number
  }
  /** One for each algorithm: handed out when no one-time key is left. */
  fallback_keys: {
    user_id: string
    device_id: string
    algorithm: string
    key_id: string
    json: string
    used: Defaulted<Flag>
  }
  cross_signing_keys: {
    user_id: string
    /** `master`, `self_signing` or `user_signing`. */
    usage: string
    public_key: string
    /** The key object as it was uploaded. */
    json: string
  }
  /** Until when a user may replace cross-signing keys without proving who they are. */
  cross_signing_reset_grants: { user_id: string; until_ms: number }
  /** Signatures that were added to keys after their upload. */
  key_signatures: {
    target_user_id: string
    /** A device id, or the public key of a cross-signing key. */
    target_id: string
    signer_user_id: string
    /** `ed25519:` and a device id or public key. */
    signing_key_id: string
    signature: string
  }
  /** When the devices or cross-signing keys of a user last changed for everybody who shares a room. */
  device_list_changes: { user_id: string; position: number }
  /** When a user last signed another user's master key: a change that only the signer sees. */
  user_signature_changes: { signer_user_id: string; target_user_id: string; position: number }
}
