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
  /** Every report of the three kinds, with what admins make of it. */
  report_cases: {
    id: number
    /** `event`, `room` or `user` */
    kind: string
    received_at_ms: number
    reporter: string
    reason: string | null
    room_id: string | null
    event_id: string | null
    /** The reported user, or the sender of the reported event. */
    target_user_id: string | null
    /** `new`, `in_progress`, `resolved` or `dismissed` */
    state: string
    assignee: string | null
    changed_at_ms: number
  }
  /** Who changed what of a report; `change_json` has `state`, `assignee` and `note` as far as they were given. */
  report_history: { id: string; report_id: number; at_ms: number; user_id: string; change_json: string }
  user_reports: { id: number; received_at_ms: number; target_user_id: string; user_id: string; reason: string }
}
