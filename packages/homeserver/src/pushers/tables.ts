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
  }
}
