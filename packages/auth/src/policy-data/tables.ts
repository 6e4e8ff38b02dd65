export interface PolicyDataTables {
  /** The newest counts. `data` is JSON. */
  auth_policy_data: { id: string; created_at_ms: number; data: string }
}
