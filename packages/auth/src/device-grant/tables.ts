export interface DeviceGrantTables {
  auth_device_grants: {
    id: string
    client_id: string
    created_at_ms: number
    expires_at_ms: number
    stage: 'pending' | 'fulfilled' | 'rejected' | 'exchanged'
    scope: string
    device_code_hash: string
    user_code: string
    /** Of the device that asks; shown to the person who decides. */
    ip: string
    user_agent: string
    browser_session_id: string | null
    decided_at_ms: number | null
    exchanged_at_ms: number | null
    session_id: string | null
  }
}
