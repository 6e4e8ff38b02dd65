export interface AdminStreamTables {
  /** That something changed which admins may want to hear of. What it is now is read where it is kept. */
  admin_news: {
    /** ULID */
    id: string
    /** A `StreamType`. */
    kind: string
    /** Id of the record, report, user, task or job. */
    subject: string
    /**
     * Its place in the stream, given after the commit, so that no place appears before a lower one. null: not yet. A subject that changes
     * again gets a new place, and loses the old one.
     */
    position: number | null
  }
  /** One row. */
  admin_news_head: {
    id: number
    /** The last place that was given. */
    position: number
    /** News up to this place were dropped for their age. */
    forgotten: number
  }
}
