export interface FilterTables {
  filters: {
    user_id: string
    /** Made from the content: the same filter has the same id. */
    filter_id: string
    /** A JSON object. */
    content: string
  }
}
