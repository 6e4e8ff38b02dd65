/** What users told the admins of the server. `id` is a change position: unique, in order of arrival, never given out twice. */
export interface ReportTables {
  event_reports: {
    id: number
    received_at_ms: number
    room_id: string
    event_id: string
    /** Who reported it. */
    user_id: string
    reason: string | null
    /** -100 (most offensive) to 0, from older clients. */
    score: number | null
  }
  room_reports: { id: number; received_at_ms: number; room_id: string; user_id: string; reason: string }
  user_reports: { id: number; received_at_ms: number; target_user_id: string; user_id: string; reason: string }
}
