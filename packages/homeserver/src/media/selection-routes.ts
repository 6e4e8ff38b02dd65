import { contract } from '@glia/contract'
import type { Database } from '@glia/database'
import { type Route, route } from '@glia/http'
import type { HomeserverSchema } from '../schema.ts'
import { checkTexts, readPage } from '../selection/index.ts'
import type { MediaRecord } from './media-records.ts'
import { mediaSelectionOf, mediaSelector } from './select-media.ts'

export function mediaSelectionRoutes({ database }: { database: Database<HomeserverSchema> }): Route[] {
  return [
    route(contract.glia.media.findMedia, async ({ query }) => {
      checkTexts(query)
      const { items, next } = await readPage(mediaSelector, database.read, mediaSelectionOf(query), query)
      return { media: items.map(toWire), ...next }
    }),
  ]
}

function toWire(media: MediaRecord) {
  return {
    media_id: media.mediaId,
    owner: media.userId,
    type: media.type,
    size: media.size,
    name: media.uploadName,
    sha256: media.sha256,
    created_at: media.createdAtMs,
    accessed_at: media.lastAccessMs,
    quarantined_by: media.quarantinedBy,
    protected: media.isProtected,
  }
}
