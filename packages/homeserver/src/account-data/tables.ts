export interface AccountDataTables {
  /** What users keep for themselves (Client-Server API, "Client Config"), tags and read-up-to markers included; push rules are kept apart. */
  account_data: {
    user_id: string
    /** '' for global data. */
    room_id: string
    type: string
    /** A JSON object. */
    content: string
    /** When it last changed. */
    position: number
  }
}
