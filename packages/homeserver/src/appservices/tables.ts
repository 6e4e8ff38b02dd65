export interface AppserviceTables {
  /** How far each application service was served: change positions up to which was looked, whether anything was for it or not. */
  appservice_feeds: {
    appservice_id: string
    /** Events up to here that are for it are in `appservice_events`, or were sent. */
    events_position: number
    receipts_position: number
    to_device_position: number
    device_lists_position: number
    /** Ids of transactions ascend. */
    last_transaction_id: number
    /** The process that serves it, until when. */
    lease_owner: string | null
    lease_until_ms: number | null
  }
  /** Events that wait to be sent, by the position of the event. */
  appservice_events: { appservice_id: string; position: number; event_id: string }
  /** The transaction that is being sent: the same until it is accepted. */
  appservice_transactions: { appservice_id: string; transaction_id: number; body: string }
  /** Rooms in the directories of the networks that a service bridges. */
  appservice_public_rooms: { appservice_id: string; network_id: string; room_id: string }
}
