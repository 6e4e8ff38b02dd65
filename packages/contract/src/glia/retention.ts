import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { integer, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

const common = { surface: 'glia', access: access.serverAdmin, source: 'Glia, docs/retention.md', method: 'GET' } as const
const lifetimeMs = (description: string) => optional(integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description }))

export const previewMediaRetention = endpoint({
  ...common,
  id: 'glia.retention.preview_media',
  path: '/_glia/admin/v1/retention/media/preview',
  summary: 'What the retention of media would delete now; changes nothing. Looks at all old files',
  query: { local_media_lifetime: lifetimeMs('ms; default: what is configured') },
  response: Type.Object({ files: integer(), bytes: integer() }),
  errors: ['M_MISSING_PARAM'],
})

export const previewHistoryRetention = endpoint({
  ...common,
  id: 'glia.retention.preview_history',
  path: '/_glia/admin/v1/retention/history/preview',
  summary: 'What the retention of messages would delete now; changes nothing. Without a room it looks at every room',
  query: {
    max_lifetime: lifetimeMs('ms, of rooms that have none of their own; default: what is configured'),
    room_id: optional(text({ description: 'only this room' })),
  },
  response: Type.Object({ rooms: integer(), events: integer(), bytes: integer() }),
})
