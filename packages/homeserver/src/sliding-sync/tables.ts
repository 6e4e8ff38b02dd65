export interface SlidingSyncTables {
  /** A client's connection: one for each device and `conn_id`. */
  sliding_sync_connections: {
    connection_id: string
    user_id: string
    /** For tokens without a device: the session. */
    device_id: string
    conn_id: string
    /** The answer whose whole memory is kept under the answer id '': the one before the newest that the client came back with. */
    base_id: string
    used_at_ms: number
  }
  /** Answers after the base that the client may come back with. */
  sliding_sync_answers: {
    connection_id: string
    answer_id: string
    /** The answer whose `pos` was asked with. */
    parent_id: string
    /** Later ones are greater. */
    number: number
  }
  /** What the client was sent: of the base everything, of an answer what it changed. */
  sliding_sync_entries: {
    connection_id: string
    /** '' for the base. */
    answer_id: string
    /** `room`, `member` or `required_state`. */
    kind: string
    name: string
    /** JSON; null: the base's entry no longer holds. */
    value: string | null
  }
}
