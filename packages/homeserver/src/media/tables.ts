import type { Defaulted, Flag } from '../users/tables.ts'

export interface MediaTables {
  /** Files of our own users. Type, size, hash and file are null while an async upload is owed. */
  local_media: {
    media_id: string
    /** Who uploaded it. */
    user_id: string
    /** As the uploader said. */
    media_type: string | null
    /** Bytes. */
    size: number | null
    upload_name: string | null
    /** Of the content, hexadecimal. */
    sha256: string | null
    /** Where the media store keeps the content. Equal content shares one file. */
    file_key: string | null
    created_at_ms: number
    /** Written about once a minute. */
    last_access_ms: number | null
    /** Until when the owed content may come; null once it is there. */
    unused_expires_at_ms: number | null
    /** An admin's user id, or `system`: the content was quarantined before. */
    quarantined_by: string | null
    safe_from_quarantine: Defaulted<Flag>
    /** Not given out at the open (legacy) addresses. */
    authenticated: Defaulted<Flag>
  }
  /** What the rows of `local_media` add up to, for each user who has any. Changed with them, in `media-records.ts` only. */
  user_media_totals: { user_id: string; media_count: number /** Unknown sizes count 0. */; media_bytes: number }
  /** Set by an admin in place of the quota that is configured. `max_bytes` null: any amount. */
  user_media_quotas: { user_id: string; max_bytes: number | null }
  /** One row: how many users have a row in `user_media_totals`. */
  media_uploaders: { uploaders: number }
  /** Files that no row needs any more and that are still to be removed from the store. */
  unwanted_media_files: { file_key: string }
  media_quarantine_changes: { position: number; origin: string; media_id: string; quarantined: Flag }
}
