import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, list, nullable, optional, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'
import { mediaSelection } from './media-selection.ts'
import { selectionPage } from './selection-page.ts'

export const findMedia = endpoint({
  id: 'glia.media.list',
  method: 'GET',
  path: '/_glia/admin/v1/media',
  surface: 'glia',
  access: access.serverAdmin,
  summary: 'Media of our own users by everything that is known of it',
  source: 'Glia, docs/bulk.md',
  query: { ...mediaSelection, ...selectionPage(['media_id', 'created', 'accessed', 'size']) },
  response: Type.Object({
    media: list(
      Type.Object({
        media_id: text(),
        owner: text(),
        type: nullable(text()),
        size: nullable(integer({ description: 'bytes; null: the content is still owed' })),
        name: nullable(text()),
        sha256: nullable(text()),
        created_at: timestampMs(),
        accessed_at: nullable(timestampMs()),
        quarantined_by: nullable(text()),
        protected: flag(),
      }),
    ),
    next_token: optional(text()),
  }),
  errors: ['M_INVALID_PARAM'],
})
