import type { Reads } from '@glia/database'
import type { HomeserverSchema } from '../schema.ts'

/** What the audit log tells of a file before and after a change. */
export async function mediaSnapshot(reads: Reads<HomeserverSchema>, mediaId: string): Promise<Record<string, unknown> | undefined> {
  const row = await reads
    .selectFrom('local_media')
    .select(['user_id', 'media_type', 'size', 'sha256', 'quarantined_by', 'safe_from_quarantine'])
    .where('media_id', '=', mediaId)
    .executeTakeFirst()
  return (
    row && {
      user_id: row.user_id,
      media_type: row.media_type,
      size: row.size,
      sha256: row.sha256,
      quarantined_by: row.quarantined_by,
      protected: row.safe_from_quarantine === 1,
    }
  )
}
