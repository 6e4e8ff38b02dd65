export interface ReceiptTables {
  /** The newest receipt of each user, type and thread in a room. */
  receipts: {
    room_id: string
    user_id: string
    /** `m.read` or `m.read.private`. */
    receipt_type: string
    /** '' for an unthreaded receipt, 'main', or the id of the thread's root. */
    thread_id: string
    event_id: string
    /** Position of the event, kept here since the event may be purged. */
    event_position: number
    ts: number
    position: number
  }
}
