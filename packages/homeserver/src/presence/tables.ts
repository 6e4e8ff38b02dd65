import type { Flag } from '../users/tables.ts'

export interface PresenceTables {
  /** What others see of a user. Written when that changes, and seldom meanwhile. */
  presence: {
    user_id: string
    /** `online`, `unavailable` or `offline`. */
    state: string
    status_msg: string | null
    /** At least then; null: never. */
    last_active_ms: number | null
    currently_active: Flag
    /** When others last had something to hear. */
    position: number
  }
  /** What each device says, as the process knows that hears of it; devices that are offline have none. */
  presence_sources: { user_id: string; device: string; process_id: string; state: string }
  /** Processes that hear of devices. What one knows ends with it. */
  presence_processes: { process_id: string; alive_until_ms: number }
}
