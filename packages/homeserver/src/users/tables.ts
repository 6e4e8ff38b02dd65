import type { ColumnType } from 'kysely'

/** A 0/1 column; stores map it to a boolean. */
export type Flag = number
/** A column with a default: may be left out of an insert. */
export type Defaulted<T> = ColumnType<T, T | undefined, T>

export interface UserTables {
  /** Local accounts as the homeserver knows them. Passwords and sessions belong to the auth service. */
  users: {
    user_id: string
    localpart: string
    created_at_ms: number
    admin: Defaulted<Flag>
    /** An `AdminRole`. */
    admin_role: Defaulted<string | null>
    deactivated: Defaulted<Flag>
    locked: Defaulted<Flag>
    suspended: Defaulted<Flag>
    shadow_banned: Defaulted<Flag>
    erased: Defaulted<Flag>
    approved: Defaulted<Flag>
    is_guest: Defaulted<Flag>
    user_type: string | null
    appservice_id: string | null
    display_name: string | null
    avatar_url: string | null
    consent_version: string | null
    consent_at_ms: number | null
    last_seen_ms: number | null
    /** Kept by the user store with the flags. */
    locked_at_ms: number | null
    deactivated_at_ms: number | null
    /** Set by an admin in place of the limit on messages that is configured. */
    messages_per_second: Defaulted<number | null>
    message_burst: Defaulted<number | null>
    /** The account may not be used any more from then on. null: for ever. */
    expires_at_ms: Defaulted<number | null>
  }
  devices: {
    user_id: string
    device_id: string
    display_name: string | null
    created_at_ms: number
    last_seen_ms: number | null
    last_seen_ip: string | null
    last_seen_user_agent: string | null
  }
  /** From where accounts were used, for whois and the list's last-seen columns. `device_id` is '' for tokens without a device. */
  user_addresses: {
    user_id: string
    device_id: string
    ip: string
    user_agent: string
    last_seen_ms: number
  } /** How many users have this combination of flags. Kept by the user store, so that lists can say a total without counting. */
  user_counts: {
    admin: Flag
    deactivated: Flag
    locked: Flag
    is_guest: Flag
    approved: Flag
    shadow_banned: Flag
    /** '' for users without a type. */
    user_type: string
    users: number
  }
  user_threepids: { id: string; medium: string; address: string; user_id: string; added_at_ms: number; validated_at_ms: number }
  /** Experiments that an admin switched on for a user. */
  user_experimental_features: { user_id: string; feature: string }
  /** Who the user is at an identity provider. */
  user_external_ids: { auth_provider: string; external_id: string; user_id: string }
  /** Deactivated users who still have to leave their rooms. */
  user_departures: { user_id: string }
  /** Profile fields beside display name and avatar; `json` is the value. */
  profile_fields: { user_id: string; name: string; json: string }
}
