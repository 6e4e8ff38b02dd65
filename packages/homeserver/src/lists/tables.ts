export interface ListTables {
  /** What admins keep out. An entry that has expired is none, whether its row is still there or not. */
  list_entries: {
    /** A `ListName`. */
    list: string
    item: string
    reason: string | null
    added_by: string
    added_at_ms: number
    /** null: never. */
    expires_at_ms: number | null
  }
}
