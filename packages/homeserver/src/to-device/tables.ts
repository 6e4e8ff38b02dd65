export interface ToDeviceTables {
  /** Messages that wait for a device, one row for each recipient device. */
  to_device_messages: {
    user_id: string
    device_id: string
    position: number
    type: string
    sender: string
    /** A JSON object. */
    content: string
  }
  /** Requests that were already carried out. */
  to_device_transactions: {
    user_id: string
    /** The sender's session. */
    session_id: string
    type: string
    transaction_id: string
    created_at_ms: number
  }
}
