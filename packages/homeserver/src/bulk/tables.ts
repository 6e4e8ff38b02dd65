export interface BulkTables {
  bulk_jobs: {
    /** ULID */
    id: string
    /** A `BulkKindName`. */
    kind: string
    /** One of the actions of the kind. */
    action: string
    /** JSON: a `BulkParameters`. */
    parameters: string
    /** A `BulkState`. */
    state: string
    created_by: string
    created_at_ms: number
    changed_at_ms: number
    /** Items are taken in the order of their ids; all up to this one are settled. */
    last_item_id: string
    done: number
    failed: number
    skipped: number
  }
  bulk_results: { job_id: string; item_id: string; outcome: string; error: string | null; at_ms: number }
}
