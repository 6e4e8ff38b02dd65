export interface PushRuleTables {
  /** What users changed on their push rules; no row: only the defaults. */
  push_rules: {
    user_id: string
    /** JSON: own rules by kind, in order. */
    own_rules: string
    /** JSON: changes of default rules by rule id. */
    default_changes: string
    position: number
  }
}
