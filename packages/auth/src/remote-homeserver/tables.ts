/** Operations of `/_synapse/mas/` that are sent from the queue. */
export type HomeserverOperation =
  | 'provision_user'
  | 'delete_user'
  | 'reactivate_user'
  | 'upsert_device'
  | 'delete_device'
  | 'sync_devices'
  | 'allow_cross_signing_reset'

export interface HomeserverCallTables {
  /** What a homeserver elsewhere has still to be told, each user's in this order. */
  auth_homeserver_calls: {
    position: number
    user_id: string
    operation: HomeserverOperation
    /** JSON */
    body: string
    due_at_ms: number
    /** Until then one process is sending it. */
    claimed_until_ms: number
    attempts: number
  }
}
