export interface DelayedEventTables {
  /** Events that are sent when their time comes, unless their client puts that off (MSC4140). */
  delayed_events: {
    delay_id: string
    user_id: string
    /** Of the client that asked, for the transaction id under which the event is sent. */
    session_id: string
    device_id: string | null
    room_id: string
    type: string
    /** null for events that are not state. */
    state_key: string | null
    /** A JSON object. */
    content: string
    delay_ms: number
    /** When the delay began, or began anew. */
    running_since_ms: number
    send_at_ms: number
    /** Change position when it was made: a change of the same state by another user after it ends the delayed event. */
    made_at_position: number
    /** A process is sending it, and is taken for dead after this time. */
    claimed_until_ms: number | null
  }
}
