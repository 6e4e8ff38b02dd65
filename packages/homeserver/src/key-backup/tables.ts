import type { Defaulted, Flag } from '../users/tables.ts'

export interface KeyBackupTables {
  key_backup_versions: {
    user_id: string
    /** 1, 2, …; never used again. */
    version: number
    algorithm: string
    /** A JSON object. */
    auth_data: string
    /** Goes up with each change of the stored keys. */
    etag: Defaulted<number>
    key_count: Defaulted<number>
    deleted: Defaulted<Flag>
  }
  key_backup_sessions: {
    user_id: string
    version: number
    room_id: string
    session_id: string
    first_message_index: number
    forwarded_count: number
    is_verified: Flag
    /** A JSON object. */
    session_data: string
  }
}
