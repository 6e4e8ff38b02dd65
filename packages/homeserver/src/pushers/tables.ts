import type { Defaulted, Flag } from '../users/tables.ts'

export interface PusherTables {
  /** Where a user's notifications are to be sent. */
  pushers: {
    user_id: string
    app_id: string
    pushkey: string
    /** `http` or `email`. */
    kind: string
    app_display_name: string
    device_display_name: string
    lang: string
    profile_tag: string
    /** JSON: for `http` with `url`. */
    data: string
    /** The session that set it; it ends with its device. */
    session_id: string
    device_id: string | null
    created_at_ms: number
    enabled: Defaulted<Flag>
    /** When it was set last. */
    pushkey_at_ms: Defaulted<number>
    /** Everything up to this change position was sent, or had not to be. */
    last_position: Defaulted<number>
    /** The unread count that was sent last. */
    last_badge: number | null
    /** Since when the gateway does not take what is sent; with `backoff_ms` and `retry_at_ms`, null while it does. */
    failing_since_ms: number | null
    backoff_ms: number | null
    retry_at_ms: number | null
    /** The process that sends just now, where there are several; it is taken for dead when the time is over. */
    lease_owner: string | null
    lease_until_ms: number | null
  }
}
