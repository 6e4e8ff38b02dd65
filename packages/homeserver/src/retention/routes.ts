import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import { checkStorableText } from '../storable-text.ts'
import type { Retention } from './retention.ts'

export function retentionRoutes({ retention }: { retention: Retention }): Route[] {
  const endpoints = contract.glia.retention
  return [
    route(endpoints.previewMediaRetention, async ({ query }) => {
      const found = await retention.previewMedia(query.local_media_lifetime)
      if (!found) throw new MatrixError('M_MISSING_PARAM', 'local_media_lifetime is needed: none is configured')
      return found
    }),
    route(endpoints.previewHistoryRetention, async ({ query }) => {
      checkStorableText(query.room_id ?? '', 'room_id')
      return retention.previewHistory({ maxLifetimeMs: query.max_lifetime, roomId: query.room_id })
    }),
  ]
}
