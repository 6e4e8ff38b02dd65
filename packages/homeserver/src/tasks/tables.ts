export type TaskStatus = 'scheduled' | 'active' | 'complete' | 'failed' | 'cancelled'

export interface TaskTables {
  scheduled_tasks: {
    /** 16 letters. */
    id: string
    action: string
    status: TaskStatus
    /** Planned start while scheduled, else the last change. */
    timestamp_ms: number
    /** What it works on: a room, a user. */
    resource_id: string | null
    /** JSON object. */
    parameters: string
    /** JSON object, written step by step. */
    result: string | null
    error: string | null
    created_at_ms: number
    /** The process that runs it, and until when it has said to be alive. */
    lease_owner: string | null
    lease_until_ms: number | null
  }
}
